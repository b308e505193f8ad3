// The pages with clusters that are not real: every page says so, and everything but the machines works.

import { ClusterPage, card } from '../harness/pages';
import { expect, test } from '../harness/test';

test('every page says that the clusters are not real', async ({
  visit,
  go,
  simulated: carina,
  complaints,
}) => {
  complaints.expectStatus(404);
  const name = carina.clusterName('unreal');
  const id = await carina.create({ name });
  await carina.reaches(name, 'active');
  const page = await visit(carina);
  const said = page.getByText('Simulated: these clusters are not real. Nothing runs behind them.');
  for (const path of [
    '/clusters',
    '/clusters?q=none-of-this-name',
    '/clusters/new',
    `/clusters/${id}`,
    `/clusters/${id}/nodes`,
    `/clusters/${id}/containers`,
    `/clusters/${id}/logs`,
    `/clusters/${id}/metrics`,
    `/clusters/${id}/events`,
    `/clusters/${id}/access`,
    `/clusters/${id}/settings?confirm=delete`,
    '/account',
    '/activity',
    '/admin',
    '/help',
    '/clusters/none',
  ]) {
    await go(page, path);
    await expect(said, path).toBeVisible();
  }
  await carina.delete(id, name);
});

test('a real engine is said by nothing', async ({ visit, go, real: carina }) => {
  const page = await visit(carina);
  await go(page, '/clusters');
  await expect(page.getByRole('heading', { level: 1, name: 'Clusters' })).toBeVisible();
  await expect(page.getByText('Simulated:')).toHaveCount(0);
});

test('the list is searched and narrowed down', async ({ visit, go, simulated: carina }) => {
  const [shop, docs] = [carina.clusterName('shop'), carina.clusterName('docs')];
  const ids = [await carina.create({ name: shop }), await carina.create({ name: docs })];
  await Promise.all([carina.reaches(shop, 'active'), carina.reaches(docs, 'active')]);
  const page = await visit(carina);
  await go(page, '/clusters');
  await expect(card(page, shop)).toBeVisible();
  await expect(card(page, docs)).toBeVisible();

  const search = page.getByLabel('Find clusters by name');
  await search.fill(shop);
  await search.press('Enter');
  await expect(card(page, docs)).toHaveCount(0);
  await expect(card(page, shop)).toBeVisible();
  await expect(page).toHaveURL(new RegExp(`[?&]q=${shop}`));

  await page
    .getByRole('navigation', { name: 'Filter by status' })
    .getByRole('link', { name: /^Error/ })
    .click();
  await expect(page.getByRole('heading', { name: 'No match' })).toBeVisible();
  await expect(page).toHaveURL(new RegExp(`q=${shop}.*status=error`));
  await page.getByRole('link', { name: 'Show all clusters' }).click();
  await expect(card(page, docs)).toBeVisible();
  await expect(page).toHaveURL('/clusters');

  await carina.delete(ids[0] ?? '', shop);
  await carina.delete(ids[1] ?? '', docs);
});

test('a search with strange letters is only a search', async ({ visit, go, simulated: carina }) => {
  const name = carina.clusterName('there');
  const id = await carina.create({ name });
  const page = await visit(carina);
  for (const text of ['<script>alert(1)</script>', '%00', '🚀', "' OR 1=1 --"]) {
    await go(page, `/clusters?q=${encodeURIComponent(text)}&status=nonsense&page=-7`);
    await expect(page.getByRole('heading', { name: 'No match' })).toBeVisible();
  }
  await go(page, '/clusters?page=99999999999999999999');
  await expect(card(page, name)).toBeVisible();
  await carina.delete(id, name);
});

test('the theme is remembered', async ({ visit, go, simulated: carina }) => {
  const page = await visit(carina, { colorScheme: 'light' });
  const background = () =>
    page
      .getByRole('main')
      .evaluate((main) => getComputedStyle(main.ownerDocument.documentElement).colorScheme);
  for (const [word, scheme] of [
    ['Dark', 'dark'],
    ['Light', 'light'],
    ['System', 'light dark'],
  ] as const) {
    await go(page, '/clusters');
    await page.getByLabel('Theme', { exact: true }).click();
    await page.getByRole('button', { name: word }).click();
    await expect.poll(background).toBe(scheme);
    await expect(async () => {
      const cookies = await page.context().cookies();
      expect(cookies.find(({ name }) => name === 'theme')?.value).toBe(word.toLowerCase());
    }).toPass();
    await go(page, '/clusters/new');
    expect(await background()).toBe(scheme);
    await page.getByLabel('Theme', { exact: true }).click();
    await expect(page.getByRole('button', { name: word })).toHaveAttribute('aria-pressed', 'true');
  }
});

test('the theme holds on the way in', async ({ visit, go, simulated: carina }) => {
  const page = await visit(carina, { as: null });
  await go(page, '/sign-in');
  await page.getByLabel('Theme', { exact: true }).click();
  await page.getByRole('button', { name: 'Dark' }).click();
  await expect(page).toHaveURL(/\/sign-in/);
  await expect
    .poll(() =>
      page
        .getByRole('main')
        .evaluate((main) => getComputedStyle(main.ownerDocument.documentElement).colorScheme),
    )
    .toBe('dark');
});

test('the keyboard alone is enough', async ({
  visit,
  go,
  simulated: carina,
  javaScriptEnabled,
}) => {
  const name = carina.clusterName('keys');
  const page = await visit(carina);
  await go(page, '/clusters/new');
  const type = async (...keys: string[]) => {
    for (const key of keys) await page.keyboard.press(key);
  };
  await expect(page.getByLabel('Name', { exact: true })).toBeFocused();
  await page.keyboard.type(name);
  await type('Enter');
  await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
  const cluster = new ClusterPage(page, name);
  await expect(cluster.status('Active')).toBeVisible();
  if (javaScriptEnabled) {
    await page.reload();
    await type('Tab');
    await expect(page.getByRole('link', { name: 'Skip to content' })).toBeFocused();
    await type('Enter');
    await expect(page.getByRole('main')).toBeFocused();
  }
  await carina.delete(cluster.id, name);
});

test('a page that reloads by itself can be told to stop', async ({
  visit,
  go,
  simulated: carina,
  javaScriptEnabled,
}) => {
  const name = carina.clusterName('calm');
  const id = await carina.create({ name, nodes: 10 });
  const page = await visit(carina);
  await go(page, `/clusters/${id}`);
  const stop = page.getByRole('link', { name: 'Stop reloading' });
  if (javaScriptEnabled) {
    await expect(stop).toHaveCount(0);
  } else {
    await stop.click();
    await expect(page).toHaveURL(`/clusters/${id}?pause=1`);
    await expect(stop).toHaveCount(0);
    await carina.reaches(name, 'active');
    await expect(page.getByText('Creating', { exact: true }).first()).toBeVisible();
  }
  await carina.delete(id, name);
});
