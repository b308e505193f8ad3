// An account with 10,000 clusters: the list stays a page, however long it is.

import { card } from '../harness/pages';
import { ADMIN, expect, test, until } from '../harness/test';

const CLUSTERS = 10_000;
/** As many are on a page at most. */
const PAGE = 100;

test('10,000 clusters are shown in pages', async ({ visit, go, start }) => {
  test.setTimeout(180_000);
  const carina = await start({ name: 'many', provisioner: 'simulated', clusters: CLUSTERS });
  await until('all clusters known to the dashboard', 60_000, async () => {
    return (await carina.fetch('/clusters', await carina.session(ADMIN))).ok;
  });
  const page = await visit(carina);
  page.setDefaultNavigationTimeout(60_000);
  const rows = page.getByRole('article');
  const rowsAreOnePage = async () => {
    const count = await rows.count();
    expect(count).toBeGreaterThan(0);
    expect(count).toBeLessThanOrEqual(PAGE);
  };

  await test.step('the first page', async () => {
    await go(page, '/clusters');
    await expect(rows.first()).toBeVisible();
    await rowsAreOnePage();
  });

  await test.step('the next page', async () => {
    const name = await rows.first().getByRole('heading').innerText();
    await page.getByRole('navigation', { name: 'Pages' }).locator('a[rel=next]').click();
    await expect(page).toHaveURL(/[?&]page=/);
    await expect(card(page, name)).toHaveCount(0);
    await rowsAreOnePage();
  });

  await test.step('one among all', async () => {
    await go(page, '/clusters?q=cluster-7777');
    await expect(rows).toHaveCount(1);
    await expect(card(page, 'cluster-7777')).toBeVisible();
  });

  await test.step('help about one of them, by its name', async () => {
    await go(page, '/help/tickets/new');
    await expect(page.getByRole('option')).toHaveCount(0);
    await page.getByLabel('Subject').fill('It is slow');
    await page.getByLabel('What happened').fill('Since this morning.');
    await page.getByLabel('Cluster', { exact: true }).fill('cluster-7777');
    await page.getByRole('button', { name: 'Open a ticket' }).click();
    await expect(page.getByRole('main').getByRole('link', { name: 'cluster-7777' })).toBeVisible();
  });

  await test.step('those in error', async () => {
    await go(page, '/clusters?status=error');
    await expect(rows).toHaveCount(CLUSTERS / 500);
  });
});
