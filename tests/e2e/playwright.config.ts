import { defineConfig } from '@playwright/test';

import { browserPath } from '../../scripts/toolchain.mjs';

// As root, Chromium has no sandbox of its own; and it is to talk to nobody but us.
const args = ['--no-sandbox', '--disable-background-networking', '--disable-component-update', '--disable-sync'];

export default defineConfig({
  testDir: '.',
  outputDir: '../../test-results',
  fullyParallel: false,
  workers: 1,
  forbidOnly: Boolean(process.env.CI),
  reporter: [['list']],
  use: {
    baseURL: 'http://127.0.0.1:4179',
    viewport: { width: 1100, height: 720 },
    trace: 'retain-on-failure',
    launchOptions: { executablePath: browserPath(), args },
  },
  webServer: {
    command: `"${process.execPath}" serve.mjs`,
    url: 'http://127.0.0.1:4179',
    reuseExistingServer: false,
  },
});
