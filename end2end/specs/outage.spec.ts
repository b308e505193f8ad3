// Without its control plane the dashboard still shows what was known, with scripts and without.

import { CreatePage, card } from '../harness/pages';
import { expect, test } from '../harness/test';

test('what was known stays in sight while the control plane is away', async ({
  visit,
  go,
  start,
  complaints,
}) => {
  complaints.expectStatus(503);
  const carina = await start({ name: 'away', provisioner: 'simulated', separate: true });
  const name = carina.clusterName('known');
  const id = await carina.create({ name });
  await carina.reaches(name, 'active');
  const page = await visit(carina);
  await go(page, '/clusters');
  await carina.killControlPlane();

  const banner = page.getByText(
    /Control plane unreachable since \d\d:\d\d( UTC)?\. You see what was known then\./,
  );
  await expect(async () => {
    await go(page, '/clusters');
    await expect(banner).toBeVisible({ timeout: 500 });
  }).toPass();
  await expect(card(page, name).getByText('Active', { exact: true })).toBeVisible();
  await go(page, `/clusters/${id}`);
  await expect(banner).toBeVisible();
  await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
  expect((await carina.fetch('/readyz')).status).toBe(503);
  expect((await carina.fetch('/healthz')).status).toBe(200);

  const form = new CreatePage(page);
  await go(page, '/clusters/new');
  await form.name.fill('later');
  await form.submit.click();
  const said = 'The control plane cannot be reached. Nothing was changed; try again in a moment.';
  await expect(page.getByRole('alert').getByText(said)).toBeVisible();
  await expect(form.name).toHaveValue('later');

  await carina.startControlPlane();
  await expect(async () => {
    await go(page, '/clusters');
    await expect(banner).toBeHidden({ timeout: 500 });
  }).toPass({ timeout: 20_000 });
});
