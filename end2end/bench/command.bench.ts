// The carina command, as it is released: how soon it is there, how long a list of 1,000 clusters takes,
// and what it weighs. The floors are the shell's own `true`, and curl asking for the same list.

import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { test } from '@playwright/test';

import { ADMIN, ADMIN_API_KEY, Carina } from '../harness/carina';
import { TARGET } from '../harness/environment';
import { Api } from './api';
import { median, quantile, say } from './figures';

const COMMAND = join(TARGET, 'command/carina');
const CLUSTERS = 1_000;
const RUNS = 40;
const START_GATE_MS = 20;
const LIST_GATE_MS = 150;
const BYTES_GATE = 10_000_000;

test('the carina command', async () => {
  const { size } = await stat(COMMAND);
  say('the carina command, static', `${(size / 1e6).toFixed(1)} MB`, '≤ 10 MB', size <= BYTES_GATE);

  const home = await mkdtemp(join(tmpdir(), 'carina-bench-'));
  const carina = await Carina.start({
    name: 'bench-command',
    provisioner: 'simulated',
    clusters: CLUSTERS,
    env: { CARINA_LOG: 'warn' },
  });
  try {
    const env = {
      CARINA_HOME: home,
      CARINA_ENDPOINT: carina.api,
      CARINA_USERNAME: ADMIN.username,
      CARINA_APIKEY: ADMIN_API_KEY,
    };
    const run = (program: string, ...args: string[]) => {
      const began = performance.now();
      const { status, stdout, stderr } = spawnSync(program, args, { env, maxBuffer: 1 << 26 });
      const ms = performance.now() - began;
      if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${status} ${stderr}`);
      return { ms, lines: String(stdout).split('\n').length - 1 };
    };
    const compare = (what: string, gate: number, ours: string[], floor: string[], lines: number) => {
      const times = { ours: [] as number[], floor: [] as number[] };
      for (let round = -1; round < RUNS; round++) {
        const by = run(COMMAND, ...ours);
        const [program = '', ...args] = floor;
        const least = run(program, ...args);
        if (by.lines !== lines) throw new Error(`${ours.join(' ')} printed ${by.lines} lines`);
        // The first finds nothing in memory, and signs in.
        if (round < 0) continue;
        times.ours.push(by.ms);
        times.floor.push(least.ms);
      }
      const ms = median(times.ours);
      const figure =
        `${ms.toFixed(1)} ms, 95th percentile ${quantile(times.ours, 0.95).toFixed(1)}, ` +
        `${(ms / median(times.floor)).toFixed(1)} × ${floor[0]}`;
      say(`carina ${what}`, figure, `≤ ${gate} ms`, ms <= gate);
    };
    compare('version', START_GATE_MS, ['version'], ['true'], 1);
    const token = `X-Auth-Token: ${(await Api.of(carina)).token}`;
    const all = `${carina.api}/v2/snapshot`;
    compare(`list, ${CLUSTERS} clusters`, LIST_GATE_MS, ['list'], ['curl', '-sf', '-H', token, all], CLUSTERS + 1);
  } finally {
    await carina.end();
    await rm(home, { recursive: true, force: true });
  }
});
