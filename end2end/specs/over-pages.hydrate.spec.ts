// What scripts show over a page, looked at as every page is: see `every-page.spec.ts`.

import { expect } from '@playwright/test';

import { exhibit } from '../harness/gallery';

exhibit([
  {
    name: 'palette',
    path: '/clusters',
    prepare: async (page) => {
      await page.keyboard.press('Control+k');
      // The page below has options of its own.
      const palette = page.locator('#palette');
      await expect(palette.getByRole('option', { selected: true })).toHaveCount(1);
    },
  },
  {
    name: 'session-soon',
    path: '/clusters/new',
    prepare: async (page) => {
      // The same page, but for the moment that it names.
      const soon = `data-session-ends="${Date.now() + 110_000}"`;
      await page.route('**/clusters/new', async (route) => {
        const response = await route.fetch();
        const body = (await response.text()).replace(/data-session-ends="\d+"/, soon);
        await route.fulfill({ response, body });
      });
      await page.reload();
      await expect(page.locator('#session-soon')).toBeVisible();
    },
  },
]);
