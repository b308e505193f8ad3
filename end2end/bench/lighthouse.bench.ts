// What Lighthouse says of the release build, as it judges a telephone: the way in, a list of 50
// clusters, a cluster. The median of three; a score below its gate fails.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { chromium, expect, test } from '@playwright/test';

import { ADMIN, Carina } from '../harness/carina';
import { ARTIFACTS, CHROMIUM } from '../harness/environment';
import { freePort } from '../harness/ports';
import { command, output } from '../harness/process';
import { until } from '../harness/wait';
import { Api } from './api';
import { median, mention, say } from './figures';

const CLUSTERS = 50;
const ROUNDS = 3;
const GATES = { performance: 98, accessibility: 100, 'best-practices': 100 };
type Category = keyof typeof GATES;
const CATEGORIES = Object.keys(GATES) as Category[];
const LIGHTHOUSE = join(__dirname, '../node_modules/.bin/lighthouse');
/** Chromium told it nothing of the navigation, so there is nothing to judge; its own advice is to go again. */
const NO_TRACE = '(NO_NAVSTART)';
const TRIES = 5;
const FLAGS = ['--disable-gpu', '--disable-quic', '--no-first-run'];

interface Report {
  categories: Record<Category, { score: number | null }>;
  audits: Record<string, { title: string; score: number | null; numericValue?: number }>;
}

test('Lighthouse', async () => {
  const env = { CARINA_MAX_CLUSTERS: String(CLUSTERS), CARINA_LOG: 'warn' };
  const carina = await Carina.start({ name: 'lighthouse', provisioner: 'simulated', env });
  const port = await freePort();
  const browser = await chromium.launchPersistentContext('', {
    executablePath: CHROMIUM,
    args: [...FLAGS, `--remote-debugging-port=${port}`],
  });
  try {
    const api = await Api.of(carina);
    const ids: string[] = [];
    for (let made = 0; made < CLUSTERS; made++) ids.push(await api.create(`cluster-${made}`, 3));
    await until('all clusters active', 120_000, async () => {
      return (await api.clusters()).every(({ status }) => status === 'active');
    });
    const missed: string[] = [];
    for (const [page, path] of [
      ['sign-in', '/sign-in'],
      ['list', '/clusters'],
      ['cluster', `/clusters/${ids[0]}`],
    ] as const) {
      if (page !== 'sign-in') await browser.addCookies([await carina.session(ADMIN)]);
      const reports: Report[] = [];
      for (let round = 0; round < ROUNDS; round++) {
        reports.push(await judge(`${carina.url}${path}`, `${page}-${round}`, port));
      }
      for (const category of CATEGORIES) {
        const scores = reports.map(({ categories }) => 100 * (categories[category].score ?? 0));
        const [score, gate] = [Math.round(median(scores)), GATES[category]];
        const what = `Lighthouse, ${page}: ${category}`;
        say(what, `${score} (${scores.map(Math.round).join(', ')})`, `≥ ${gate}`, score >= gate);
        if (score < gate) missed.push(`${what}: ${score}`);
      }
      const shift = reports.map(({ audits }) => audits['cumulative-layout-shift']?.numericValue ?? 0);
      mention(`Lighthouse, ${page}: layout shift`, median(shift).toFixed(4));
    }
    expect(missed, 'see artifacts/lighthouse').toEqual([]);
  } finally {
    await browser.close();
    await carina.finish(false);
  }
});

/** Lets Lighthouse judge a page in the browser at a port. */
async function judge(url: string, name: string, port: number): Promise<Report> {
  const path = join(ARTIFACTS, 'lighthouse', name);
  await output('mkdir', ['-p', join(ARTIFACTS, 'lighthouse')]);
  const args = [
    url,
    '--quiet',
    `--port=${port}`,
    `--only-categories=${CATEGORIES.join(',')}`,
    '--output=json',
    '--output=html',
    `--output-path=${path}`,
  ];
  const options = { timeoutMs: 120_000 };
  for (let tries = 1; ; tries++) {
    const { ok, stderr } = await command(LIGHTHOUSE, args, options);
    if (ok) break;
    if (!stderr.includes(NO_TRACE) || tries === TRIES) throw new Error(`${url}: ${stderr.trim()}`);
  }
  const report = JSON.parse(await readFile(`${path}.report.json`, 'utf8')) as Report & {
    runtimeError?: { message: string };
    finalDisplayedUrl: string;
  };
  if (report.runtimeError) throw new Error(`${url}: ${report.runtimeError.message}`);
  if (report.finalDisplayedUrl !== url) throw new Error(`${url} led to ${report.finalDisplayedUrl}`);
  return report;
}
