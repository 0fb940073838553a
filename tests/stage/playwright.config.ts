import { defineConfig } from '@playwright/test';

import base from '../e2e/playwright.config';

const address = `http://127.0.0.1:${process.env.PORT ?? 4189}`;

export default defineConfig({
  ...base,
  testDir: '.',
  projects: [{ name: 'stage' }],
  workers: 1,
  outputDir: '../../test-results/stage',
  timeout: 20_000,
  expect: { timeout: 3000 },
  use: { ...base.use, baseURL: address },
  webServer: {
    command: `"${process.execPath}" serve.mjs`,
    url: address,
    env: { PORT: new URL(address).port },
    reuseExistingServer: false,
    stdout: 'pipe',
  },
});
