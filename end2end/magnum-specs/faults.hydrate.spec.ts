// What people see while parts of the cloud are away: the last known state, since when, and then, by
// itself, what is.

import { randomUUID } from 'node:crypto';

import type { Page } from '@playwright/test';

import { Between } from '../harness/between';
import { expect, isSameDocument, markDocument, test } from '../harness/magnum';
import { CLUSTER_PAGE, ClusterPage, card, signInToCloud } from '../harness/pages';

const SOON = { timeout: 30_000 };

const banner = (page: Page) =>
  page.getByText(/Control plane unreachable since \d\d:\d\d( UTC)?\. You see what was known then\./);

test.describe.configure({ timeout: 120_000 });

// Whatever a test has done to the rig, the next one finds it whole.
test.afterEach(async ({ rig }) => {
  await rig.goOn('magnum');
  await rig.whole();
});

for (const [what, stop, start] of [
  ['Magnum is dead', 'kill', 'revive'],
  ['Magnum hangs', 'hang', 'goOn'],
] as const) {
  test(`${what}: pages stay with what was known, and go on by themselves`, async ({
    visit,
    go,
    cloud,
    rig,
    people,
    standing: { id, name },
    leftovers,
    complaints,
  }) => {
    complaints.expectStatus(502, 503, 504);
    // The cloud is looked at every 5 s while something changes, and otherwise every 30.
    const changing = cloud.clusterName('changing');
    leftovers.push(changing);
    const form = {
      name: changing,
      template: rig.facts.templates['k8s-1.31'] ?? '',
      managers: '1',
      workers: '1',
      labels: 'rig_seconds=15',
      key: randomUUID(),
    };
    const session = await cloud.session(people('alice'));
    const asked = await cloud.post('/api/create_from_template', form, session);
    expect(asked.ok).toBe(true);
    const page = await visit(cloud, { as: people('alice') });
    await go(page, '/clusters');
    await expect(card(page, name).getByText('Active', { exact: true })).toBeVisible(SOON);
    await expect(card(page, changing).getByText('Creating', { exact: true })).toBeVisible();
    await markDocument(page);

    await rig[stop]('magnum');
    await expect(banner(page)).toBeVisible(SOON);
    await expect(card(page, name).getByText('Active', { exact: true })).toBeVisible();
    expect((await cloud.fetch('/healthz')).status).toBe(200);
    const other = await visit(cloud, { as: people('alice') });
    for (const path of ['', '/nodes', '/settings']) {
      await go(other, `/clusters/${id}${path}`);
      await expect(banner(other)).toBeVisible();
      await expect(other.getByRole('heading', { level: 1, name })).toBeVisible();
    }

    await rig[start]('magnum');
    await expect(banner(page)).toBeHidden(SOON);
    await expect(card(page, name).getByText('Active', { exact: true })).toBeVisible();
    expect(await isSameDocument(page)).toBe(true);
  });
}

test('Keystone is dead: who is signed in goes on, who is not hears why, and then gets in', async ({
  visit,
  go,
  cloud,
  rig,
  people,
  standing: { name },
  complaints,
}) => {
  complaints.expectStatus(503);
  const page = await visit(cloud, { as: people('alice') });
  await go(page, '/clusters');
  await expect(card(page, name)).toBeVisible(SOON);
  await rig.kill('keystone');

  await go(page, '/clusters');
  await expect(card(page, name).getByText('Active', { exact: true })).toBeVisible();
  const late = await visit(cloud, { as: null });
  await go(late, '/sign-in');
  await signInToCloud(late, people('carol'));
  await expect(
    late.getByText('The control plane cannot be reached. Nothing was changed; try again in a moment.'),
  ).toBeVisible();

  await rig.revive('keystone');
  await signInToCloud(late, people('carol'));
  await expect(late).toHaveURL('/clusters');
  await expect(card(late, name)).toBeVisible(SOON);
});

test('the conductor dies while a cluster is made: it goes on being made, and then is', async ({
  visit,
  go,
  cloud,
  rig,
  people,
  leftovers,
}) => {
  const name = cloud.clusterName('survives');
  leftovers.push(name);
  const page = await visit(cloud, { as: people('alice') });
  const cluster = new ClusterPage(page, name);
  await go(page, '/clusters/new');
  await page.getByLabel('Name', { exact: true }).fill(name);
  // Long enough to die in.
  await page.getByLabel('Labels', { exact: true }).fill('rig_seconds=4');
  await page.getByRole('button', { name: 'Create cluster' }).click();
  await expect(page).toHaveURL(CLUSTER_PAGE);
  await expect.poll(async () => (await rig.cluster(name))?.status).toBe('CREATE_IN_PROGRESS');
  await rig.kill('conductor');
  await markDocument(page);
  // Past the time it takes, nobody says that it is made.
  const made = Date.now() + 6000;
  await expect.poll(() => Date.now(), SOON).toBeGreaterThan(made);
  await expect(cluster.status('Creating')).toBeVisible();
  await expect(banner(page)).toBeHidden();

  await rig.revive('conductor');
  await expect(cluster.status('Active')).toBeVisible(SOON);
  expect(await isSameDocument(page)).toBe(true);
});

test('a token ends, and the sign-in goes on by itself', async ({
  visit,
  go,
  cloud,
  rig,
  people,
  leftovers,
}) => {
  await rig.kill('keystone');
  await rig.revive('keystone', { RIG_TOKEN_SECONDS: '4' });
  try {
    const page = await visit(cloud, { session: await cloud.newSession(people('alice')) });
    const ended = Date.now() + 5000;
    await go(page, '/clusters/new');
    await markDocument(page);
    const name = cloud.clusterName('later');
    leftovers.push(name);
    await page.getByLabel('Name', { exact: true }).fill(name);
    await expect.poll(() => Date.now()).toBeGreaterThan(ended);
    await page.getByRole('button', { name: 'Create cluster' }).click();
    await expect(page).toHaveURL(CLUSTER_PAGE);
    await expect(new ClusterPage(page, name).status('Active')).toBeVisible(SOON);
    await expect(page.getByRole('dialog')).toBeHidden();
    expect(await isSameDocument(page)).toBe(true);
  } finally {
    await rig.kill('keystone');
    await rig.revive('keystone', { RIG_TOKEN_SECONDS: '14400' });
  }
});

test.describe('with somebody in between', () => {
  // A dashboard that asks the cloud through what the test holds.
  let toMagnum: Between;
  let toKeystone: Between;

  test.beforeEach(async ({ rig }) => {
    const { magnum_url, auth_url } = rig.facts;
    const magnum = await Between.before(new URL(magnum_url).origin);
    toMagnum = magnum;
    toKeystone = await Between.before(new URL(auth_url).origin, () => [
      [new URL(magnum_url).origin, magnum.url],
    ]);
  });

  test.afterEach(() => {
    toMagnum.end();
    toKeystone.end();
  });

  const settings = () => ({
    name: 'between',
    provisioner: 'simulated' as const,
    env: { CARINA_BACKEND: 'magnum', OS_AUTH_URL: `${toKeystone.url}/v3` },
  });

  test('Magnum answers 500: the last list stays, it is told, and what is asked for says why not', async ({
    visit,
    go,
    start,
    rig,
    people,
    standing: { id, name },
    leftovers,
    complaints,
  }) => {
    complaints.expectStatus(502, 503);
    const carina = await start(settings());
    // While something changes the cloud is looked at every 5 s.
    const changing = carina.clusterName('slow');
    leftovers.push(changing);
    const key = randomUUID();
    const template = rig.facts.templates['k8s-1.31'] ?? '';
    const form = { name: changing, template, managers: '1', workers: '1', labels: 'rig_seconds=25', key };
    const asked = await carina.post(
      '/api/create_from_template',
      form,
      await carina.session(people('alice')),
    );
    expect(asked.ok).toBe(true);
    const page = await visit(carina, { as: people('alice') });
    await go(page, '/clusters');
    await expect(card(page, name).getByText('Active', { exact: true })).toBeVisible(SOON);
    await expect(card(page, changing).getByText('Creating', { exact: true })).toBeVisible();
    await markDocument(page);
    const other = await visit(carina, { as: people('alice') });
    await go(other, '/clusters/new');

    const detail = 'The database server has gone away';
    toMagnum.fails = { status: 500, body: JSON.stringify({ errors: [{ status: 500, detail }] }) };
    await other.getByLabel('Name', { exact: true }).fill('never');
    await other.getByRole('button', { name: 'Create cluster' }).click();
    await expect(other.getByText(`The cloud failed at that: ${detail}.`)).toBeVisible();
    await expect(other.getByLabel('Name', { exact: true })).toHaveValue('never');
    await expect(banner(page)).toBeVisible(SOON);
    await expect(card(page, name).getByText('Active', { exact: true })).toBeVisible();
    const answer = await other.goto(`/clusters/${id}/nodes`);
    expect(answer?.status()).toBe(200);
    await expect(banner(other)).toBeVisible();
    await expect(other.getByRole('heading', { level: 1, name })).toBeVisible();

    toMagnum.fails = undefined;
    await expect(banner(page)).toBeHidden(SOON);
    await expect(card(page, name).getByText('Active', { exact: true })).toBeVisible();
    expect(await isSameDocument(page)).toBe(true);
    expect(await rig.cluster('never')).toBeUndefined();
  });

  test('a slow cloud: all of it comes, in its time', async ({
    visit,
    go,
    start,
    people,
    standing: { id, name },
    leftovers,
    complaints,
  }) => {
    complaints.expectStatus(503);
    toMagnum.delayMs = 1500;
    const carina = await start(settings());
    const page = await visit(carina, { as: people('alice') });
    await go(page, '/clusters');
    await expect(card(page, name).getByText('Active', { exact: true })).toBeVisible(SOON);
    await expect(banner(page)).toBeHidden(SOON);
    // What is known is shown at once, whatever the cloud takes.
    toMagnum.delayMs = 60_000;
    const asked = await page.goto(`/clusters/${id}/nodes`);
    expect(asked?.status()).toBe(200);
    await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
    toMagnum.delayMs = 1500;
    const made = carina.clusterName('patient');
    leftovers.push(made);
    await go(page, '/clusters/new');
    await page.getByLabel('Name', { exact: true }).fill(made);
    await page.getByRole('button', { name: 'Create cluster' }).click();
    await expect(page).toHaveURL(CLUSTER_PAGE, SOON);
    await expect(new ClusterPage(page, made).status('Active')).toBeVisible(SOON);
  });

  test('a token is revoked elsewhere, and the sign-in goes on by itself', async ({
    visit,
    go,
    start,
    rig,
    people,
    leftovers,
  }) => {
    // Magnum believes in a token for a while after it has looked at it; here it looks every time.
    await rig.kill('magnum');
    await rig.revive('magnum', { RIG_TOKEN_CACHE_SECONDS: '-1' });
    try {
      const carina = await start(settings());
      const page = await visit(carina, { as: people('alice') });
      await go(page, '/clusters/new');
      const revoked = [...toMagnum.tokens].at(-1) ?? '';
      expect(await rig.revoke(revoked)).toBe(204);
      expect(await rig.status('/clusters', revoked)).toBe(401);

      const name = carina.clusterName('goes-on');
      leftovers.push(name);
      await markDocument(page);
      await page.getByLabel('Name', { exact: true }).fill(name);
      await page.getByRole('button', { name: 'Create cluster' }).click();
      await expect(page).toHaveURL(CLUSTER_PAGE);
      await expect(new ClusterPage(page, name).status('Active')).toBeVisible(SOON);
      await expect(page.getByRole('dialog')).toBeHidden();
      expect(await isSameDocument(page)).toBe(true);
      expect([...toMagnum.tokens].at(-1)).not.toBe(revoked);
    } finally {
      await rig.kill('magnum');
      await rig.revive('magnum', { RIG_TOKEN_CACHE_SECONDS: '300' });
    }
  });
});
