// The dashboard in front of a cloud: a real Keystone and a real Magnum. Apart from the other specs, as
// where PyPI cannot be reached there is none. Without scripts, the main path.

import { defineConfig } from '@playwright/test';

import usual from './playwright.config';

const use = { ...usual.projects?.[0]?.use };

export default defineConfig({
  ...usual,
  testDir: 'magnum-specs',
  outputDir: 'artifacts/magnum-results',
  globalSetup: './harness/rig-setup',
  projects: [
    { name: 'chromium', use },
    {
      name: 'chromium-nojs',
      testMatch: '**/life.spec.ts',
      use: { ...use, javaScriptEnabled: false },
    },
  ],
});
