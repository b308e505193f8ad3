// Every page in every view: one page after the other, looked at in all widths and both themes.

import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

import AxeBuilder from '@axe-core/playwright';
import { type Page, expect } from '@playwright/test';

import { type Account, Carina } from './carina';
import { lasting, shared } from './lasting';
import { ADMIN, isAwake, test as base } from './test';

/** What the pages show: the same in each run, as names are in snapshots. */
export interface Exhibit {
  carina: Carina;
  /** Ids of clusters by their names. */
  ids: Record<'shop' | 'docs' | 'ticket' | 'subscription' | 'stranger', string>;
}

/** A page in a state. */
export interface Look {
  /** Of the test and of the snapshot. */
  name: string;
  path: string | ((ids: Exhibit['ids']) => string);
  /** Who looks; the first account if not said. */
  as?: Account | null;
  /** At a Carina whose control plane has gone away. */
  away?: true;
  /** In which language; English if not said. */
  lang?: 'ru';
  /** The status it is answered with, unless 200. */
  status?: number;
  /** What else is refused on the way. */
  refused?: number[];
  /** What is done before anybody looks. */
  prepare?: (page: Page) => Promise<void>;
}

const WIDTHS = [360, 768, 1440];
const SCHEMES = ['light', 'dark'] as const;

/** In the place of the page's script: one that begins and never gets anywhere. */
const NEVER_AWAKE = {
  contentType: 'text/javascript',
  body: 'export default () => new Promise(() => {});',
};

export const test = base.extend<object, { exhibit: Exhibit; away: Carina }>({
  away: [
    async ({ failed }, use) => {
      const carina = await Carina.start({
        name: 'gallery-away',
        provisioner: 'simulated',
        separate: true,
      });
      await carina.session(ADMIN);
      await carina.killControlPlane();
      await use(carina);
      await carina.finish(failed.yet);
    },
    { scope: 'worker', timeout: 60_000 },
  ],

  exhibit: [
    async ({ failed }, use) => {
      const carina = await Carina.start({ name: 'gallery', provisioner: 'simulated' });
      const docs = await carina.create({ name: 'docs', nodes: 1 });
      await carina.reaches('docs', 'active');
      const shop = await carina.create({ name: 'shop', nodes: 3 });
      await carina.reaches('shop', 'active');
      const ticket = await carina.openTicket('Builds are slow', 'They take ten minutes.');
      const subscription = await carina.subscribe('https://hooks.example.com/carina');
      const stranger = await carina.accountId((await carina.addAccount('stranger')).username);
      // What is measured comes every ten seconds, and is a part of pages from then on.
      await carina.measures(shop, 3);
      await use({ carina, ids: { docs, shop, ticket, subscription, stranger } });
      await carina.finish(failed.yet);
    },
    { scope: 'worker', timeout: 60_000 },
  ],
});

/** Declares the test of each page. */
export function exhibit(looks: Look[]): void {
  for (const look of looks) {
    test(look.name, async ({ visit, exhibit, away, complaints, javaScriptEnabled }) => {
      const { name, path, as, lang, status = 200, refused = [], prepare } = look;
      complaints.expectStatus(status, ...refused);
      const carina = look.away ? away : exhibit.carina;
      const page = await visit(carina, { as, lang, reducedMotion: 'reduce' });
      const answer = await page.goto(typeof path === 'string' ? path : path(exhibit.ids));
      expect(answer?.status()).toBe(status);
      if (javaScriptEnabled) await isAwake(page);
      await prepare?.(page);
      await compare(page, name, javaScriptEnabled ?? true);
      // Rules are scripts too: where there are none, they look at the page with all but its own.
      let judged = page;
      if (!javaScriptEnabled) {
        judged = await visit(carina, {
          as,
          lang,
          reducedMotion: 'reduce',
          javaScriptEnabled: true,
        });
        await judged.route('**/*.js', (route) => route.fulfill(NEVER_AWAKE));
        await judged.goto(page.url());
        await prepare?.(judged);
      }
      const wrong = await wrongs(judged, javaScriptEnabled ?? true);
      expect.soft(wrong, `what is wrong with ${name}`).toEqual([]);
    });
  }
}

/**
 * Compares a page with its snapshot. With `-u` it is written anew: what there is with scripts, and then
 * of that what there is without.
 */
async function compare(page: Page, name: string, javaScript: boolean): Promise<void> {
  const body = page.locator('body');
  const info = test.info();
  if (!['all', 'changed'].includes(info.config.updateSnapshots)) {
    await expect.soft(body).toMatchAriaSnapshot({ name: `${name}.aria.yml` });
    return;
  }
  const path = info.snapshotPath(`${name}.aria.yml`, { kind: 'aria' });
  const seen = lasting(await body.ariaSnapshot());
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, javaScript ? seen : shared(await readFile(path, 'utf8'), seen));
}

/** What is wrong with a page in any view. Without scripts it is the same document: one view is judged. */
async function wrongs(page: Page, all: boolean): Promise<string[]> {
  const told: string[] = [];
  for (const colorScheme of SCHEMES) {
    await page.emulateMedia({ colorScheme });
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: 800 });
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      if (wide > 0) told.push(`${width} ${colorScheme}: ${wide} px wider than the window`);
      if (!all && (width !== 360 || colorScheme !== 'light')) continue;
      // There are no frames, and without them the old mode does the same in half the time.
      const axe = new AxeBuilder({ page }).setLegacyMode(true);
      axe.options({ resultTypes: ['violations'] });
      // A theme changes colours, and what depends on them; one width is enough to see the rest.
      if (colorScheme === 'dark' && width !== 1440) axe.withRules(['color-contrast', 'link-in-text-block']);
      const { violations } = await axe.analyze();
      for (const { id, impact, nodes } of violations) {
        const where = nodes.map((node) => `${node.html} ${node.any[0]?.message ?? ''}`);
        told.push(`${width} ${colorScheme}: ${id} (${impact}): ${where.join('; ')}`);
      }
    }
  }
  return told;
}
