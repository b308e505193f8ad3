// What the list of 50 clusters costs the server, against Axum answering the same bytes from memory,
// and what a browser downloads and waits for to see it.

import { readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { Agent, get } from 'node:http';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import { type Browser, test } from '@playwright/test';

import { ADMIN, Carina } from '../harness/carina';
import { SERVER, siteEnvironment } from '../harness/environment';
import { signIn } from '../harness/pages';
import { Process } from '../harness/process';
import { until } from '../harness/wait';
import { Api } from './api';
import { median, mention, say, timed } from './figures';

const CLUSTERS = 50;
const ROUNDS = 5;
const REQUESTS = 1_500;
const CONNECTIONS = 4;
const CPU_GATE_MS = 1;
const TRANSFER_GATE = 250_000;
/** A first look at the list, by a browser that has nothing yet. */
const FIRST_GATES = { requests: 8, bytes: 280_000, rowsMs: 400, signInMs: 600 };
const FIRST_TURNS = 5;
/** What `/proc/PID/stat` counts in: Linux has said 100 a second to programs since 2.6. */
const TICK_MS = 10;

test('the list of 50 clusters', async ({ browser }) => {
  const folder = await mkdtemp(join(tmpdir(), 'carina-bench-'));
  const env = { CARINA_MAX_CLUSTERS: String(CLUSTERS), CARINA_LOG: 'warn' };
  const carina = await Carina.start({ name: 'bench-page', provisioner: 'simulated', env });
  let floor: Process | undefined;
  try {
    const api = await Api.of(carina);
    for (let made = 0; made < CLUSTERS; made++) await api.create(`cluster-${made}`, 3);
    await until('all clusters active', 120_000, async () => {
      return (await api.clusters()).every(({ status }) => status === 'active');
    });
    const session = await carina.session(ADMIN);
    const headers = { cookie: `${session.name}=${session.value}`, accept: 'text/html' };
    const page = await (await fetch(`${carina.url}/clusters`, { headers })).text();
    const cards = page.match(/<article/g)?.length;
    if (cards !== CLUSTERS) throw new Error(`the page shows ${cards} clusters`);

    await writeFile(join(folder, 'page.html'), page);
    floor = Process.start(
      resolve(SERVER, '../examples/floor'),
      [join(folder, 'page.html'), 'text/html; charset=utf-8'],
      { env: process.env, log: join(folder, 'floor.log') },
    );
    const started = floor;
    const floorUrl = await until('the floor', 5_000, async () => /http:\S+/.exec(started.words)?.[0]);

    const ours: number[] = [];
    const theirs: number[] = [];
    for (let round = 0; round <= ROUNDS; round++) {
      const byAxum = await cpuOf(started.pid, floorUrl, {});
      const byUs = await cpuOf(carina.serverPid, `${carina.url}/clusters`, headers);
      if (round > 0) {
        theirs.push(byAxum);
        ours.push(byUs);
      }
    }
    const cost = median(ours);
    say(
      `server CPU for the list of ${CLUSTERS} clusters`,
      `${cost.toFixed(2)} ms a request`,
      `≤ ${CPU_GATE_MS} ms`,
      cost <= CPU_GATE_MS,
    );
    mention('the same bytes from bare Axum', `${median(theirs).toFixed(2)} ms; ours is ${(cost / median(theirs)).toFixed(1)} ×`);
    mention('size of that page, uncompressed', `${(page.length / 1000).toFixed(0)} kB`);
    const memory = /VmRSS:\s+(\d+)/.exec(await readFile(`/proc/${carina.serverPid}/status`, 'utf8'));
    mention('memory of the process after that', `${(Number(memory?.[1]) / 1024).toFixed(0)} MiB`);
    await firstLook(browser, carina);
  } finally {
    await floor?.stop();
    await carina.finish(false);
    await rm(folder, { recursive: true });
  }
});

test('what a browser downloads', async () => {
  const site = siteEnvironment()['LEPTOS_SITE_ROOT'] ?? '';
  const hashes = new Map(
    readFileSync(join(site, 'hash.txt'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => line.split(': ') as [string, string]),
  );
  const sizes: [string, number][] = [];
  for (const kind of ['wasm', 'js', 'css']) {
    const file = join(site, 'pkg', `app.${hashes.get(kind)}.${kind}.br`);
    sizes.push([kind, (await stat(file)).size]);
  }
  const total = sizes.reduce((sum, [, size]) => sum + size, 0);
  const parts = sizes.map(([kind, size]) => `${kind} ${(size / 1000).toFixed(0)}`).join(', ');
  say('WASM, JS and CSS, brotli', `${(total / 1000).toFixed(0)} kB (${parts})`, '≤ 250 kB', total <= TRANSFER_GATE);
});

/** Signs in and comes to the list, and comes to it signed in, each with an empty cache. */
async function firstLook(browser: Browser, carina: Carina): Promise<void> {
  const signedIn: number[] = [];
  const seen: number[] = [];
  let requests = 0;
  let bytes = 0;
  for (let turn = 0; turn < FIRST_TURNS; turn++) {
    const context = await browser.newContext({ baseURL: carina.url });
    const page = await context.newPage();
    await page.goto('/sign-in');
    signedIn.push(
      await timed(async () => {
        await signIn(page, ADMIN);
        await page.locator('article').last().waitFor();
      }),
    );
    await context.close();

    const cold = await browser.newContext({ baseURL: carina.url });
    await cold.addCookies([await carina.session(ADMIN)]);
    const list = await cold.newPage();
    const asked: Promise<number>[] = [];
    list.on('requestfinished', (request) => {
      asked.push(request.sizes().then((it) => it.responseBodySize + it.responseHeadersSize));
    });
    seen.push(
      await timed(async () => {
        await list.goto('/clusters', { waitUntil: 'commit' });
        await list.locator('article').last().waitFor();
      }),
    );
    await list.locator('html[data-hydrated]').waitFor();
    // The live stream does not finish, and is one more.
    const sizes = await Promise.all(asked);
    requests = sizes.length + 1;
    bytes = sizes.reduce((sum, size) => sum + size, 0);
    await cold.close();
  }
  const { requests: most, bytes: largest, rowsMs, signInMs } = FIRST_GATES;
  say('requests for the first look at it, all told', String(requests), `≤ ${most}`, requests <= most);
  say('bytes of that, as sent', `${(bytes / 1000).toFixed(0)} kB`, `≤ ${largest / 1000} kB`, bytes <= largest);
  say('its rows, with an empty cache', `${median(seen).toFixed(0)} ms`, `≤ ${rowsMs} ms`, median(seen) <= rowsMs);
  const click = median(signedIn);
  say('from "Sign in" to its rows', `${click.toFixed(0)} ms`, `≤ ${signInMs} ms`, click <= signInMs);
}

/** Milliseconds of processor time that a process needs for one request. */
async function cpuOf(pid: number, url: string, headers: Record<string, string>): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const before = ticks(pid);
  let left = REQUESTS;
  const connection = async () => {
    while (left-- > 0) await once(url, headers, agent);
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, connection));
  const spent = (ticks(pid) - before) * TICK_MS;
  agent.destroy();
  return spent / REQUESTS;
}

function once(url: string, headers: Record<string, string>, agent: Agent): Promise<void> {
  return new Promise((done, failed) => {
    const request = get(url, { headers, agent }, (response) => {
      if (response.statusCode !== 200) failed(new Error(`${url}: ${response.statusCode}`));
      response.resume().once('end', done);
    });
    request.once('error', failed);
  });
}

/** Processor time of a process so far, its own and the kernel's for it (proc(5), fields 14 and 15). */
function ticks(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return Number(fields[11]) + Number(fields[12]);
}
