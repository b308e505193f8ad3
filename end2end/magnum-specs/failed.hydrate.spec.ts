// A cluster that the cloud could not make.

import { look } from '../harness/looks';
import { expect, test } from '../harness/magnum';
import { CLUSTER_PAGE, ClusterPage } from '../harness/pages';

const SOON = { timeout: 30_000 };

test('what the cloud could not make says why, and is made again from its form', async ({
  visit,
  go,
  cloud,
  rig,
  people,
  leftovers,
}) => {
  const name = cloud.clusterName('fails');
  leftovers.push(name);
  const page = await visit(cloud, { as: people('alice') });
  const cluster = new ClusterPage(page, name);
  const template = rig.facts.templates['k8s-1.32'];
  await go(page, `/clusters/new?template=${template}`);
  await page.getByLabel('Name', { exact: true }).fill(name);
  await page.getByLabel('Workers', { exact: true }).fill('2');
  await page.getByLabel('Labels', { exact: true }).fill('rig_fail=create');
  await page.getByRole('button', { name: 'Create cluster' }).click();
  await expect(page).toHaveURL(CLUSTER_PAGE);

  await expect(cluster.status('Error')).toBeVisible(SOON);
  await expect(page.getByText('Magnum could not make the cluster')).toBeVisible();
  await page.getByText('What the cloud said').first().click();
  const said = 'Failed to create trust or trustee for Cluster: rig_fail';
  await expect(page.getByText(said).first()).toBeVisible();
  await expect(page.getByRole('link', { name: `Get access ${name}` })).toBeDisabled();
  await look(page, 'cloud-failed');

  await page.getByRole('link', { name: 'Create it again …' }).click();
  await expect(page).toHaveURL(/\/clusters\/new\?again=/);
  await expect(page.getByLabel('Template', { exact: true })).toHaveValue(template ?? '');
  await expect(page.getByLabel('Workers', { exact: true })).toHaveValue('2');
  const labels = page.getByLabel('Labels', { exact: true });
  await expect(labels).toHaveValue('rig_fail=create');

  const second = cloud.clusterName('works');
  leftovers.push(second);
  await page.getByLabel('Name', { exact: true }).fill(second);
  await labels.fill('');
  await page.getByRole('button', { name: 'Create cluster' }).click();
  await expect(page).toHaveURL(CLUSTER_PAGE);
  await expect(cluster.status('Active')).toBeVisible(SOON);
});
