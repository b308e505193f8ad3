// The same specs twice, with JavaScript on and off: every page has to work either way. What only
// scripts can do is in `*.hydrate.spec.ts`. The main path once more in Firefox, actions on a phone.

import { defineConfig, devices, type PlaywrightTestConfig } from '@playwright/test';

import { CHROMIUM } from './harness/environment';

const use: PlaywrightTestConfig['use'] = {
  ...devices['Desktop Chrome'],
  viewport: { width: 1280, height: 800 },
  launchOptions: {
    executablePath: CHROMIUM,
    args: [
      // Tests run as root in containers, where Chromium's own sandbox cannot start.
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  },
  actionTimeout: 10_000,
  navigationTimeout: 15_000,
  screenshot: 'only-on-failure',
  // Without its film, which takes as much of the machine as the browser itself.
  trace: { mode: 'retain-on-failure', screenshots: false, snapshots: true },
};

export default defineConfig({
  testDir: 'specs',
  outputDir: 'artifacts/results',
  // One at a time: real clusters take a machine's memory, and two at once its time.
  workers: 1,
  retries: 0,
  forbidOnly: Boolean(process.env['CI']),
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: [['list']],
  projects: [
    { name: 'chromium', use },
    {
      // What people do, once more on a phone in the dark.
      name: 'chromium-phone',
      testMatch: ['**/actions.spec.ts', '**/bulk*.spec.ts', '**/protection.spec.ts'],
      use: { ...use, viewport: { width: 360, height: 800 }, colorScheme: 'dark' },
    },
    { name: 'firefox', testDir: 'firefox' },
    {
      name: 'chromium-nojs',
      testIgnore: '**/*.hydrate.spec.ts',
      use: { ...use, javaScriptEnabled: false },
    },
  ],
});
