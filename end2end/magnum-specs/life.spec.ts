// The whole life of a cluster in a cloud, as the member lives it who makes it.

import { mkdir, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

import { Door, keyKind, knock, readKubeconfig } from '../harness/kubeconfig';
import { expect, isAwake, isSameDocument, markDocument, test } from '../harness/magnum';
import { CLUSTER_PAGE, ClusterPage, card, signInToCloud } from '../harness/pages';
import { freePort } from '../harness/ports';
import { output } from '../harness/process';

const { step } = test;

/** The rig takes a second for everything, the hub looks every five while something changes. */
const SOON = { timeout: 30_000 };

test('a cluster from the form to its end', async ({
  visit,
  cloud,
  rig,
  people,
  leftovers,
  complaints,
  javaScriptEnabled,
}, testInfo) => {
  test.setTimeout(120_000);
  if (javaScriptEnabled) complaints.expectStatus(401);
  const alice = people('alice');
  const name = cloud.clusterName('life');
  leftovers.push(name);
  const page = await visit(cloud, { as: null });
  const cluster = new ClusterPage(page, name);
  const port = await freePort();
  const folder = testInfo.outputPath('bundle');
  await mkdir(folder, { recursive: true });

  const mark = async () => {
    if (!javaScriptEnabled) return;
    await isAwake(page);
    await markDocument(page);
  };
  const inPlace = async () => {
    if (javaScriptEnabled)
      expect(await isSameDocument(page), 'the page was loaded anew').toBe(true);
  };

  await step('a wrong password is refused, and the username stays', async () => {
    await page.goto('/clusters/new');
    await expect(page).toHaveURL('/sign-in?next=%2Fclusters%2Fnew');
    await signInToCloud(page, { ...alice, password: 'wrong' });
    await expect(page.getByText(/username and the password/)).toBeVisible();
    await expect(page.getByLabel('Username')).toHaveValue(alice.username);
  });

  await step('the right one leads on to where one wanted to go', async () => {
    await signInToCloud(page, alice);
    await expect(page).toHaveURL('/clusters/new');
    await expect(page.getByRole('link', { name: 'Project demo' })).toBeVisible();
  });

  await step('the form says which labels there will be', async () => {
    await page.getByLabel('Name', { exact: true }).fill(name);
    await page.getByLabel('Template', { exact: true }).selectOption({ label: 'k8s-1.31 · v1.31.1' });
    await page.getByLabel('Key pair').selectOption('rig-key');
    const labels = [`rig_api_address=127.0.0.1:${port}`, 'kube_tag=v1.31.9'];
    await page.getByLabel('Labels', { exact: true }).fill(labels.join('\n'));
    if (!javaScriptEnabled) {
      await page.getByRole('button', { name: 'Look at this template' }).click();
    }
    const summary = page.getByRole('complementary', { name: 'Summary' });
    await expect(summary.getByRole('listitem')).toHaveText([
      'auto_scaling_enabled=false from the template',
      'kube_tag=v1.31.9 yours',
      `rig_api_address=127.0.0.1:${port} yours`,
    ]);
    await expect(summary.getByRole('row', { name: /^Clusters \d+ \d+ 20$/ })).toBeVisible();
  });

  await step('the form makes a cluster', async () => {
    await page.getByRole('button', { name: 'Create cluster' }).click();
    await expect(page).toHaveURL(CLUSTER_PAGE);
    await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
    await expect(cluster.status('Creating')).toBeVisible();
    await mark();
  });
  const { id } = cluster;

  await step('it becomes active by itself', async () => {
    await expect(cluster.status('Active')).toBeVisible(SOON);
    await expect(cluster.ready(2, 2)).toBeVisible();
    await inPlace();
    const facts = page.getByRole('region', { name: 'In the cloud' });
    await expect(facts.getByText('v1.31.9', { exact: true })).toBeVisible();
    const made = await rig.cluster(name);
    expect(made?.keypair).toBe('rig-key');
    expect(made?.labels).toMatchObject({
      auto_scaling_enabled: 'false',
      kube_tag: 'v1.31.9',
      rig_api_address: `127.0.0.1:${port}`,
    });
  });

  await step('the timeline says who asked, and how long it took', async () => {
    await cluster.open('events');
    const entries = page.getByRole('region', { name: 'What happened' }).getByRole('listitem');
    await expect(entries.filter({ hasText: 'Creation asked for by alice' })).toHaveCount(1);
    await expect(entries.filter({ hasText: /The cluster is ready +\d+(\.\d)? s / })).toHaveCount(1);
  });

  await step('its kubeconfig opens its door', async () => {
    await cluster.access.click();
    await expect(page).toHaveURL(`/clusters/${id}/access`);
    const link = page.getByRole('link', { name: `Download ${name}.zip` });
    await expect(page.getByText(/administrator of the cluster for five years/)).toBeVisible();
    // Nobody said that this cloud's driver can do it.
    await expect(page.getByText(/^Certificates cannot be made anew from here/)).toBeVisible();
    const [download] = await Promise.all([page.waitForEvent('download'), link.click()]);
    expect(download.suggestedFilename()).toBe(`${name}.zip`);
    await download.saveAs(join(folder, `${name}.zip`));
    await output('unzip', ['-q', `${name}.zip`], { cwd: folder });
    const files = (await readdir(join(folder, name))).sort();
    const scripts = ['kubectl.cmd', 'kubectl.env', 'kubectl.fish', 'kubectl.ps1'];
    expect(files).toEqual(expect.arrayContaining(['README.md', 'kubeconfig', ...scripts]));
    expect((await stat(join(folder, name, 'kubeconfig'))).mode & 0o777).toBe(0o600);

    const config = await readKubeconfig(join(folder, name, 'kubeconfig'));
    expect(config.server).toBe(`https://127.0.0.1:${port}`);
    expect(await keyKind(config, folder)).toContain('P-256');
    const door = await Door.open(rig, id, port);
    expect(await knock(config)).toBe('admin of system:masters');
    const { server, ca } = config;
    await expect(knock({ server, ca }), 'nobody gets in without').rejects.toThrow();
    await door.close();
  });

  await step('what the page shows for a shell finds the kubeconfig', async () => {
    const shown = page.locator('pre').filter({ visible: true, hasText: 'kubectl.env' });
    const [source = ''] = (await shown.innerText()).split('\n');
    const found = await output('bash', ['-ec', `${source}; echo "$KUBECONFIG"`], { cwd: folder });
    expect(found.trim()).toBe(join(folder, name, 'kubeconfig'));
  });

  await step('it grows', async () => {
    await cluster.resize(4, javaScriptEnabled ? 'Grow by 2' : 'Change size');
    await mark();
    await expect(cluster.ready(4, 4)).toBeVisible(SOON);
    await expect(cluster.status('Active')).toBeVisible(SOON);
    await inPlace();
    expect((await rig.cluster(name))?.node_count).toBe(3);
  });

  await step('it shrinks by the node that was chosen', async () => {
    await page.getByRole('checkbox', { name: 'Choose worker-2' }).check();
    await page.getByRole('button', { name: 'Remove chosen nodes' }).click();
    await page.getByRole('button', { name: 'Remove worker-2' }).click();
    await expect(cluster.ready(3, 3)).toBeVisible(SOON);
    await expect(cluster.status('Active')).toBeVisible(SOON);
    expect((await rig.cluster(name))?.node_count).toBe(2);
  });

  await step('a wrong name deletes nothing', async () => {
    await cluster.askToDelete();
    await cluster.confirm(`${name}x`);
    await expect(cluster.confirmation).toHaveAccessibleDescription(
      'That is not the name of this cluster. Nothing was deleted.',
    );
    expect((await rig.cluster(name))?.status).toMatch(/^UPDATE_/);
  });

  await step('its name deletes it', async () => {
    await cluster.confirm(name);
    await expect(page).toHaveURL('/clusters');
    await mark();
    await expect(card(page, name)).toHaveCount(0, SOON);
    await inPlace();
    expect(await rig.cluster(name)).toBeUndefined();
  });
});

test('signing out ends the session', async ({ visit, cloud, people }) => {
  const alice = people('alice');
  const page = await visit(cloud, { session: await cloud.newSession(alice) });
  await page.goto('/clusters');
  await page.getByLabel('Account', { exact: true }).click();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(page).toHaveURL('/sign-in');
  await page.goto('/clusters');
  await expect(page).toHaveURL('/sign-in?next=%2Fclusters');
  await signInToCloud(page, alice);
  await expect(page).toHaveURL('/clusters');
});

test('certificates are made anew where the driver is known to manage it', async ({
  visit,
  go,
  start,
  rig,
  people,
  leftovers,
}) => {
  const env = {
    CARINA_BACKEND: 'magnum',
    OS_AUTH_URL: rig.facts.auth_url,
    CARINA_ROTATING_DRIVERS: 'rig',
  };
  const carina = await start({ name: 'rotating', provisioner: 'simulated', env });
  const name = carina.clusterName('rotates');
  leftovers.push(name);
  const id = await rig.make(name);
  const before = await rig.authority(id);
  const page = await visit(carina, { as: people('alice') });
  await go(page, `/clusters/${id}/access`);
  await page.getByRole('link', { name: /^Rotate certificates/ }).click();
  await expect(page.getByText(`Rotate the certificates of ${name}?`)).toBeVisible();
  await page.getByRole('button', { name: 'Rotate and shut out old certificates' }).click();
  await expect(page.getByText(`Rotate the certificates of ${name}?`)).toHaveCount(0);
  await rig.reaches(name, 'UPDATE_COMPLETE');
  expect(await rig.authority(id)).not.toBe(before);
  await go(page, `/clusters/${id}/events`);
  const entries = page.getByRole('region', { name: 'What happened' }).getByRole('listitem');
  await expect(entries.filter({ hasText: /^.*Asked for new certificates/ })).toHaveCount(1, SOON);
});
