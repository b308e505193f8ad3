// How the pages behave towards somebody who works with them: the keyboard, the palette, the end of a
// session, another language.

import { card } from '../harness/pages';
import { ADMIN, expect, isAwake, isSameDocument, markDocument, test } from '../harness/test';

test('the palette leads to pages and clusters', async ({ visit, go, simulated: carina }) => {
  const name = carina.clusterName('sought');
  const id = await carina.create({ name });
  const page = await visit(carina);
  await go(page, '/clusters');
  await markDocument(page);
  const palette = page.getByRole('dialog', { name: 'Go to a page or a cluster' });
  const words = palette.getByRole('combobox');
  const chosen = palette.getByRole('option', { selected: true });

  const opener = page.getByRole('link', { name: 'Create cluster' }).first();
  await opener.focus();
  await page.keyboard.press('Control+k');
  await expect(words).toBeFocused();
  await expect(chosen).toHaveCount(1);
  await page.keyboard.press('Escape');
  await expect(palette).toBeHidden();
  await expect(opener).toBeFocused();
  expect(await isSameDocument(page)).toBe(true);

  await page.getByRole('link', { name: /^Go to/ }).click();
  await page.keyboard.type('activ');
  await expect(chosen).toHaveText(/^Activity/);
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL('/activity');
  await isAwake(page);

  await page.keyboard.press('Control+k');
  await page.keyboard.type(name);
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(`/clusters/${id}`);
  await isAwake(page);

  await page.keyboard.press('Control+k');
  await words.fill('nothing-of-that-name');
  await expect(palette.getByText('No page and no cluster of that name.')).toBeVisible();
  await carina.delete(id, name);
});

test('the list is walked through with the keyboard', async ({ visit, go, simulated: carina }) => {
  const word = carina.clusterName('walk');
  const names = [`${word}-a`, `${word}-b`];
  const ids = [];
  for (const name of names) ids.push(await carina.create({ name }));
  const page = await visit(carina);
  await go(page, `/clusters?q=${word}&sort=name`);
  const link = (name = '') => page.getByRole('link', { name, exact: true });
  await page.keyboard.press('j');
  await expect(link(names[0])).toBeFocused();
  await page.keyboard.press('j');
  await expect(link(names[1])).toBeFocused();
  await page.keyboard.press('j');
  await expect(link(names[1])).toBeFocused();
  await page.keyboard.press('k');
  await expect(link(names[0])).toBeFocused();
  await page.keyboard.press('/');
  await expect(page.getByLabel('Find clusters by name')).toBeFocused();
  await page.keyboard.type('jk');
  await expect(page.getByRole('heading', { name: 'No match' })).toBeVisible();
  await page.getByLabel('Find clusters by name').fill(word);
  await page.keyboard.press('Tab');
  await expect(card(page, names[1] ?? '')).toBeVisible();
  await page.getByRole('main').focus();
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(`/clusters/${ids[0]}`);
  for (const [at, name] of names.entries()) await carina.delete(ids[at] ?? '', name);
});

test('keys are known by their place where the letters are others', async ({
  visit,
  go,
  simulated: carina,
}) => {
  const name = carina.clusterName('layout');
  const id = await carina.create({ name });
  await carina.reaches(name, 'active');
  const page = await visit(carina);
  await go(page, `/clusters?q=${name}&look=table`);
  const press = (key: string, code: string, ctrlKey = false) =>
    page.evaluate(
      ([key, code, ctrlKey]) =>
        document.activeElement?.dispatchEvent(
          new KeyboardEvent('keydown', { key, code, ctrlKey, bubbles: true, cancelable: true }),
        ),
      [key, code, ctrlKey] as const,
    );
  await page.getByRole('main').focus();
  await press('о', 'KeyJ');
  await expect(page.getByRole('link', { name, exact: true })).toBeFocused();
  await press('.', 'Slash');
  const search = page.getByLabel('Find clusters by name');
  await expect(search).toBeFocused();
  // Where letters are typed, they are letters.
  await press('л', 'KeyK');
  await expect(search).toBeFocused();
  // Where they say what they are, their place says nothing: a Dvorak layout has others there.
  await page.getByRole('main').focus();
  await press('h', 'KeyJ');
  await expect(page.getByRole('main')).toBeFocused();
  await press('л', 'KeyK', true);
  await expect(page.getByRole('dialog', { name: 'Go to a page or a cluster' })).toBeVisible();
  await carina.delete(id, name);
});

test('the keyboard goes on from a ticked box', async ({ visit, go, simulated: carina }) => {
  const word = carina.clusterName('ticked');
  const names = [`${word}-a`, `${word}-b`];
  const ids = [];
  for (const name of names) ids.push(await carina.create({ name }));
  for (const name of names) await carina.reaches(name, 'active');
  const page = await visit(carina);
  await go(page, `/clusters?q=${word}&sort=name&look=table`);
  await page.getByRole('checkbox', { name: `Choose ${word}-a` }).press('Space');
  await page.keyboard.press('j');
  await expect(page.getByRole('link', { name: `${word}-b`, exact: true })).toBeFocused();
  await expect(page.getByRole('checkbox', { name: `Choose ${word}-a` })).toBeChecked();
  await page.keyboard.press('/');
  await expect(page.getByLabel('Find clusters by name')).toBeFocused();
  for (const [at, name] of names.entries()) await carina.delete(ids[at] ?? '', name);
});

test('a session that is about to end can be kept', async ({ visit, go, simulated: carina }) => {
  const page = await visit(carina, { session: await carina.newSession(ADMIN) });
  const notice = page.getByRole('complementary', { name: 'Your session is about to end' });
  // Eight hours later: the same page, but for the moment that it names.
  const soon = `data-session-ends="${Date.now() + 110_000}"`;
  await page.route('**/clusters', async (route) => {
    const response = await route.fetch();
    const body = (await response.text()).replace(/data-session-ends="\d+"/, soon);
    await route.fulfill({ response, body });
  });
  await go(page, '/clusters');
  await markDocument(page);
  await expect(notice).toBeVisible();
  await expect(notice).toContainText(/Your session ends at \d\d:\d\d unless you stay\./);
  await page.unroute('**/clusters');
  await notice.getByRole('button', { name: 'Stay', exact: true }).click();
  await expect(notice).toBeHidden();
  expect(await isSameDocument(page)).toBe(true);
});

test('a theme that is chosen while a page is on its way stays', async ({
  visit,
  go,
  simulated: carina,
}) => {
  const page = await visit(carina, { colorScheme: 'light' });
  await go(page, '/clusters');
  let arrive = () => {};
  let choose = () => {};
  const arriving = new Promise<void>((resolve) => (arrive = resolve));
  const chosen = new Promise<void>((resolve) => (choose = resolve));
  let asked = 0;
  await page.route('**/clusters', async (route) => {
    asked += 1;
    // Only one comes: the next would know what was chosen.
    if (asked > 1) return;
    const response = await route.fetch();
    const body = (await response.text()).replace(/<title>[^<]*/, '<title>Made before');
    arrive();
    await chosen;
    await route.fulfill({ response, body });
  });
  const name = carina.clusterName('theme');
  const id = await carina.create({ name });
  await arriving;
  await page.getByLabel('Theme', { exact: true }).click();
  await page.getByRole('button', { name: 'Dark' }).click();
  choose();
  await expect(page).toHaveTitle('Made before');
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  await carina.delete(id, name);
});

test('the language is chosen and remembered', async ({ visit, go, simulated: carina }) => {
  const page = await visit(carina);
  await go(page, '/clusters/new');
  await page.getByLabel('Language', { exact: true }).click();
  await page.getByRole('button', { name: 'Русский' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Создать кластер' })).toBeVisible();
  await expect(page).toHaveURL('/clusters/new');
  await expect(page.locator('html')).toHaveAttribute('lang', 'ru');
  await go(page, '/clusters');
  await expect(page.getByRole('heading', { level: 1, name: 'Кластеры' })).toBeVisible();
  await page.getByLabel('Язык', { exact: true }).click();
  await page.getByRole('button', { name: 'English' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Clusters' })).toBeVisible();
});
