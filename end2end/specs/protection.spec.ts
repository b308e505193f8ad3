// Protecting a cluster against deletion, and taking that off again.

import { ClusterPage } from '../harness/pages';
import { expect, test } from '../harness/test';

test('a protected cluster is not deleted', async ({ visit, go, simulated: carina }) => {
  const name = carina.clusterName('kept');
  const id = await carina.create({ name });
  await carina.reaches(name, 'active');
  const page = await visit(carina);
  const cluster = new ClusterPage(page, name);
  await go(page, `/clusters/${id}/settings`);
  const ask = page.getByRole('link', { name: `Delete ${name} …` });
  await expect(ask).toBeVisible();

  await page.getByRole('button', { name: 'Protect against deletion' }).click();
    await expect(page.getByText('It cannot be deleted until the protection is taken off.')).toBeVisible();
  await expect(ask).toHaveCount(0);
  await go(page, `/clusters/${id}/settings?confirm=delete`);
  await expect(cluster.confirmation).toHaveCount(0);

  await page.getByRole('button', { name: 'Take the protection off' }).click();
  await expect(ask).toBeVisible();
  await carina.delete(id, name);
});
