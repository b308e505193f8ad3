// One dashboard over clusters of its own and over a cloud: each session knows where it is.

import { expect, test } from '../harness/magnum';
import { ADMIN } from '../harness/test';
import { card, secret } from '../harness/pages';

const SOON = { timeout: 30_000 };

test('one page leads to this Carina and to a cloud, and neither shows what is of the other', async ({
  visit,
  go,
  start,
  rig,
  people,
  standing,
  complaints,
}) => {
  complaints.expectStatus(401, 404, 501);
  const env = { CARINA_BACKEND: 'carina,magnum', OS_AUTH_URL: rig.facts.auth_url };
  const carina = await start({ name: 'both', provisioner: 'simulated', env });
  const own = carina.clusterName('own');

  const here = await visit(carina, { as: null });
  await go(here, '/sign-in');
  // The first of the settings is the one at hand; only a cloud has domains.
  await expect(here.getByRole('radio', { name: 'This Carina' })).toBeChecked();
  await expect(here.getByLabel('Domain')).toBeHidden();
  await here.getByRole('radio', { name: 'OpenStack' }).check();
  await expect(here.getByLabel('Domain')).toBeVisible();

  // Whom one side knows, the other refuses, and the choice stays.
  await signInTo(ADMIN);
  await expect(here.getByText(/do not match/)).toBeVisible();
  await expect(here.getByRole('radio', { name: 'OpenStack' })).toBeChecked();
  await here.getByRole('radio', { name: 'This Carina' }).check();
  await signInTo(ADMIN);
  await expect(here).toHaveURL('/clusters');
  await carina.create({ name: own });
  await go(here, '/clusters');
  await expect(card(here, own)).toBeVisible();
  await expect(here.getByRole('link', { name: /^Project / })).toHaveCount(0);
  await expect(card(here, standing.name)).toHaveCount(0);
  expect((await here.goto(`/clusters/${standing.id}`))?.status()).toBe(404);

  const there = await visit(carina, { as: null });
  await go(there, '/sign-in?backend=magnum');
  await expect(there.getByRole('radio', { name: 'OpenStack' })).toBeChecked();
  const { username, password } = people('alice');
  await there.getByLabel('Username').fill(username);
  await secret(there).fill(password);
  await there.getByRole('button', { name: 'Sign in' }).click();
  await expect(there).toHaveURL('/clusters');
  await expect(card(there, standing.name)).toBeVisible(SOON);
  await expect(there.getByRole('link', { name: 'Project demo' })).toBeVisible();
  await expect(card(there, own)).toHaveCount(0);
  // A cloud's accounts are not looked after from here.
  expect((await there.goto('/admin'))?.status()).toBe(501);

  // Both go on beside each other.
  await go(here, '/clusters');
  await expect(card(here, own)).toBeVisible();

  async function signInTo({ username, password }: typeof ADMIN): Promise<void> {
    await here.getByLabel('Username').fill(username);
    await secret(here).fill(password);
    await here.getByRole('button', { name: 'Sign in' }).click();
  }
});
