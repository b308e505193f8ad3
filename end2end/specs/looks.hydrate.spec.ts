// Every page in every state: pictures for people to look at, and the rules of accessibility.

import { Docker } from '../harness/docker';
import { look } from '../harness/looks';
import { ClusterPage, CreatePage, card, secret } from '../harness/pages';
import { ADMIN, expect, test } from '../harness/test';

test.describe.configure({ timeout: 120_000 });

test('the way in', async ({ visit, go, simulated: carina, complaints }) => {
  complaints.expectStatus(401);
  const page = await visit(carina, { as: null });
  await go(page, '/sign-in');
  await look(page, 'sign-in');
  await page.getByLabel('Username').fill('nobody');
  await secret(page).fill('wrong');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('alert')).not.toBeEmpty();
  await look(page, 'sign-in-refused');
});

test('an account without clusters', async ({ visit, go, start, complaints }) => {
  complaints.expectStatus(404);
  const carina = await start({
    name: 'empty',
    provisioner: 'simulated',
    env: { CARINA_MAX_CLUSTERS: '1' },
  });
  const page = await visit(carina);
  await go(page, '/clusters');
  await look(page, 'list-empty');
  await go(page, '/clusters/new');
  await look(page, 'create');
  await go(page, '/clusters/none');
  await look(page, 'not-found');
  await go(page, '/no/such/page');
  await look(page, 'no-page');

  await carina.create({ name: 'the-only-one', nodes: 3 });
  await carina.reaches('the-only-one', 'active');
  await go(page, '/clusters');
  await look(page, 'list-full');
  await go(page, '/clusters/new');
  await look(page, 'create-full');
});

test('a form with everything wrong', async ({ visit, go, simulated: carina, complaints }) => {
  complaints.expectStatus(400);
  const page = await visit(carina);
  const form = new CreatePage(page);
  await go(page, '/clusters/new');
  await form.nodes.fill('99');
  await form.name.fill('-My Shop-');
  await look(page, 'create-wrong');
});

test('clusters in the list and on their pages', async ({ visit, go, start, complaints }) => {
  test.setTimeout(240_000);
  complaints.expectStatus(400, 503);
  const carina = await start({ name: 'many', provisioner: 'simulated', separate: true });
  const ids = new Map<string, string>();
  for (const [name, nodes] of [
    ['shop-production', 5],
    ['docs', 1],
    ['a-name-as-long-as-a-name-may-be-which-is-sixty-three-characters', 10],
  ] as const) {
    ids.set(name, await carina.create({ name, nodes, flavor: 'container1-4G' }));
  }
  for (const name of ids.keys()) await carina.reaches(name, 'active');
  const id = ids.get('shop-production') ?? '';
  const page = await visit(carina);
  const cluster = new ClusterPage(page, 'shop-production');

  await test.step('in order', async () => {
    await go(page, '/clusters');
    await look(page, 'list');
    await go(page, '/clusters?q=nothing-of-that-name');
    await look(page, 'list-no-match');
    await go(page, `/clusters/${id}`);
    await look(page, 'cluster');
    await go(
      page,
      `/clusters/${ids.get('a-name-as-long-as-a-name-may-be-which-is-sixty-three-characters')}`,
    );
    await look(page, 'cluster-long-name');
    await go(page, `/clusters/${id}/access`);
    await look(page, 'access');
  });

  await test.step('about to be deleted', async () => {
    await go(page, `/clusters/${id}`);
    await cluster.askToDelete();
    await cluster.confirm('shop-testing');
    await expect(cluster.confirmation).toHaveAttribute('aria-invalid', 'true');
    await look(page, 'delete-wrong-name');
  });

  await test.step('menus', async () => {
    await go(page, '/clusters');
    await page.getByLabel('Account', { exact: true }).click();
    await look(page, 'menu-account');
    await page.keyboard.press('Escape');
    await page.getByLabel('Theme', { exact: true }).click();
    await look(page, 'menu-theme');
  });

  await test.step('without the control plane', async () => {
    await go(page, '/clusters');
    await carina.killControlPlane();
    await expect(page.getByText(/Control plane unreachable since/)).toBeVisible();
    await look(page, 'list-unreachable');
  });
});

test('a protected cluster', async ({ visit, go, simulated: carina }) => {
  const name = carina.clusterName('safe');
  const id = await carina.create({ name });
  await carina.reaches(name, 'active');
  const page = await visit(carina);
  await go(page, `/clusters/${id}/settings`);
  await page.getByRole('button', { name: 'Protect against deletion' }).click();
  const off = page.getByRole('button', { name: 'Take the protection off' });
  await expect(off).toBeVisible();
  await look(page, 'cluster-protected');
  await off.click();
  await expect(page.getByRole('button', { name: 'Protect against deletion' })).toBeVisible();
  await carina.delete(id, name);
});

test('clusters in between', async ({ visit, go, start, complaints }) => {
  test.setTimeout(240_000);
  // A page whose cluster is gone asks for it once more.
  complaints.expectStatus(401, 404);
  const carina = await start({ name: 'between', provisioner: 'simulated' });
  const page = await visit(carina, { reducedMotion: 'reduce' });
  const pictured = async (name: string, path: string) => {
    await go(page, path);
    await look(page, name);
  };
  await carina.create({ name: 'docs', nodes: 2 });
  await carina.reaches('docs', 'active');

  await test.step('creating', async () => {
    const id = await carina.create({ name: 'shop', nodes: 10 });
    await go(page, `/clusters/${id}`);
    await look(page, 'cluster-creating');
    const blog = await carina.create({ name: 'blog', nodes: 10 });
    await pictured('access-not-ready', `/clusters/${blog}/access`);
    await carina.create({ name: 'wiki', nodes: 10 });
    await pictured('list-creating', '/clusters');
    await carina.reaches('shop', 'active');
    const cluster = new ClusterPage(page, 'shop');
    await go(page, `/clusters/${id}`);
    await carina.resize(id, 2);
    await expect(cluster.status('Shrinking')).toBeVisible();
    await look(page, 'cluster-shrinking');
    await carina.reaches('shop', 'active');
    await carina.delete(id, 'shop');
    await expect(page.getByRole('heading', { name: 'shop is deleted' })).toBeVisible();
    await look(page, 'cluster-deleted');
  });

  await test.step('signed out meanwhile', async () => {
    const session = await carina.newSession(ADMIN);
    const other = await visit(carina, { session });
    await carina.reaches('wiki', 'active');
    await go(other, '/clusters');
    await card(other, 'wiki').getByRole('link', { name: 'wiki', exact: true }).click();
    const wiki = new ClusterPage(other, 'wiki');
    await expect(wiki.status('Active')).toBeVisible();
    await wiki.open('nodes');
    await carina.post('/api/sign_out', {}, session);
    await wiki.size.fill('9');
    await expect(other.getByRole('dialog', { name: 'Your session has ended' })).toBeVisible();
    await look(other, 'session-ended');
  });
});

test('clusters in trouble', async ({ visit, go, start }) => {
  const failing = await start({
    name: 'no-image',
    provisioner: 'docker',
    env: { CARINA_NODE_IMAGE: '127.0.0.1:1/no-such-image:1' },
  });
  const page = await visit(failing);
  const broken = failing.clusterName('broken');
  const id = await failing.create({ name: broken, nodes: 3 });
  await failing.reaches(broken, 'error');
  await go(page, `/clusters/${id}`);
  await expect(page.getByRole('button', { name: 'Retry' })).toBeVisible();
  await look(page, 'cluster-error');
  await page.getByText('What the engine said').first().click();
  await look(page, 'cluster-error-detail');
  await go(page, '/clusters');
  await look(page, 'list-error');
  await go(page, `/clusters/${id}/access`);
  await look(page, 'access-error');
  await failing.delete(id, broken);

  const waiting = await start({
    name: 'no-engine',
    provisioner: 'docker',
    docker: new Docker('unix:///nonexistent/docker.sock'),
  });
  const other = await visit(waiting);
  const patient = waiting.clusterName('patient');
  const patientId = await waiting.create({ name: patient, nodes: 3 });
  await go(other, `/clusters/${patientId}`);
  await expect(other.getByText(/It is tried again by itself/)).toBeVisible();
  await look(other, 'cluster-waiting');
});
