// The cloud's own pages, looked at with the eyes of rules: both themes, wide and narrow.

import { expect, isAwake, test } from '../harness/magnum';
import { look } from '../harness/looks';

test.describe.configure({ timeout: 60_000 });

test('the way in', async ({ visit, go, cloud }) => {
  const page = await visit(cloud, { as: null });
  await go(page, '/sign-in');
  await look(page, 'cloud-sign-in');
});

for (const [name, path, heading] of [
  ['projects', '/projects', 'Choose a project'],
  ['templates', '/templates', 'Cluster templates'],
  ['create', '/clusters/new', 'Create cluster'],
  ['list', '/clusters', 'Clusters'],
  ['account', '/account', 'Account and keys'],
] as const) {
  test(`the page ${name}`, async ({ visit, go, cloud, people, standing: _standing }) => {
    // She may go to another project.
    const page = await visit(cloud, { as: people('carol') });
    await go(page, path);
    await expect(page.getByRole('heading', { level: 1, name: heading })).toBeVisible();
    await look(page, `cloud-${name}`);
  });
}

for (const tab of ['overview', 'nodes', 'events', 'access', 'settings'] as const) {
  test(`a cluster's ${tab}`, async ({ visit, go, cloud, people, standing: { id, name } }) => {
    const page = await visit(cloud, { as: people('alice') });
    await go(page, `/clusters/${id}${tab === 'overview' ? '' : `/${tab}`}`);
    await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
    if (tab === 'nodes') {
      // What is folded away is looked at, too.
      await page.getByText('Resize default-worker').click();
      await page.getByText('Add a group of nodes', { exact: true }).click();
      await expect(page.getByLabel('Name of the group')).toBeVisible();
    }
    await look(page, `cloud-${tab}`);
  });
}

test('a second member at the access page, however wide the id of the owner', async ({ visit, cloud, people, standing: { id } }) => {
  const page = await visit(cloud, { as: people('carol') });
  await page.goto(`/clusters/${id}/access`);
  await isAwake(page);
  // Ids are as wide as their letters: that of this cloud's owner may be narrower than others.
  await page.locator('#no-access').evaluate((it) => {
    it.innerHTML = it.innerHTML.replace(/[0-9a-f]{32}/, 'd'.repeat(32));
  });
  await look(page, 'cloud-access-second-member');
});

test('a template', async ({ visit, go, cloud, rig, people, standing: { name } }) => {
  const page = await visit(cloud, { as: people('alice') });
  await go(page, `/templates/${rig.facts.templates['k8s-1.31']}`);
  await expect(page.getByRole('link', { name })).toBeVisible();
  await look(page, 'cloud-template');
});

test('a reader at the form', async ({ visit, go, cloud, people }) => {
  const page = await visit(cloud, { as: people('rita') });
  await go(page, '/clusters/new');
  await look(page, 'cloud-create-reader');
});
