// From the wish for a cluster to the first answer of its Docker API through TLS, against the same
// steps done by a script.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { test } from '@playwright/test';

import { Carina } from '../harness/carina';
import { Docker } from '../harness/docker';
import { NODE_IMAGE } from '../harness/environment';
import { output } from '../harness/process';
import { until } from '../harness/wait';
import { Api } from './api';
import { median, mention, say } from './figures';

const ROUNDS = 5;
const GATE = 1.3;
const SCRIPT = join(__dirname, 'by-hand.sh');

test('a cluster, from the wish to its first answer', async () => {
  const docker = new Docker();
  const folder = await mkdtemp(join(tmpdir(), 'carina-bench-'));
  const carina = await Carina.start({ name: 'bench-create', provisioner: 'docker' });
  const env = docker.environment;
  let failed = true;
  try {
    const api = await Api.of(carina);
    await output(SCRIPT, ['clean', folder], { env });
    for (const nodes of [1, 3]) {
      const ours: number[] = [];
      const theirs: number[] = [];
      // The first round of each warms caches up; then they take turns.
      for (let round = 0; round <= ROUNDS; round++) {
        const byHand = Number(await output(SCRIPT, [String(nodes), NODE_IMAGE, folder], { env }));
        const byUs = await create(api, join(folder, `bundle-${nodes}-${round}`), nodes);
        if (round > 0) {
          theirs.push(byHand);
          ours.push(byUs);
        }
      }
      const ratio = median(ours) / median(theirs);
      say(
        `create → docker info through TLS, ${nodes} node${nodes > 1 ? 's' : ''}`,
        `${ratio.toFixed(2)} × by hand (${median(ours)} / ${median(theirs)} ms)`,
        `≤ ${GATE} ×`,
        ratio <= GATE,
      );
    }
    mention('rounds, taking turns, medians', String(ROUNDS));
    failed = false;
  } finally {
    await output(SCRIPT, ['clean', folder], { env });
    await carina.finish(failed);
    await rm(folder, { recursive: true });
  }
});

/** Asks for a cluster, waits for it, fetches its credentials and uses them: in milliseconds. */
async function create(api: Api, folder: string, nodes: number): Promise<number> {
  const begin = Date.now();
  const id = await api.create('bench', nodes);
  await until('an active cluster', 60_000, async () => (await api.cluster(id)).status === 'active');
  await api.unpackCredentials(id, folder);
  const info = await output('sh', ['-c', '. "$0/bench/docker.env" && docker info', folder], {
    env: process.env,
  });
  const took = Date.now() - begin;
  if (!info.includes(`Nodes: ${nodes}`)) throw new Error(`not all nodes are there:\n${info}`);
  await api.delete(id);
  await until('no cluster', 60_000, async () => (await api.clusters()).length === 0);
  return took;
}
