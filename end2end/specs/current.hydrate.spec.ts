// What happens to somebody who works on a page while it is brought up to date: what was said, where the
// focus is, what stands under the pointer, and what the page says of its own age.

import type { Page } from '@playwright/test';

import { ClusterPage } from '../harness/pages';
import { ADMIN, expect, isAwake, test } from '../harness/test';

test('what was done is said in one tab, and stays while its page changes', async ({
  visit,
  go,
  simulated: carina,
  complaints,
}) => {
  // A page whose cluster is gone asks for it once more.
  complaints.expectStatus(404);
  const name = carina.clusterName('said');
  const id = await carina.create({ name });
  await carina.reaches(name, 'active');
  const page = await visit(carina);
  const other = await page.context().newPage();
  for (const tab of [other, page]) await go(tab, `/clusters/${id}/nodes`);
  const cluster = new ClusterPage(page, name);
  const said = (tab: Page) => tab.getByText('The cluster is changing its size.');

  await cluster.resize(3, 'Grow by 2');
  // Whoever points at it reads it, and it waits.
  await said(page).hover();
  await expect(cluster.ready(3, 3)).toBeVisible();
  await expect(new ClusterPage(other, name).ready(3, 3)).toBeVisible();
  await expect(said(page)).toBeVisible();
  await expect(page.getByRole('status').filter({ has: said(page) })).toHaveCount(1);
  await expect(said(other)).toHaveCount(0);

  await page.getByRole('button', { name: 'Close', exact: true }).click();
  await expect(said(page)).toHaveCount(0);
  await expect(page.getByRole('main')).toBeFocused();
  await carina.delete(id, name);
});

for (const reducedMotion of ['no-preference', 'reduce'] as const) {
  test(`what was done goes by itself (${reducedMotion})`, async ({
    visit,
    go,
    simulated: carina,
    complaints,
  }) => {
    complaints.expectStatus(404);
    const name = carina.clusterName('brief');
    const id = await carina.create({ name });
    await carina.reaches(name, 'active');
    const page = await visit(carina, { reducedMotion });
    await go(page, `/clusters/${id}/settings`);
    await page.getByRole('button', { name: 'Protect against deletion' }).click();
    const said = page.getByRole('status').getByText('The cluster is protected.');
    await expect(said).toBeVisible();
    await expect(said).toBeHidden();
    await page.getByRole('button', { name: 'Take the protection off' }).click();
    await expect(page.getByText('The protection is off.')).toBeVisible();
    await carina.delete(id, name);
  });
}

test('the focus goes where the work went', async ({
  visit,
  go,
  simulated: carina,
  complaints,
}) => {
  complaints.expectStatus(404);
  const name = carina.clusterName('focus');
  const id = await carina.create({ name });
  await carina.reaches(name, 'active');
  const page = await visit(carina, { session: await carina.newSession(ADMIN) });

  await test.step('rebuild', async () => {
    await go(page, `/clusters/${id}/events?confirm=rebuild`);
    await page.getByRole('button', { name: `Rebuild ${name}` }).focus();
    await page.keyboard.press('Enter');
    await expect(page).toHaveURL(`/clusters/${id}/events`);
    const heading = page.getByRole('heading', { name: 'What helps' });
    await expect(heading).toBeFocused();
    // And is still there when the page has been brought up to date.
    await expect(new ClusterPage(page, name).status('Active')).toBeVisible();
    await expect(heading).toBeFocused();
  });

  await test.step('revoke', async () => {
    await go(page, '/account');
    await page.getByLabel('Name', { exact: true }).fill(name);
    await page.getByRole('button', { name: 'Make key' }).click();
    await expect(page.getByText('It is shown this once.')).toBeVisible();
    await page.getByRole('link', { name: `Revoke ${name}` }).click();
    await expect(page).toHaveURL(/revoke=/);
    await isAwake(page);
    await page.getByRole('button', { name: `Revoke “${name}”` }).click();
    await expect(page.getByText('The API key is revoked.')).toBeVisible();
    await expect(page.getByRole('heading', { name: 'API keys', exact: true })).toBeFocused();
  });

  await test.step('a refusal', async () => {
    // Nothing tells the page beforehand that its button is off now.
    await page.route('**/live', () => undefined);
    await go(page, `/clusters/${id}/events?confirm=rebuild`);
    await carina.post(`/api/rebuild_cluster`, { id }, await carina.session(ADMIN));
    await page.getByRole('button', { name: `Rebuild ${name}` }).click({ force: true });
    const alert = page.getByRole('alert');
    await expect(alert).toBeFocused();
    await expect(alert).toContainText(/Request id [0-9a-f-]{36}$/);
  });
  await carina.reaches(name, 'active');
  await carina.delete(id, name);
});

/** Lets a test say on the live stream of a page what a server would. */
async function speakFor(page: Page): Promise<(name: string, data: string) => Promise<void>> {
  await page.addInitScript(() => {
    const streams: EventSource[] = [];
    class Stream extends EventSource {
      constructor(url: string) {
        super(url);
        streams.push(this);
      }
    }
    Object.assign(window, { EventSource: Stream, carinaStreams: streams });
  });
  return (name, data) =>
    page.evaluate(
      ([name, data]) => {
        const { carinaStreams } = window as unknown as { carinaStreams: EventSource[] };
        carinaStreams.at(-1)?.dispatchEvent(new MessageEvent(name as string, { data }));
      },
      [name, data],
    );
}

test('a page that does not come makes the one there is old', async ({
  visit,
  go,
  simulated: carina,
  complaints,
}) => {
  complaints.expect(/net::ERR_FAILED/);
  const page = await visit(carina, { viewport: { width: 360, height: 700 } });
  const speak = await speakFor(page);
  await page.clock.install();
  await go(page, '/clusters');
  const fresh = page.locator('#fresh');
  const stale = page.locator('html[data-stale]');
  await expect(page.locator('html[data-stream]')).toBeAttached();
  // There is no room for the word, but who hears the page hears it.
  await expect(fresh).toMatchAriaSnapshot('- text: Live · updated');
  await expect(stale).toHaveCount(0);

  let failed = 0;
  await page.route('**/clusters', (route) => {
    failed += 1;
    return route.abort();
  });
  const since = await fresh.locator('[data-ago]').getAttribute('data-ago');
  await speak('all', '999999999');
  await expect.poll(() => failed).toBeGreaterThan(0);
  await speak('live', String(Date.now() + 3_600_000));
  await expect(fresh.locator('[data-ago]')).toHaveAttribute('data-ago', since ?? '');
  await expect(async () => {
    await page.clock.runFor(5_000);
    await expect(stale).toBeAttached({ timeout: 100 });
  }).toPass();
  expect(failed, 'it is asked again').toBeGreaterThan(1);
  await expect(fresh).toMatchAriaSnapshot('- text: Updated');
  const amber = await fresh.evaluate((it) => getComputedStyle(it).color);

  await page.unroute('**/clusters');
  await expect(async () => {
    await page.clock.runFor(5_000);
    await expect(stale).toHaveCount(0, { timeout: 100 });
  }).toPass();
  expect(await fresh.evaluate((it) => getComputedStyle(it).color)).not.toBe(amber);
});

test('what changes while a form is on its way is not lost', async ({
  visit,
  go,
  simulated: carina,
  complaints,
}) => {
  // A page whose cluster is gone asks for it once more.
  complaints.expectStatus(404);
  const name = carina.clusterName('sending');
  const id = await carina.create({ name });
  await carina.reaches(name, 'active');
  const page = await visit(carina);
  const cluster = new ClusterPage(page, name);
  await go(page, `/clusters/${id}/settings`);
  let arrive = () => {};
  const arrived = new Promise<void>((resolve) => (arrive = resolve));
  // The answer was made before the change, and comes after it.
  await page.route('**/api/label_cluster', async (route) => {
    const body = await (await carina.fetch(`/clusters/${id}/settings`, await carina.session(ADMIN))).text();
    await arrived;
    await route.fulfill({ contentType: 'text/html; charset=utf-8', body });
  });
  await page.getByRole('button', { name: 'Save labels' }).click();
  await carina.resize(id, 3);
  await carina.reaches(name, 'active');
  arrive();
  await expect(cluster.ready(3, 3)).toBeVisible();
  await carina.delete(id, name);
});

test('rows stay under the pointer', async ({ visit, go, simulated: carina }) => {
  const word = carina.clusterName('rows');
  const ids = new Map<string, string>();
  const make = async (letter: string) => {
    const name = `${word}-${letter}`;
    ids.set(name, await carina.create({ name }));
    await carina.reaches(name, 'active');
  };
  await make('b');
  await make('c');
  const page = await visit(carina);
  await go(page, `/clusters?q=${word}&sort=name&look=table`);
  const row = (letter: string) => page.getByRole('row', { name: `${word}-${letter}` });
  const all = page.getByRole('navigation', { name: 'Filter by status' });
  const place = () => row('b').evaluate((it) => it.getBoundingClientRect().top);
  await row('b').hover();
  const before = await place();

  await make('a');
  await expect(all).toContainText('All 3');
  await expect(row('a')).toHaveCount(0);
  expect(await place()).toBe(before);

  await carina.delete(ids.get(`${word}-c`) ?? '', `${word}-c`);
  await expect(all).toContainText('All 2');
  await expect(row('c')).toHaveAttribute('data-gone', '');
  expect(await place()).toBe(before);

  await page.mouse.move(0, 0);
  await expect(row('a')).toBeVisible();
  await expect(row('c')).toHaveCount(0);

  // What somebody asks for comes at once, wherever the pointer is.
  await row('b').hover();
  await page.getByLabel('Find clusters by name').fill(`${word}-a`);
  await expect(row('b')).toHaveCount(0);
  for (const letter of ['a', 'b']) await carina.delete(ids.get(`${word}-${letter}`) ?? '', `${word}-${letter}`);
});

test('what is switched shows at once, and goes back if it is refused', async ({
  visit,
  go,
  start,
  complaints,
}) => {
  complaints.expectStatus(503);
  const carina = await start({ name: 'switched', provisioner: 'simulated', separate: true });
  const name = carina.clusterName('switched');
  const id = await carina.create({ name });
  await carina.reaches(name, 'active');
  const page = await visit(carina);
  await go(page, `/clusters/${id}/settings`);
  let leave = () => {};
  const leaves = new Promise<void>((resolve) => (leave = resolve));
  await page.route('**/api/protect_cluster', async (route) => {
    await leaves;
    await route.continue();
  });
  const on = page.getByText('The cluster is protected. It cannot be deleted');
  const off = page.getByText('The cluster is not protected.');
  await expect(off).toBeVisible();
  await page.getByRole('button', { name: 'Protect against deletion' }).click();
  await expect(on).toBeVisible();
  await expect(off).toBeHidden();

  await carina.killControlPlane();
  leave();
  await expect(page.getByRole('alert')).toContainText('The control plane cannot be reached.');
  await expect(off).toBeVisible();
  await expect(on).toBeHidden();
});

test('pages about accounts are as fresh as they say', async ({
  visit,
  go,
  simulated: carina,
}) => {
  test.setTimeout(90_000);
  const page = await visit(carina);
  const account = await carina.addAccount('fresh');
  const one = `/admin/accounts/${await carina.accountId(account.username)}`;
  const tabs: Page[] = [];
  for (const path of ['/account', '/admin', one]) {
    const tab = await page.context().newPage();
    await go(tab, path);
    tabs.push(tab);
  }
  const [own, all, its] = tabs as [Page, Page, Page];
  const change = own.getByLabel('Name', { exact: true });
  await change.fill('half a na');
  // By somebody else, elsewhere.
  const session = await carina.newSession(ADMIN);
  const key = { name: 'made-elsewhere', read: 'on' };
  expect((await carina.post('/api/make_key', key, session)).ok).toBe(true);
  await carina.addAccount('fresher');
  const name = carina.clusterName('theirs');
  await carina.create({ name }, account);

  for (const [tab, words] of [
    [own, 'made-elsewhere'],
    [all, 'fresher'],
    [its, name],
  ] as const) {
    await tab.bringToFront();
    await expect(tab.getByRole('main').getByText(words, { exact: true }).first()).toBeVisible({
      timeout: 20_000,
    });
  }
  await expect(change).toHaveValue('half a na');
});
