// What each page is called.

import { expect, test } from '../harness/test';

test('each page has a title of its own', async ({ visit, go, simulated: carina, complaints }) => {
  complaints.expectStatus(404);
  const name = carina.clusterName('titled');
  const id = await carina.create({ name });
  await carina.reaches(name, 'active');
  const page = await visit(carina);
  for (const [path, title] of [
    ['/clusters', 'Clusters · Carina'],
    ['/clusters/new', 'Create cluster · Carina'],
    [`/clusters/${id}`, `${name} · Carina`],
    [`/clusters/${id}/nodes`, `Nodes · ${name} · Carina`],
    [`/clusters/${id}/access`, `Access · ${name} · Carina`],
    [`/clusters/${id}/containers`, `Containers · ${name} · Carina`],
    [`/clusters/${id}/logs`, `Logs · ${name} · Carina`],
    [`/clusters/${id}/metrics`, `Metrics · ${name} · Carina`],
    [`/clusters/${id}/events`, `Events · ${name} · Carina`],
    [`/clusters/${id}/settings`, `Settings · ${name} · Carina`],
    ['/account', 'Account and keys · Carina'],
    ['/activity', 'Activity · Carina'],
    ['/admin', 'Admin · Carina'],
    ['/help', 'Help · Carina'],
    ['/help/tickets/new', 'Open a ticket · Carina'],
    ['/clusters/none', 'Not found · Carina'],
    ['/none', 'Not found · Carina'],
  ] as const) {
    await go(page, path);
    await expect(page).toHaveTitle(title);
  }
  const signedOut = await visit(carina, { as: null });
  await go(signedOut, '/sign-in');
  await expect(signedOut).toHaveTitle('Sign in · Carina');
  await carina.delete(id, name);
});
