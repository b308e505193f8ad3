// What clusters are made from.

import { expect, test } from '../harness/magnum';

test('templates lead to their clusters and to new ones', async ({
  visit,
  go,
  cloud,
  rig,
  people,
  standing: { name },
  complaints,
}) => {
  complaints.expectStatus(404);
  const page = await visit(cloud, { as: people('alice') });
  const id = rig.facts.templates['k8s-1.31'] ?? '';
  await go(page, '/templates');
  const row = page.getByRole('row', { name: /k8s-1\.31/ });
  await expect(row.getByRole('cell', { name: 'v1.31.1', exact: true })).toBeVisible();
  await row.getByRole('link', { name: 'k8s-1.31', exact: true }).click();
  await expect(page).toHaveURL(`/templates/${id}`);
  await expect(page.getByRole('heading', { level: 1, name: 'k8s-1.31' })).toBeVisible();
  await expect(page).toHaveTitle(/^k8s-1\.31/);
  const made = page.getByRole('region', { name: 'Clusters made from it' });
  await made.getByRole('link', { name }).click();
  await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
  await page.getByRole('link', { name: 'k8s-1.31', exact: true }).click();
  await page.getByRole('link', { name: 'Create a cluster from it k8s-1.31' }).click();
  await expect(page).toHaveURL(`/clusters/new?template=${id}`);
  await expect(page.getByRole('combobox', { name: 'Template' })).toHaveValue(id);

  for (const nobodys of ['/templates/0e9c6c1e-4b64-4f56-9a9e-3c52a4a7f0a1', '/templates/x']) {
    expect((await page.goto(nobodys))?.status()).toBe(404);
  }
});
