// What a page looks like, for people and for rules: pictures in both themes and two widths, and no
// violation of any rule that axe knows.

import { join } from 'node:path';

import AxeBuilder from '@axe-core/playwright';
import { type Page, expect } from '@playwright/test';

import { ARTIFACTS } from './environment';

type Scheme = 'light' | 'dark';

const VIEWS: [width: number, scheme: Scheme][] = [
  [1280, 'light'],
  [1280, 'dark'],
  [360, 'light'],
  [360, 'dark'],
];

async function show(page: Page, width: number, colorScheme: Scheme): Promise<void> {
  await page.setViewportSize({ width, height: 800 });
  await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
}

/** Takes the pictures `screens/NAME-WIDTH-SCHEME.png`. */
async function picture(page: Page, name: string): Promise<void> {
  await page.evaluate(() => scrollTo(0, 0));
  for (const [width, scheme] of VIEWS) {
    await show(page, width, scheme);
    const path = join(ARTIFACTS, 'screens', `${name}-${width}-${scheme}.png`);
    await page.screenshot({ path, fullPage: true, animations: 'disabled' });
  }
}

/** Every violation of a rule, and whether the page is wider than the window. */
async function violations(page: Page): Promise<string[]> {
  const told: string[] = [];
  // The dark theme has other colours, and the narrow window another order; one of each will do.
  for (const [width, scheme] of VIEWS.slice(0, 3)) {
    await show(page, width, scheme);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    if (wide > 0) told.push(`${width}: ${wide} px wider than the window`);
    // There are no frames, and without them the old mode does the same in half the time.
    const axe = new AxeBuilder({ page }).setLegacyMode(true);
    const results = await axe.options({ resultTypes: ['violations'] }).analyze();
    for (const { id, impact, nodes } of results.violations) {
      const where = nodes.map((node) => `${node.html} ${node.any[0]?.message ?? ''}`);
      told.push(`${width} ${scheme}: ${id} (${impact}): ${where.join('; ')}`);
    }
  }
  return told;
}

/** Takes the pictures first, as some states last only seconds, and then looks for violations. */
export async function look(page: Page, name: string): Promise<void> {
  await picture(page, name);
  expect.soft(await violations(page), `what is wrong with ${name}`).toEqual([]);
}
