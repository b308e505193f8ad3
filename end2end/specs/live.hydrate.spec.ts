// Pages that stay current while somebody works on them, and what they say when they cannot.

import type { Page, Route } from '@playwright/test';

import { halting } from '../harness/halting';
import { ClusterPage, CreatePage, card } from '../harness/pages';
import { expectNoShift, watchShift } from '../harness/shift';
import { ADMIN, Engine, expect, isAwake, isSameDocument, markDocument, test } from '../harness/test';

const REAL = { timeout: 60_000 };

/** What browsers write down while there is nobody to talk to. */
const NOBODY_THERE = /net::ERR_(CONNECTION_|INCOMPLETE_CHUNKED|EMPTY_RESPONSE|NETWORK)/;

const unreachable = (page: Page) =>
  page.getByText(/Control plane unreachable since \d\d:\d\d( UTC)?\. You see what was known then\./);
const ended = (page: Page) => page.getByRole('dialog', { name: 'Your session has ended' });
const live = (page: Page) =>
  page.locator('html[data-stream]:not([data-stale]) #fresh:not(.bad)').filter({
    hasText: /Live · updated.*\d+ s ago$/,
  });

test('what is typed, chosen and open outlives what happens meanwhile', async ({
  visit,
  go,
  simulated: carina,
}) => {
  const name = carina.clusterName('typing');
  const id = await carina.create({ name });
  await carina.reaches(name, 'active');
  const page = await visit(carina);
  const cluster = new ClusterPage(page, name);
  await go(page, `/clusters/${id}/settings?confirm=delete`);
  await markDocument(page);
  await cluster.confirmation.pressSequentially('half a na');
  const caret = () =>
    cluster.confirmation.evaluate((input: HTMLInputElement) => [
      input.selectionStart,
      input.selectionEnd,
    ]);
  await page.keyboard.press('ArrowLeft');
  const before = await caret();

  await carina.resize(id, 4);
  await expect(cluster.status('Growing')).toBeVisible();
  await expect(cluster.ready(4, 4)).toBeVisible();
  await expect(cluster.confirmation).toBeFocused();
  await expect(cluster.confirmation).toHaveValue('half a na');
  expect(await caret()).toEqual(before);

  await page.getByLabel('Theme', { exact: true }).click();
  const dark = page.getByRole('button', { name: 'Dark' });
  await dark.focus();
  await carina.reaches(name, 'active');
  await carina.resize(id, 2);
  await expect(cluster.ready(2, 2)).toBeVisible();
  await expect(dark).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(dark).toBeHidden();
  expect(await isSameDocument(page)).toBe(true);
  await carina.delete(id, name);
});

test('the list follows what happens elsewhere', async ({ visit, go, simulated: carina }) => {
  const other = carina.clusterName('stays');
  const otherId = await carina.create({ name: other });
  const page = await visit(carina);
  await go(page, '/clusters/new');
  const form = new CreatePage(page);
  await form.name.fill('half-typed');

  // Made by somebody else while the form is open.
  const name = carina.clusterName('elsewhere');
  const id = await carina.create({ name, nodes: 2 });
  await carina.reaches(name, 'active');
  await expect(form.name).toHaveValue('half-typed');
  await expect(form.name).toBeFocused();

  await page.getByRole('link', { name: 'Cancel' }).click();
  await markDocument(page);
  await expect(card(page, name).getByText('Active', { exact: true })).toBeVisible();
  const search = page.getByLabel('Find clusters by name');
  await search.fill(name);
  await expect(page).toHaveURL(new RegExp(`q=${name}`));
  const cards = page.getByRole('article');
  await expect(cards).toHaveCount(1);

  await carina.resize(id, 5);
  await expect(card(page, name).getByText('Growing', { exact: true })).toBeVisible();
  await expect(card(page, name).getByRole('img', { name: /^5 ready/ })).toBeVisible();
  await expect(search).toBeFocused();
  await expect(search).toHaveValue(name);

  await carina.delete(id, name);
  await expect(page.getByRole('heading', { name: 'No match' })).toBeVisible();
  expect(await isSameDocument(page)).toBe(true);
  await carina.delete(otherId, other);
});

test('nothing moves while the page wakes up and its rows change', async ({
  visit,
  go,
  simulated: carina,
}) => {
  const name = carina.clusterName('still');
  const id = await carina.create({ name, nodes: 2 });
  await carina.reaches(name, 'active');
  const page = await visit(carina);
  await watchShift(page);
  await go(page, '/clusters');
  await expectNoShift(page);

  await carina.resize(id, 4);
  await expect(card(page, name).getByText('Growing', { exact: true })).toBeVisible();
  await expect(card(page, name).getByRole('img', { name: /^4 ready/ })).toBeVisible();
  await expect(card(page, name).getByText('Active', { exact: true })).toBeVisible();
  await expectNoShift(page);
  await carina.delete(id, name);
});

// Seen once in a few hundred loads: the menus of the header came a frame after what stands left of them.
for (const [what, mark] of [
  ['the menus of the header', '<details class="menu"'],
  ['the page', '<main'],
] as const) {
  test(`nothing moves when ${what} arrive after the first frame`, async ({
    visit,
    simulated: carina,
  }) => {
    const line = await halting(carina.url, '/activity', mark);
    const page = await visit(carina, { baseURL: line.url });
    await watchShift(page);
    await page.goto('/activity', { waitUntil: 'commit' });
    await page.locator('#fresh').waitFor({ state: 'attached' });
    // Two frames: the first of them has been drawn then.
    await page.evaluate(async () => {
      for (let frame = 0; frame < 2; frame += 1) await new Promise(requestAnimationFrame);
    });
    line.goOn();
    await isAwake(page);
    await expectNoShift(page);
    await page.close();
    line.end();
  });
}

test('changes are said to those who do not see them', async ({ visit, go, simulated: carina }) => {
  const page = await visit(carina);
  await go(page, '/clusters');
  const name = carina.clusterName('heard');
  const id = await carina.create({ name });
  await expect(page.getByRole('status').getByText(`${name} is active`)).toBeAttached();
  await carina.delete(id, name);
});

test('the page says how fresh it is', async ({ visit, go, simulated: carina, complaints }) => {
  complaints.expect(NOBODY_THERE);
  const page = await visit(carina);
  await go(page, '/clusters');
  await expect(live(page)).toBeVisible();
  await page.context().setOffline(true);
  await page.context().setOffline(false);
  await expect(live(page)).toBeVisible();
});

for (const [what, answer] of [
  ['is refused', (route: Route) => route.fulfill({ status: 503 })],
  // As behind a proxy that waits for the end of the stream before it hands it on.
  ['stays silent', () => undefined],
  ['breaks off', (route: Route) => route.abort()],
] as const) {
  test(`where the stream ${what}, the page asks again and again`, async ({
    visit,
    go,
    simulated: carina,
    complaints,
  }) => {
    complaints.expect(/status of 503/, /net::ERR_FAILED/);
    const page = await visit(carina);
    await page.route('**/live', answer);
    await page.clock.install();
    await go(page, '/clusters');
    const name = carina.clusterName('polled');
    const id = await carina.create({ name });
    await carina.reaches(name, 'active');
    await expect(async () => {
      await page.clock.runFor(5_000);
      await expect(card(page, name).getByText('Active', { exact: true })).toBeVisible({
        timeout: 200,
      });
    }).toPass({ timeout: 15_000 });
    await expect(live(page), 'it does not claim to be live').toHaveCount(0);
    await carina.delete(id, name);
  });
}

test('what is typed before scripts arrive counts', async ({ visit, simulated: carina }) => {
  const page = await visit(carina);
  let arrive = () => {};
  const arrived = new Promise<void>((resolve) => (arrive = resolve));
  await page.route('**/*.wasm', async (route) => {
    await arrived;
    await route.continue();
  });
  const name = carina.clusterName('early');
  const form = new CreatePage(page);
  await page.goto('/clusters/new');
  await form.name.fill(name);
  await form.nodes.fill('3');
  await form.flavor(4).check();
  arrive();
  await isAwake(page);
  await expect(form.nodes).toHaveValue('3');
  await expect(page.getByText('12 GB of memory in all.')).toBeVisible();
  await form.submit.click();
  const cluster = new ClusterPage(page, name);
  await expect(cluster.ready(3, 3)).toBeVisible();

  await carina.delete(cluster.id, name);
});

test('where scripts do not arrive, forms work all the same', async ({
  visit,
  simulated: carina,
  complaints,
}) => {
  // The error of a script that did not come has no words in some versions.
  complaints.expect(/net::ERR_FAILED/, /Failed to fetch/, /^$/);
  const page = await visit(carina);
  await page.route('**/*.wasm', (route) => route.abort());
  const name = carina.clusterName('plain');
  const form = new CreatePage(page);
  await page.goto('/clusters/new');
  await form.name.fill(name);
  await form.submit.click();
  const cluster = new ClusterPage(page, name);
  await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
  await carina.reaches(name, 'active');
  await page.reload();
  await cluster.askToDelete();
  await cluster.confirm(name);
  await expect(page).toHaveURL('/clusters');
  expect((await carina.clusters()).get(name)).not.toBe('active');
});

test('a control plane that ends is told, and its return as well', async ({
  visit,
  go,
  start,
  complaints,
}) => {
  test.setTimeout(90_000);
  const carina = await start({ name: 'outage', provisioner: 'simulated', separate: true });
  const name = carina.clusterName('known');
  const id = await carina.create({ name, nodes: 2 });
  await carina.reaches(name, 'active');
  const page = await visit(carina);
  await go(page, '/clusters');
  await expect(live(page)).toBeVisible();
  await markDocument(page);

  complaints.expectStatus(503);
  await carina.killControlPlane();
  await expect(unreachable(page)).toBeVisible();
  await expect(page.getByText(/^As of \d\d:\d\d( UTC)?$/)).toBeVisible();
  await expect(card(page, name).getByText('Active', { exact: true })).toBeVisible();
  expect(await isSameDocument(page)).toBe(true);

  await test.step('pages still answer', async () => {
    for (const path of ['/clusters', `/clusters/${id}`, '/clusters/new']) {
      await go(page, path);
      await expect(unreachable(page)).toBeVisible();
    }
    await go(page, `/clusters/${id}`);
    await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
  });

  await test.step('what cannot be done is told, and what was typed stays', async () => {
    await go(page, '/clusters/new');
    const form = new CreatePage(page);
    await form.name.fill('later');
    await form.submit.click();
    const said = 'The control plane cannot be reached. Nothing was changed; try again in a moment.';
    await expect(page.getByRole('alert').getByText(said)).toBeVisible();
    await expect(form.name).toHaveValue('later');
  });

  await markDocument(page);
  await carina.startControlPlane();
  await expect(unreachable(page)).toBeHidden({ timeout: 20_000 });
  await expect(live(page)).toBeVisible();
  expect(await isSameDocument(page)).toBe(true);

  await new CreatePage(page).submit.click();
  await expect(page.getByRole('heading', { level: 1, name: 'later' })).toBeVisible();
});

test('a session that ends elsewhere costs nothing that was typed', async ({
  visit,
  go,
  simulated: carina,
  complaints,
}) => {
  complaints.expectStatus(401);
  const name = carina.clusterName('signed-out');
  const id = await carina.create({ name });
  await carina.reaches(name, 'active');
  const session = await carina.newSession(ADMIN);
  const page = await visit(carina, { session });
  const cluster = new ClusterPage(page, name);
  await go(page, `/clusters/${id}/nodes`);

  await cluster.size.fill('3');
  const grow = page.getByRole('button', { name: 'Grow by 2' });
  await expect(grow).toBeVisible();
  expect((await carina.post('/api/sign_out', {}, session)).status).toBe(200);
  await grow.click();
  await expect(ended(page)).toBeVisible();
  expect((await carina.clusters()).get(name)).toBe('active');

  // The form is as it was, and goes again once somebody has signed in over it.
  await expect(cluster.size).toHaveValue('3');
  await markDocument(page);
  await ended(page).getByLabel('Username').fill(ADMIN.username);
  await ended(page).locator('input[type=password]').fill(ADMIN.password);
  await ended(page).getByRole('button', { name: 'Sign in' }).click();
  await expect(cluster.ready(3, 3)).toBeVisible();
  await expect(ended(page)).toBeHidden();
  expect(await isSameDocument(page)).toBe(true);
  await carina.delete(id, name);
});

test('a session that ends elsewhere is told by itself', async ({
  visit,
  go,
  simulated: carina,
  complaints,
}) => {
  test.setTimeout(90_000);
  complaints.expectStatus(401);
  const session = await carina.newSession(ADMIN);
  const page = await visit(carina, { session });
  await go(page, '/clusters');
  await expect(live(page)).toBeVisible();
  expect((await carina.post('/api/sign_out', {}, session)).status).toBe(200);
  // The stream looks after its session twice a minute.
  await expect(ended(page)).toBeVisible({ timeout: 45_000 });
  await expect(live(page)).toBeHidden({ timeout: 30_000 });
});

test('a server that is killed in the middle of a create goes on where it was', async ({
  visit,
  go,
  start,
  complaints,
}) => {
  test.setTimeout(120_000);
  complaints.expect(NOBODY_THERE);
  // A page whose cluster is gone asks for it once more.
  complaints.expectStatus(404);
  const carina = await start({ name: 'killed', provisioner: 'docker' });
  const name = carina.clusterName('survivor');
  const page = await visit(carina);
  const cluster = new ClusterPage(page, name);
  await go(page, '/clusters');
  const id = await carina.create({ name, nodes: 2 });
  await card(page, name).getByRole('link', { name, exact: true }).click();
  await expect(page.getByRole('progressbar')).toBeVisible();
  await expect.poll(() => carina.docker.labelled(`io.carina.cluster=${id}`)).not.toEqual([]);
  await markDocument(page);

  await carina.killServer();
  await carina.startServer();
  await expect(cluster.status('Active')).toBeVisible(REAL);
  await expect(cluster.ready(2, 2)).toBeVisible();
  await expect(live(page)).toBeVisible();
  expect(await isSameDocument(page)).toBe(true);

  const things = await carina.docker.labelled(`io.carina.cluster=${id}`);
  const count = (kind: string) => things.filter((thing) => thing.startsWith(kind)).length;
  expect([count('container'), count('network')], things.join(', ')).toEqual([2, 1]);
  await carina.delete(id, name);
  await expect(page.getByRole('heading', { name: `${name} is deleted` })).toBeVisible(REAL);
});

test('an engine that stops in the middle of a create is waited for', async ({
  visit,
  go,
  start,
  startEngine,
  complaints,
}) => {
  // A page whose cluster is gone asks for it once more.
  complaints.expectStatus(404);
  test.skip(
    !(await Engine.isPossible()),
    'it takes root and dockerd to start an engine that may be stopped',
  );
  test.setTimeout(180_000);
  const engine = await startEngine();
  const carina = await start({ name: 'engine', provisioner: 'docker', docker: engine.docker });
  const name = carina.clusterName('patient');
  const page = await visit(carina);
  const cluster = new ClusterPage(page, name);
  const id = await carina.create({ name, nodes: 2 });
  await go(page, `/clusters/${id}`);
  await markDocument(page);
  await expect.poll(() => engine.docker.labelled(`io.carina.cluster=${id}`)).not.toEqual([]);

  await engine.stop();
  await expect(page.getByText(/It is tried again by itself\. It began/)).toBeVisible(REAL);
  await expect(cluster.status('Creating')).toBeVisible();

  await engine.start();
  await expect(cluster.status('Active')).toBeVisible(REAL);
  await expect(cluster.ready(2, 2)).toBeVisible();
  await expect(page.getByText(/It is tried again by itself/)).toBeHidden();
  expect(await isSameDocument(page)).toBe(true);

  await carina.delete(id, name);
  await expect(page.getByRole('heading', { name: `${name} is deleted` })).toBeVisible(REAL);
});
