// The dashboard over a cloud with 500 clusters, against Magnum's own API in the same run: what a page
// costs, and how often the cloud is asked with one tab and with two hundred.

import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { test } from '@playwright/test';

import { Between } from '../harness/between';
import { Carina } from '../harness/carina';
import { ROOT } from '../harness/environment';
import { until } from '../harness/wait';
import { median, mention, say, timed } from './figures';

const CLUSTERS = 500;
const PAGES = 30;
const DIRECT = 5;
const TABS = 200;
const WATCHED_MS = 60_000;
const SCRIPT = join(ROOT, 'crates/xtask/scripts/magnum-rig.sh');
const run = promisify(execFile);

test('a cloud of 500 clusters', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'carina-bench-rig-'));
  let carina: Carina | undefined;
  const counters: Between[] = [];
  try {
    try {
      await run(SCRIPT, ['setup']);
    } catch (error) {
      if ((error as { code?: number }).code !== 75) throw error;
      mention('SKIPPED: a cloud of 500 clusters', 'Keystone and Magnum cannot be installed here');
      return;
    }
    await run(SCRIPT, ['start', folder]);
    await run(SCRIPT, ['fill', folder, String(CLUSTERS)]);
    const rig = JSON.parse(await readFile(join(folder, 'rig.json'), 'utf8'));
    const keystone = new URL(rig.auth_url).origin;
    const magnum = new URL(rig.magnum_url).origin;
    const toMagnum = await Between.before(magnum);
    const toKeystone = await Between.before(keystone, () => [[magnum, toMagnum.url]]);
    counters.push(toMagnum, toKeystone);
    const asked = () => toMagnum.count + toKeystone.count;

    const env = { CARINA_BACKEND: 'magnum', OS_AUTH_URL: `${toKeystone.url}/v3`, CARINA_LOG: 'warn' };
    carina = await Carina.start({ name: 'bench-magnum', provisioner: 'simulated', env });
    const session = await carina.session({ username: 'alice', password: rig.users.alice.password });
    const headers = { cookie: `${session.name}=${session.value}`, accept: 'text/html' };
    const url = `${carina.url}/clusters`;
    const first = await (await fetch(url, { headers })).text();
    if (!first.includes(String(CLUSTERS))) throw new Error('the page does not show how many there are');

    const direct: number[] = [];
    const token = await tokenOf(rig);
    for (let turn = 0; turn < DIRECT; turn++) {
      const headers = { 'x-auth-token': token, 'openstack-api-version': 'container-infra 1.14' };
      direct.push(await timed(async () => (await fetch(`${rig.magnum_url}/clusters/detail`, { headers })).text()));
    }

    // Between two looks at the list, pages cost the cloud nothing.
    const warm: number[] = [];
    let costly = 0;
    for (let turn = 0; turn < PAGES; turn++) {
      const before = asked();
      warm.push(await timed(async () => (await fetch(url, { headers })).text()));
      if (asked() !== before) costly += 1;
    }
    const share = median(warm) / median(direct);
    say(
      'a warm page of the list, 500 clusters in Magnum',
      `${(100 * share).toFixed(2)} % of GET /clusters/detail (${median(warm).toFixed(1)} / ${median(direct).toFixed(0)} ms)`,
      '≤ 5 %',
      share <= 0.05,
    );
    // A look at the list, or whether the token is good, may fall into one of them: every 30 s, not a page.
    say('warm pages that asked the cloud', `${costly} of ${PAGES}`, '≤ 2, by the clock and not by the page', costly <= 2);

    const live = `${carina.url}/live`;
    const one = await counted(live, headers, 1, asked);
    const many = await counted(live, headers, TABS, asked);
    say(
      'calls to the cloud a minute',
      `${one} with 1 tab, ${many} with ${TABS}`,
      'the same',
      Math.abs(one - many) <= 1,
    );
  } finally {
    await carina?.finish(false);
    for (const counter of counters) counter.end();
    await run(SCRIPT, ['stop', folder]).catch(() => undefined);
    await rm(folder, { recursive: true, force: true });
  }
});

async function tokenOf(rig: { auth_url: string; projects: { demo: string }; users: { alice: { password: string } } }) {
  const user = { name: 'alice', domain: { id: 'default' }, password: rig.users.alice.password };
  const answer = await fetch(`${rig.auth_url}/auth/tokens`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      auth: { identity: { methods: ['password'], password: { user } }, scope: { project: { id: rig.projects.demo } } },
    }),
  });
  return answer.headers.get('x-subject-token') ?? '';
}

/** How often the cloud is asked in a minute while so many tabs are open. */
async function counted(url: string, headers: Record<string, string>, tabs: number, asked: () => number): Promise<number> {
  let open = 0;
  const streams = Array.from({ length: tabs }, () =>
    get(url, { headers: { ...headers, accept: 'text/event-stream' }, agent: false }, (stream) => {
      stream.once('data', () => (open += 1));
      stream.resume();
    }),
  );
  for (const stream of streams) stream.on('error', () => undefined);
  await until('all tabs open', 20_000, async () => open === tabs);
  const before = asked();
  await new Promise((over) => setTimeout(over, WATCHED_MS));
  const calls = asked() - before;
  for (const stream of streams) stream.destroy();
  return calls;
}
