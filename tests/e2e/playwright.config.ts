import { defineConfig } from '@playwright/test';

import { browserPath } from '../../scripts/toolchain.mjs';

// As root, Chromium has no sandbox of its own; and it is to talk to nobody but us.
const args = ['--no-sandbox', '--disable-background-networking', '--disable-component-update', '--disable-sync'];

// Chosen by scripts/steps.mjs, so that two checkouts do not meet.
const address = `http://127.0.0.1:${process.env.PORT ?? 4179}`;

export default defineConfig({
  testDir: '.',
  outputDir: '../../test-results',
  fullyParallel: false,
  workers: 2,
  // What measures has the machine to itself, after the rest.
  projects: [
    { name: 'together', grepInvert: /@alone/ },
    { name: 'alone', grep: /@alone/, dependencies: ['together'], workers: 1 },
  ],
  forbidOnly: Boolean(process.env.CI),
  reporter: [['list']],
  use: {
    baseURL: address,
    viewport: { width: 1100, height: 720 },
    trace: 'retain-on-failure',
    launchOptions: { executablePath: browserPath(), args },
  },
  webServer: {
    command: `"${process.execPath}" serve.mjs`,
    url: address,
    env: { PORT: new URL(address).port },
    reuseExistingServer: false,
  },
});
