// One account never sees, reaches or changes what is another's, and a session that ended is over.

import type { Page } from '@playwright/test';

import { card, signIn } from '../harness/pages';
import { ADMIN, ADMIN_API_KEY, type Account, type Carina, expect, test } from '../harness/test';

const strangers = new WeakMap<Carina, Account>();

/** The second account of a Carina. */
async function strangerOf(carina: Carina): Promise<Account> {
  const known = strangers.get(carina) ?? (await carina.addAccount('stranger'));
  strangers.set(carina, known);
  return known;
}

test('a second account has a list of its own', async ({ visit, go, simulated: carina }) => {
  const stranger = await strangerOf(carina);
  const name = carina.clusterName('mine');
  const id = await carina.create({ name });

  const owner = await visit(carina);
  await go(owner, '/clusters');
  await expect(card(owner, name)).toBeVisible();

  const page = await visit(carina, { as: stranger });
  await go(page, '/clusters');
  await expect(page.getByRole('heading', { name: 'No clusters yet' })).toBeVisible();
  await expect(page.getByText(name)).toHaveCount(0);

  await carina.delete(id, name);
});

test('addresses of other accounts lead nowhere', async ({
  visit,
  simulated: carina,
  complaints,
}) => {
  complaints.expectStatus(404);
  const stranger = await strangerOf(carina);
  const name = carina.clusterName('mine');
  const id = await carina.create({ name });
  await carina.reaches(name, 'active');
  const nobodys = '0e9c6c1e-4b64-4f56-9a9e-3c52a4a7f0a1';
  const page = await visit(carina, { as: stranger });

  const tabs = ['nodes', 'containers', 'logs', 'metrics', 'events', 'access', 'settings'];
  for (const path of ['', ...tabs.map((tab) => `/${tab}`)]) {
    const texts: string[] = [];
    for (const other of [id, nobodys, 'no-id-at-all']) {
      const answer = await page.goto(`/clusters/${other}${path}`);
      expect(answer?.status(), `${other}${path}`).toBe(404);
      await expect(page.getByRole('heading', { level: 1, name: 'Not found' })).toBeVisible();
      const text = await page.getByRole('main').textContent();
      texts.push(text?.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/, 'the request id') ?? '');
    }
    // Nobody can tell what exists from what does not.
    expect(new Set(texts).size, texts.join('\n')).toBe(1);
  }

  const session = await carina.session(stranger);
  expect((await carina.fetch(`/clusters/${id}/credentials.zip`, session)).status).toBe(404);
  const actions: Record<string, Record<string, string>> = {
    resize_cluster: { id, nodes: '5' },
    retry_cluster: { id },
    delete_cluster: { id, name },
  };
  for (const [action, form] of Object.entries(actions)) {
    expect((await carina.post(`/api/${action}`, form, session)).status, action).toBe(404);
  }
  expect((await carina.clusters()).get(name)).toBe('active');

  await carina.delete(id, name);
});

test('a stranger may use the same name', async ({ simulated: carina }) => {
  const stranger = await strangerOf(carina);
  const name = carina.clusterName('same');
  const mine = await carina.create({ name });
  const theirs = await carina.create({ name }, stranger);
  expect(mine).not.toBe(theirs);
  await carina.delete(theirs, name, stranger);
  await expect.poll(async () => (await carina.clusters(stranger)).has(name)).toBe(false);
  expect((await carina.clusters()).get(name)).toMatch(/creating|active/);
  await carina.delete(mine, name);
});

async function signOut(page: Page): Promise<void> {
  await page.getByLabel('Account', { exact: true }).click();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(page).toHaveURL('/sign-in');
  await expect(page.getByText('Your session has ended')).toHaveCount(0);
}

test('signing out ends the session', async ({ visit, go, simulated: carina }) => {
  const session = await carina.newSession(ADMIN);
  const page = await visit(carina, { session });
  await go(page, '/clusters');
  expect((await carina.fetch('/clusters', session)).status).toBe(200);
  await signOut(page);

  await page.goBack();
  await expect(page).toHaveURL(/\/sign-in/);
  await expect(page.getByRole('button', { name: 'Sign in' })).toBeVisible();

  for (const path of ['/', '/clusters', '/clusters/new']) {
    const answer = await carina.fetch(path, session);
    expect(answer.headers.get('location'), path).toMatch(/^\/(sign-in|clusters$)/);
  }
  expect((await carina.fetch('/clusters', session)).status).toBe(303);
  expect((await carina.fetch('/live', session)).status).toBe(401);
  expect((await carina.post('/api/stay', {}, session)).status).toBe(401);
});

test('who signs in next sees nothing of who was there before', async ({
  visit,
  go,
  simulated: carina,
  complaints,
}) => {
  complaints.expectStatus(401);
  const stranger = await strangerOf(carina);
  const name = carina.clusterName('secret');
  const id = await carina.create({ name });
  const page = await visit(carina, { session: await carina.newSession(ADMIN) });
  await go(page, `/clusters/${id}`);
  await go(page, '/clusters');
  await expect(card(page, name)).toBeVisible();
  await signOut(page);
  await signIn(page, stranger);
  await expect(page.getByRole('heading', { name: 'No clusters yet' })).toBeVisible();
  await expect(page.getByText(name)).toHaveCount(0);
  await page.goBack();
  await expect(page.getByText(name)).toHaveCount(0);
  await carina.delete(id, name);
});

test('a cookie that nobody was given opens nothing', async ({ visit, go, simulated: carina }) => {
  const session = await carina.session(ADMIN);
  const last = session.value.endsWith('A') ? 'B' : 'A';
  const forged = [
    `${session.value.slice(0, -1)}${last}`,
    session.value.slice(0, -2),
    'A'.repeat(22),
    '../../etc/passwd',
    '%00%ff',
    'x'.repeat(4000),
  ];
  for (const value of forged) {
    const cookie = { ...session, value };
    const page = await carina.fetch('/clusters', cookie);
    expect(page.status, value).toBe(303);
    expect(page.headers.get('location')).toBe('/sign-in?next=%2Fclusters');
    expect((await carina.fetch('/live', cookie)).status, value).toBe(401);
    const action = await carina.post('/api/create_cluster', {}, cookie);
    expect([400, 401], `${value}: ${action.status}`).toContain(action.status);
  }
  const page = await visit(carina, { session: { ...session, value: 'A'.repeat(22) } });
  await go(page, '/clusters');
  await expect(page).toHaveURL('/sign-in?next=%2Fclusters');
});

test('a wrong password is one sentence, and too many are another', async ({
  visit,
  go,
  start,
  complaints,
}) => {
  complaints.expectStatus(401, 429);
  const carina = await start({ name: 'guessing', provisioner: 'simulated' });
  const page = await visit(carina, { as: null });
  await go(page, '/sign-in?next=%2Fclusters%2Fnew');
  for (let tries = 1; tries <= 6; tries += 1) {
    await page.getByLabel('Username').fill('admin');
    await page.getByLabel(/^Password\s*API key$/).fill(`guess ${tries}`);
    await page.getByRole('button', { name: 'Sign in' }).click();
    const sentence =
      tries <= 5
        ? 'The username and the password or API key do not match.'
        : /Too many tries\. Try again in \d+ s\./;
    await expect(page.getByRole('alert')).toHaveText(sentence);
  }
  await expect(page).toHaveURL(/\/sign-in\?next=%2Fclusters%2Fnew/);
});

test('signing in leads nowhere else', async ({ visit, simulated: carina }) => {
  for (const next of ['https://evil.example/', '//evil.example', '/\\evil.example']) {
    const page = await visit(carina);
    await page.goto(`/sign-in?next=${encodeURIComponent(next)}`);
    await expect(page).toHaveURL('/clusters');
    await page.close();
  }
});

test('an API key signs in as well', async ({ visit, go, simulated: carina }) => {
  const page = await visit(carina, { as: null });
  await go(page, '/clusters');
  await page.getByLabel('Username').fill('admin');
  await page.getByRole('radio', { name: 'API key' }).check();
  await page.getByLabel(/^Password\s*API key$/).fill(ADMIN_API_KEY);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page).toHaveURL('/clusters');
});

test('a page that was asked for keeps its query', async ({ visit, simulated: carina }) => {
  const page = await visit(carina, { as: null });
  await page.goto('/clusters?q=shop&status=error');
  await expect(page).toHaveURL('/sign-in?next=%2Fclusters%3Fq%3Dshop%26status%3Derror');
});
