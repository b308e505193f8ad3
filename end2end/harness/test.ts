// The tests' own `test`: a Carina of each kind for all tests of a worker, and pages in them.

import {
  type BrowserContext,
  type BrowserContextOptions,
  type Cookie,
  type Page,
  test as base,
  expect,
} from '@playwright/test';

import { type Account, ADMIN, Carina } from './carina';
import { Complaints } from './complaints';
import { Engine } from './engine';

export { ADMIN, ADMIN_API_KEY, type Account, Carina, idIn } from './carina';
export { expect } from '@playwright/test';
export { Engine } from './engine';
export { until } from './wait';

interface Visit extends BrowserContextOptions {
  /** Whose session it is; the first account's if not said, nobody's if null. */
  as?: Account | null;
  /** A session that a test began itself. */
  session?: Cookie;
  /** The language that was chosen; that of the browser if not said. */
  lang?: 'en' | 'ru' | undefined;
}

interface WorkerFixtures {
  /** Makes real clusters. */
  real: Carina;
  /** Makes none, and is quick. */
  simulated: Carina;
  /** Whether a test of this worker has failed. */
  failed: { yet: boolean };
}

interface TestFixtures {
  /** Opens a browser in front of a Carina. */
  visit: (carina: Carina, visit?: Visit) => Promise<Page>;
  /** Goes to an address and waits until the page is awake. */
  go: (page: Page, path: string) => Promise<void>;
  /** A Carina for one test alone, which may break it. */
  start: (options: Parameters<typeof Carina.start>[0]) => Promise<Carina>;
  /** A Docker Engine for one test alone, which may stop it. */
  startEngine: () => Promise<Engine>;
  complaints: Complaints;
  noteFailure: undefined;
}

export const test = base.extend<TestFixtures, WorkerFixtures>({
  failed: [async ({}, use) => use({ yet: false }), { scope: 'worker' }],

  real: [
    async ({ failed }, use) => {
      const carina = await Carina.start({ name: 'real', provisioner: 'docker' });
      await use(carina);
      await carina.finish(failed.yet);
    },
    { scope: 'worker', timeout: 120_000 },
  ],

  simulated: [
    async ({ failed }, use) => {
      const env = { CARINA_MAX_CLUSTERS: '60' };
      const carina = await Carina.start({ name: 'simulated', provisioner: 'simulated', env });
      await use(carina);
      await carina.finish(failed.yet);
    },
    { scope: 'worker', timeout: 60_000 },
  ],

  startEngine: async ({}, use) => {
    const all: Engine[] = [];
    await use(async () => {
      const engine = await Engine.start();
      all.push(engine);
      return engine;
    });
    for (const engine of all) await engine.end();
  },

  // What runs on an engine ends before it.
  start: async ({ failed, startEngine: _startEngine }, use, testInfo) => {
    const all: Carina[] = [];
    await use(async (options) => {
      const carina = await Carina.start(options);
      all.push(carina);
      return carina;
    });
    const bad = failed.yet || testInfo.status !== testInfo.expectedStatus;
    for (const carina of all) await carina.finish(bad);
  },

  noteFailure: [
    async ({ failed }, use, testInfo) => {
      await use(undefined);
      failed.yet ||= testInfo.status !== testInfo.expectedStatus;
    },
    { auto: true },
  ],

  complaints: [
    async ({ failed }, use) => {
      const complaints = new Complaints();
      await use(complaints);
      failed.yet ||= complaints.unexpected.length > 0;
      expect(complaints.unexpected, 'what the browser complained about').toEqual([]);
    },
    { auto: true },
  ],

  // Pages close before the Carina that they show ends.
  visit: async ({ browser, complaints, start: _start }, use) => {
    const contexts: BrowserContext[] = [];
    await use(async (carina, { as = ADMIN, session, lang, ...options } = {}) => {
      const context = await browser.newContext({ baseURL: carina.url, ...options });
      contexts.push(context);
      complaints.watch(context);
      const cookie = session ?? (as ? await carina.session(as) : undefined);
      if (cookie) await context.addCookies([cookie]);
      if (lang) await context.addCookies([{ name: 'lang', value: lang, url: carina.url }]);
      return context.newPage();
    });
    for (const context of contexts) await context.close();
  },

  go: async ({ javaScriptEnabled }, use) => {
    await use(async (page, path) => {
      const going = page.goto(path);
      // Without scripts a page of something that changes loads itself anew, which may fall into the same
      // moment; a person would click again.
      await (javaScriptEnabled
        ? going
        : going.catch((error: Error) => {
            if (!/interrupted by another navigation/.test(error.message)) throw error;
            return page.goto(path);
          }));
      if (javaScriptEnabled) await isAwake(page);
    });
  },
});

/** Waits until scripts have taken the page over. */
export async function isAwake(page: Page): Promise<void> {
  await expect(page.locator('html[data-hydrated]')).toBeAttached();
}

/** Marks the document, so that `isSameDocument` can tell whether the page was loaded anew. */
export async function markDocument(page: Page): Promise<void> {
  await page.evaluate(() => Object.assign(window, { carinaMark: true }));
}

/** Whether the page is the one that was marked. */
export function isSameDocument(page: Page): Promise<boolean> {
  return page.evaluate(() => 'carinaMark' in window);
}
