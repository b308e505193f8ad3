// Groups of nodes, and another template for a cluster that stands.

import type { Locator, Page } from '@playwright/test';

import { expect, test } from '../harness/magnum';
import { ClusterPage } from '../harness/pages';

const { step } = test;

const SOON = { timeout: 30_000 };

/** A group in the list of them. */
function group(page: Page, name: string): Locator {
  const heading = page.getByRole('heading', { level: 3, name });
  return page.getByRole('listitem').filter({ has: heading });
}

/** Opens the forms of a group, unless they are open. */
async function open(page: Page, name: string): Promise<Locator> {
  const it = group(page, name);
  const nodes = it.getByLabel(`Nodes of ${name}`);
  if (!(await nodes.isVisible())) await it.getByText(`Resize ${name}`).click();
  await expect(nodes).toBeVisible();
  return it;
}

test('a group of nodes from its form to its end, and an upgrade', async ({
  visit,
  go,
  cloud,
  rig,
  people,
  leftovers,
  complaints,
}) => {
  test.setTimeout(90_000);
  complaints.expectStatus(400, 409);
  const name = cloud.clusterName('groups');
  leftovers.push(name);
  const id = await rig.make(name);
  const page = await visit(cloud, { as: people('alice') });
  const cluster = new ClusterPage(page, name);
  type Group = {
    name: string;
    node_count: number;
    min_node_count: number;
    max_node_count: number | null;
    node_labels: Record<string, string>;
    node_taints: { key: string; value: string; effect: string }[];
  };
  const atMagnum = async () => {
    const path = `/clusters/${id}/nodegroups`;
    const { nodegroups } = await rig.ask<{ nodegroups: { uuid: string; name: string }[] }>(path);
    const found = nodegroups.find((it) => it.name === 'gpu');
    return found && rig.ask<Group>(`${path}/${found.uuid}`);
  };

  await step('a group is added, with a taint and a label', async () => {
    await go(page, `/clusters/${id}/nodes`);
    await page.getByText('Add a group of nodes', { exact: true }).click();
    const form = page.locator('form').filter({ has: page.getByLabel('Name of the group') });
    await form.getByLabel('Name of the group').fill('gpu');
    await form.getByLabel('Flavor', { exact: true }).fill('m1.large');
    await form.getByLabel('Most').fill('2');
    await form.getByLabel('Labels of its nodes').fill('disk=fast');
    await form.getByLabel('Taints').fill('only=gpu:NoSchedule');
    await form.getByRole('button', { name: 'Add group' }).click();
    const added = group(page, 'gpu');
    await expect(added).toContainText('1 node, 0 to 2');
    await expect(added.getByText('disk=fast', { exact: true })).toBeVisible();
    await expect(added.getByText('only=gpu:NoSchedule', { exact: true })).toBeVisible();
    await expect(added).toContainText('Active', SOON);
    await expect(cluster.status('Active')).toBeVisible(SOON);
    await expect(cluster.ready(3, 3)).toBeVisible();
    expect(await atMagnum()).toMatchObject({
      node_count: 1,
      max_node_count: 2,
      node_labels: { disk: 'fast' },
      node_taints: [{ key: 'only', value: 'gpu', effect: 'NoSchedule' }],
    });
  });

  await step('more nodes than its bound are refused, in the words of the cloud', async () => {
    const gpu = await open(page, 'gpu');
    await gpu.getByLabel('Nodes of gpu').fill('3');
    await gpu.getByRole('button', { name: 'Resize', exact: true }).click();
    const said = page.getByText(/^The cloud refused that: Resizing gpu outside the allowed range/);
    await expect(said).toContainText('min_node_count = 0, max_node_count = 2');
    await expect(said).toHaveText(/request id is req-[0-9a-f-]{36}\./);
    expect((await atMagnum())?.node_count).toBe(1);
  });

  await step('other bounds let it grow', async () => {
    await go(page, `/clusters/${id}/nodes`);
    let gpu = await open(page, 'gpu');
    await gpu.getByLabel('Least').fill('1');
    await gpu.getByLabel('Most').fill('4');
    await gpu.getByRole('button', { name: 'Change bounds' }).click();
    await expect(group(page, 'gpu')).toContainText('1 node, 1 to 4', SOON);
    await rig.reaches(name, 'UPDATE_COMPLETE');

    gpu = await open(page, 'gpu');
    await gpu.getByLabel('Nodes of gpu').fill('3');
    await gpu.getByRole('button', { name: 'Resize', exact: true }).click();
    await expect(group(page, 'gpu')).toContainText('3 nodes, 1 to 4', SOON);
    await expect(cluster.status('Active')).toBeVisible(SOON);
    expect(await atMagnum()).toMatchObject({ node_count: 3, min_node_count: 1, max_node_count: 4 });
  });

  await step('it goes, once that was asked', async () => {
    await page.getByRole('link', { name: 'Delete gpu …' }).click();
    await expect(page.getByText('Delete the group gpu?')).toBeVisible();
    await expect(page.getByText('Its 3 nodes and what runs on them go with it.')).toBeVisible();
    await page.getByRole('button', { name: 'Delete the group' }).click();
    await expect(group(page, 'gpu')).toHaveCount(0, SOON);
    await expect(cluster.status('Active')).toBeVisible(SOON);
    await expect(cluster.ready(2, 2)).toBeVisible(SOON);
    await expect(page.getByRole('link', { name: /^Delete default-/ })).toHaveCount(0);
  });

  await step('it goes over to another template', async () => {
    await cluster.open('settings');
    await page.getByLabel('Go over to').selectOption({ label: 'k8s-1.32 · v1.32.0' });
    await page.getByRole('button', { name: `Upgrade ${name}` }).click();
    await expect
      .poll(async () => (await rig.cluster(name))?.cluster_template_id, SOON)
      .toBe(rig.facts.templates['k8s-1.32']);
    await expect(cluster.status('Active')).toBeVisible(SOON);
    await go(page, `/clusters/${id}`);
    const facts = page.getByRole('region', { name: 'In the cloud' });
    await expect(facts.getByText('k8s-1.32', { exact: true })).toBeVisible(SOON);
    await expect(facts.getByText('v1.32.0', { exact: true })).toBeVisible(SOON);
  });

  await step('the timeline tells of all that', async () => {
    await cluster.open('events');
    const entries = page.getByRole('region', { name: 'What happened' }).getByRole('listitem');
    for (const said of [
      'Group of nodes gpu asked for by alice',
      'Bounds of the group of nodes gpu changed by alice',
      'Group of nodes gpu asked to have 3 by alice',
      'Removal of the group of nodes gpu asked for by alice',
      'Upgrade asked for by alice',
    ]) {
      await expect(entries.filter({ hasText: new RegExp(`^\\s*${said}`) }), said).toHaveCount(1);
    }
  });
});
