// From an event in the control plane to the changed text in Chromium.

import { test } from '@playwright/test';

import { ADMIN, Carina } from '../harness/carina';
import { isAwake } from '../harness/test';
import { until } from '../harness/wait';
import { Api } from './api';
import { median, mention, quantile, say } from './figures';

const RESIZES = 12;
const GATE_MS = 200;

test('an event, until it is read', async ({ page, context }) => {
  const carina = await Carina.start({ name: 'bench-live', provisioner: 'simulated' });
  try {
    const api = await Api.of(carina);
    const id = await api.create('bench', 1);
    const settled = async () => (await api.cluster(id)).status === 'active';
    await until('an active cluster', 60_000, settled);
    await context.addCookies([await carina.session(ADMIN)]);
    await page.goto(`${carina.url}/clusters/${id}`);
    await isAwake(page);
    // Every entry of the timeline carries the moment at which the control plane wrote it; both clocks
    // are this machine's. An entry that moves on to the older ones is no news.
    await page.evaluate(() => {
      const delays: number[] = [];
      const times = [...document.querySelectorAll<HTMLTimeElement>('li time')];
      const seen = new Set(times.map((time) => time.dateTime));
      Object.assign(window, { delays });
      new MutationObserver((changes) => {
        const now = Date.now();
        for (const node of changes.flatMap((change) => [...change.addedNodes])) {
          const time = node instanceof HTMLLIElement ? node.querySelector('time') : null;
          if (!time || seen.has(time.dateTime)) continue;
          seen.add(time.dateTime);
          delays.push(now - Date.parse(time.dateTime));
        }
      }).observe(document.body, { childList: true, subtree: true });
    });
    for (let resize = 0; resize < RESIZES; resize++) {
      await api.resize(id, resize % 2 === 0 ? 5 : 1);
      await until('an active cluster', 60_000, settled);
    }
    const delays = await page.evaluate(() => (window as unknown as { delays: number[] }).delays);
    if (delays.length < 50) throw new Error(`only ${delays.length} events were seen`);
    const late = quantile(delays, 0.95);
    say('event → text changed in Chromium, 95th percentile', `${late} ms`, `≤ ${GATE_MS} ms`, late <= GATE_MS);
    mention('median, and number of events', `${median(delays)} ms, ${delays.length}`);
  } finally {
    await carina.finish(false);
  }
});
