// What people do besides making and deleting clusters, each once, with scripts and without.

import { ClusterPage } from '../harness/pages';
import { ADMIN, expect, test } from '../harness/test';

test('settings of a cluster', async ({ visit, go, simulated: carina }) => {
  const name = carina.clusterName('plain');
  const id = await carina.create({ name });
  await carina.reaches(name, 'active');
  const page = await visit(carina);
  await go(page, `/clusters/${id}/settings`);
  const renamed = `${name}-2`;

  await test.step('rename', async () => {
    await page.getByRole('textbox', { name: 'Name' }).fill(renamed);
    await page.getByRole('button', { name: 'Rename cluster' }).click();
    await expect(page.getByText('The cluster has its new name.')).toBeVisible();
    await expect(page.getByRole('heading', { level: 1, name: renamed })).toBeVisible();
  });

  await test.step('labels', async () => {
    const labels = page.getByRole('textbox', { name: 'Labels' });
    await labels.fill('team=shop\nno label');
    await page.getByRole('button', { name: 'Save labels' }).click();
    await expect(labels).toHaveAttribute('aria-invalid', 'true');
    await expect(labels).toHaveValue('team=shop\nno label');
    await labels.fill('team=shop\ntier=1');
    await page.getByRole('button', { name: 'Save labels' }).click();
    await expect(page.getByText('The labels are saved.')).toBeVisible();
    await go(page, '/clusters?q=team%3Dshop');
    await expect(page.getByRole('article', { name: renamed })).toBeVisible();
    await go(page, `/clusters/${id}/settings`);
  });

  await test.step('autoscale', async () => {
    await page.getByRole('checkbox', { name: /^Scale by itself/ }).check();
    await page.getByLabel('At least').fill('3');
    await page.getByLabel('At most').fill('2');
    await page.getByRole('button', { name: 'Save autoscaling' }).click();
    await expect(
      page.getByText('The smallest number of nodes is above the largest.'),
    ).toBeVisible();
    await page.getByLabel('At least').fill('1');
    await page.getByRole('button', { name: 'Save autoscaling' }).click();
    await expect(page.getByText('Autoscaling is saved.')).toBeVisible();
    await go(page, `/clusters/${id}/settings`);
    await expect(page.getByLabel('At most')).toHaveValue('2');
  });
  await carina.delete(id, renamed);
});

test('nodes, certificates and what happened', async ({ visit, go, simulated: carina }) => {
  const name = carina.clusterName('handled');
  const id = await carina.create({ name, nodes: 2 });
  await carina.reaches(name, 'active');
  const page = await visit(carina);
  const cluster = new ClusterPage(page, name);

  await test.step('drain', async () => {
    await go(page, `/clusters/${id}/nodes`);
    await page.getByRole('button', { name: /^Drain/ }).click();
    await expect(page.getByRole('button', { name: /^Give work again/ })).toBeVisible();
    await expect(page.getByText('It takes no work: the swarm drains it.')).toBeVisible();
    await carina.reaches(name, 'active');
    await go(page, `/clusters/${id}/nodes`);
    await page.getByRole('button', { name: /^Give work again/ }).click();
    await expect(page.getByRole('button', { name: /^Drain/ })).toBeVisible();
    await carina.reaches(name, 'active');
  });

  await test.step('rotate', async () => {
    await go(page, `/clusters/${id}/access`);
    await page.getByRole('link', { name: /^Rotate certificates/ }).click();
    await expect(page.getByText(`Rotate the certificates of ${name}?`)).toBeVisible();
    await page.getByRole('button', { name: 'Rotate and shut out old certificates' }).click();
    await expect(page).toHaveURL(new RegExp(`/clusters/${id}/access(#.*)?$`));
    await expect(page.getByText(`Rotate the certificates of ${name}?`)).toHaveCount(0);
    await carina.reaches(name, 'active');
  });

  await test.step('events by kind', async () => {
    await go(page, `/clusters/${id}/events`);
    const kinds = page.getByRole('navigation', { name: 'Filter by kind' });
    for (const [kind, path] of [
      ['Results', 'ended'],
      ['Problems', 'problems'],
      ['All', 'events'],
    ] as const) {
      await kinds.getByRole('link', { name: kind }).click();
      await expect(page).toHaveURL(new RegExp(`${path}$`));
      await expect(kinds.getByRole('link', { name: kind })).toHaveAttribute('aria-current', 'true');
      const entries = page.getByRole('main').locator('#timeline > li');
      if (kind === 'Problems') await expect(page.getByText('Nothing of this kind.')).toBeVisible();
      else await expect(entries.first()).toBeVisible();
    }
  });

  await test.step('metrics', async () => {
    await go(page, `/clusters/${id}/metrics`);
    const windows = page.getByRole('navigation', { name: 'How far back' });
    for (const [words, window] of [
      ['5 minutes', '5m'],
      ['24 hours', '24h'],
    ] as const) {
      await windows.getByRole('link', { name: words }).click();
      await expect(page).toHaveURL(new RegExp(`window=${window}`));
      await expect(windows.getByRole('link', { name: words })).toHaveAttribute(
        'aria-current',
        'true',
      );
    }
  });
  expect(cluster.id).toBe(id);
  await carina.delete(id, name);
});

test('keys of the account', async ({ visit, go, simulated: carina }) => {
  const name = carina.clusterName('key');
  const page = await visit(carina);
  await go(page, '/account');
  await page.getByLabel('Name', { exact: true }).fill(name);
  await page.getByRole('button', { name: 'Make key' }).click();
  await expect(page.getByText('It is shown this once.')).toBeVisible();
  await page.getByLabel('Name', { exact: true }).fill(name);
  await page.getByRole('button', { name: 'Make key' }).click();
  await expect(page.getByLabel('Name', { exact: true })).toHaveAccessibleDescription(
    /You already have a key of that name\./,
  );
  await go(page, '/account');
  await page.getByRole('link', { name: `Revoke ${name}` }).click();
  await expect(page.getByText(`Revoke the API key “${name}”?`)).toBeVisible();
  await page.getByRole('button', { name: `Revoke “${name}”` }).click();
  await expect(page.getByRole('link', { name: `Revoke ${name}` })).toHaveCount(0);
  await expect(page.getByRole('row', { name })).toContainText('Revoked');
});

test('a long text that is refused is not typed again', async ({ visit, go, simulated: carina }) => {
  const page = await visit(carina);
  const text = 'It does not answer. '.repeat(200);
  await go(page, '/help/tickets/new');
  const subject = page.getByLabel('Subject');
  await subject.evaluate((it) => it.removeAttribute('maxlength'));
  await subject.fill('x'.repeat(300));
  await page.getByLabel('What happened').fill(text);
  await page.getByRole('button', { name: 'Open a ticket' }).click();
  await expect(page.getByText(/^A subject is one line/)).toBeVisible();
  await expect(page.getByLabel('What happened')).toHaveValue(text);
});

test('tickets and notifications', async ({ visit, go, simulated: carina }) => {
  const page = await visit(carina);

  await test.step('a ticket', async () => {
    const subject = carina.clusterName('slow');
    await go(page, '/help');
    await page.getByRole('link', { name: 'Open a ticket' }).click();
    await page.getByLabel('Subject').fill(subject);
    await page.getByLabel('What happened').fill('Builds take ten minutes.');
    await page.getByRole('button', { name: 'Open a ticket' }).click();
    await expect(page).toHaveURL(/\/help\/tickets\/[^/]+$/);
    await expect(page.getByRole('heading', { level: 1, name: subject })).toBeVisible();
    await page.getByLabel(/^(Write on|Answer)$/).fill('Eleven by now.');
    await page.getByRole('button', { name: 'Send note' }).click();
    await expect(page.getByText('Eleven by now.')).toBeVisible();
    await page.getByRole('button', { name: 'Resolve ticket' }).click();
    await page.getByRole('button', { name: 'Open ticket again' }).click();
    await expect(page.getByRole('button', { name: 'Resolve ticket' })).toBeVisible();
  });

  await test.step('a target', async () => {
    await go(page, '/help');
    await page.getByLabel('Address').fill('https://hooks.example.invalid/carina');
    await page.getByRole('button', { name: 'Add target' }).click();
    await expect(page.getByText('It is shown this once.')).toBeVisible();
    await page.getByRole('button', { name: 'Send a test' }).click();
    await expect(page.getByText('The test did not arrive.')).toBeVisible();
    await page.getByRole('button', { name: 'Turn off' }).click();
    await page.getByRole('button', { name: 'Turn on' }).click();
    await expect(page.getByRole('button', { name: 'Turn off' })).toBeVisible();
    await page.getByRole('link', { name: 'Delete target' }).click();
    await page.getByRole('button', { name: 'Delete target' }).click();
    await expect(page).toHaveURL(/\/help(#.*)?$/);
  });
});

test('accounts', async ({ visit, go, simulated: carina }) => {
  const name = carina.clusterName('member');
  const page = await visit(carina);
  await go(page, '/admin');
  const main = page.getByRole('main');
  await main.getByLabel('Username').fill(name);
  await main.getByLabel('Password').fill(`password-of-${name}`);
  await page.getByRole('button', { name: 'Add account' }).click();
  await expect(page.getByText('The account is added.')).toBeVisible();
  await carina.newSession({ username: name, password: `password-of-${name}` });
  await page.getByRole('link', { name, exact: true }).click();
  await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
  await page.getByRole('spinbutton', { name: 'Clusters' }).fill('3');
  await page.getByRole('button', { name: 'Save role and quotas' }).click();
  await expect(page.getByText('The account is changed.')).toBeVisible();
  await expect(page.getByRole('spinbutton', { name: 'Clusters' })).toHaveValue('3');
});

test('what failed is tried again', async ({ visit, go, start }) => {
  const carina = await start({ name: 'retried', provisioner: 'simulated', clusters: 500 });
  const [name = ''] = [...(await carina.clusters())].find(([, status]) => status === 'error') ?? [];
  const page = await visit(carina, { session: await carina.newSession(ADMIN) });
  await go(page, `/clusters?q=${name}`);
  await page.getByRole('link', { name, exact: true }).click();
  await expect(page.getByRole('link', { name: 'Download support bundle' })).toBeVisible();
  await expect(page.getByRole('link', { name: 'Open a ticket' })).toBeVisible();
  await page.getByRole('button', { name: 'Retry' }).click();
  await expect(page.getByRole('button', { name: 'Retry' })).toHaveCount(0);
  await carina.reaches(name, 'active');
});
