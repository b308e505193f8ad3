// What `make bench` runs: measurements, with the harness of the tests. Figures are ratios to a floor
// measured in the same run, because machines differ and change.

import base from './playwright.config';

export default {
  ...base,
  testDir: 'bench',
  testMatch: '**/*.bench.ts',
  outputDir: 'artifacts/bench',
  timeout: 600_000,
  projects: base.projects?.filter((project) => project.name === 'chromium'),
};
