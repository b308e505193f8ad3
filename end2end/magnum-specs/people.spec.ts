// Who may do what: second members, readers, people of other projects, admins, application credentials.

import { type Person, expect, test } from '../harness/magnum';
import { CLUSTER_PAGE, ClusterPage, card, signInToCloud } from '../harness/pages';

const SOON = { timeout: 30_000 };

test('a second member changes what another made, and is told who gets credentials', async ({
  visit,
  go,
  cloud,
  people,
  standing,
  complaints,
  javaScriptEnabled,
}) => {
  complaints.expectStatus(403);
  const { id, name } = standing;
  const page = await visit(cloud, { as: people('carol') });
  const cluster = new ClusterPage(page, name);
  // Made past the dashboard, it comes with the next look at the cloud.
  await expect(async () => {
    await go(page, '/clusters');
    await expect(card(page, name)).toBeVisible({ timeout: 500 });
  }).toPass(SOON);
  await go(page, `/clusters/${id}`);
  await expect(cluster.ready(2, 2)).toBeVisible();
  await expect(cluster.access).toBeDisabled();

  await go(page, `/clusters/${id}/access`);
  await expect(
    page.getByText('Only the member who made this cluster gets credentials of it.'),
  ).toBeVisible();
  await expect(page.getByRole('link', { name: /^Download/ })).toHaveCount(0);
  const carol = await cloud.session(people('carol'));
  expect((await cloud.fetch(`/clusters/${id}/credentials.zip`, carol)).status).toBe(403);

  await cluster.resize(3, javaScriptEnabled ? 'Grow by 1' : 'Change size');
  await expect(cluster.ready(3, 3)).toBeVisible(SOON);
  await expect(cluster.status('Active')).toBeVisible(SOON);
  await cluster.open('events');
  const entries = page.getByRole('region', { name: 'What happened' }).getByRole('listitem');
  await expect(entries.filter({ hasText: /asked for by carol/ })).toHaveCount(1);
});

test('a reader looks, and is refused with the reason', async ({
  visit,
  go,
  cloud,
  rig,
  people,
  standing,
  leftovers,
  complaints,
}) => {
  complaints.expectStatus(403);
  const { id, name } = standing;
  const page = await visit(cloud, { as: people('rita') });
  await go(page, `/clusters/${id}`);
  await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();

  await go(page, '/clusters/new');
  await expect(page.getByText(/change nothing in it: your role is reader\./)).toBeVisible();
  const wanted = cloud.clusterName('wanted');
  leftovers.push(wanted);
  await page.getByLabel('Name', { exact: true }).fill(wanted);
  await page.getByRole('button', { name: 'Create cluster' }).click();
  const said = page.getByText(/^The cloud refused that: Policy doesn't allow cluster:create/);
  await expect(said).toBeVisible();
  await expect(said).toHaveText(/request id is req-[0-9a-f-]{36}\./);
  await expect(page.getByLabel('Name', { exact: true })).toHaveValue(wanted);
  expect(await rig.cluster(wanted)).toBeUndefined();
});

for (const person of ['bob', 'admin'] as const satisfies Person[]) {
  test(`${person} sees nothing of another project`, async ({
    visit,
    go,
    cloud,
    people,
    standing,
    complaints,
  }) => {
    complaints.expectStatus(404);
    const { id, name } = standing;
    const page = await visit(cloud, { as: people(person) });
    await go(page, '/clusters');
    await expect(page.getByText('0 of 20 clusters')).toBeVisible();
    await expect(card(page, name)).toHaveCount(0);
    for (const path of ['', '/nodes', '/access', '/credentials.zip']) {
      const answer = await cloud.fetch(`/clusters/${id}${path}`, await cloud.session(people(person)));
      expect(answer.status, path).toBe(404);
    }
    expect((await page.goto(`/clusters/${id}`))?.status()).toBe(404);
    await expect(page.getByRole('heading', { name: 'Not found' })).toBeVisible();
  });
}

test('a member of two projects goes from one to the other', async ({
  visit,
  go,
  cloud,
  people,
  standing,
}) => {
  const { name } = standing;
  // A session of its own: which project one is in belongs to it.
  const page = await visit(cloud, { session: await cloud.newSession(people('carol')) });
  await go(page, '/clusters');
  const project = (which: string) => page.getByRole('link', { name: `Project ${which}` });
  // Neither is told at sign-in: it is one of the two.
  await expect(page.getByRole('link', { name: /^Project (demo|other)$/ })).toBeVisible();
  if ((await project('other').count()) === 0) await toProject('other');
  await expect(project('other')).toBeVisible();
  await expect(card(page, name)).toHaveCount(0);
  await toProject('demo');
  await expect(project('demo')).toBeVisible();
  await expect(card(page, name)).toBeVisible(SOON);

  async function toProject(which: string): Promise<void> {
    await go(page, '/projects');
    await page.getByRole('button', { name: `Go to ${which}` }).click();
    await expect(page).toHaveURL(/\/clusters/);
  }
});

test('a project of somebody else cannot be chosen', async ({ cloud, rig, people }) => {
  const session = await cloud.newSession(people('bob'));
  const demo = rig.facts.projects['demo'] ?? '';
  const answer = await cloud.post('/api/choose_project', { id: demo }, session);
  expect(answer.status).toBe(404);
  expect(await (await cloud.fetch('/projects', session)).text()).toContain('You are in other now');
});

for (const kind of ['restricted', 'unrestricted'] as const) {
  test(`one signs in with a ${kind} application credential`, async ({
    visit,
    go,
    cloud,
    rig,
    leftovers,
  }) => {
    const page = await visit(cloud, { as: null });
    await go(page, '/sign-in?next=%2Fclusters%2Fnew');
    const { id, secret } = rig.facts.application_credentials[kind] ?? { id: '', secret: '' };
    await signInToCloud(page, { username: id, password: secret }, 'Application credential');
    await expect(page).toHaveURL('/clusters/new');
    await expect(page.getByRole('link', { name: 'Project demo' })).toBeVisible();
    const warning = page.getByText(/^You signed in with a restricted application credential/);
    await expect(warning).toHaveCount(kind === 'restricted' ? 1 : 0);

    const name = cloud.clusterName('by-credential');
    leftovers.push(name);
    await page.getByLabel('Name', { exact: true }).fill(name);
    await page.getByRole('button', { name: 'Create cluster' }).click();
    await expect(page).toHaveURL(CLUSTER_PAGE);
    await rig.reaches(name, 'CREATE_COMPLETE');
  });
}

test('an application credential with a wrong secret is refused', async ({
  visit,
  go,
  cloud,
  rig,
  complaints,
  javaScriptEnabled,
}) => {
  if (javaScriptEnabled) complaints.expectStatus(401);
  const page = await visit(cloud, { as: null });
  await go(page, '/sign-in');
  const { id = '' } = rig.facts.application_credentials['restricted'] ?? {};
  await signInToCloud(page, { username: id, password: 'wrong' }, 'Application credential');
  await expect(page.getByText(/do not match/)).toBeVisible();
});
