// The log viewer with scripts: lines as they are written, held back and searched.

import type { Page } from '@playwright/test';

import { output } from '../harness/process';
import { expect, isSameDocument, markDocument, test } from '../harness/test';

const linesOf = (page: Page) => page.getByRole('log').locator('p:not(.note)');
const unknown = (page: Page) => page.getByText('What containers there are is not known now.');

test('lines are followed, held back, searched and told apart', async ({
  visit,
  go,
  simulated: carina,
}) => {
  const name = carina.clusterName('wordy');
  const id = await carina.create({ name, nodes: 2 });
  await carina.reaches(name, 'active');
  const page = await visit(carina);
  await go(page, `/clusters/${id}/logs`);
  const log = page.getByRole('log');
  const lines = log.locator('p:not(.note)');
  const shown = log.locator('p:not(.note):not([hidden])');
  const panel = page.getByRole('region', { name: 'Logs' });
  const count = async () => lines.count();

  await test.step('follow', async () => {
    await expect(panel.getByText('Following')).toBeVisible();
    const before = await count();
    await expect.poll(count).toBeGreaterThan(before);
    const atEnd = () =>
      log.evaluate((it) => it.scrollHeight - it.scrollTop - it.clientHeight < 40);
    await expect.poll(atEnd).toBe(true);
  });

  await test.step('pause', async () => {
    await panel.getByRole('button', { name: 'Pause' }).click();
    await expect(panel.getByText('Paused')).toBeVisible();
    const before = await count();
    const follow = panel.getByRole('button', { name: /^Follow \+\d+$/ });
    await expect(follow).toBeVisible();
    expect(await count()).toBe(before);
    await follow.click();
    await expect.poll(count).toBeGreaterThan(before);
    await expect(panel.getByRole('button', { name: 'Pause' })).toBeVisible();
  });

  await test.step('search', async () => {
    await page.getByLabel('Find in the lines that are here').fill('of node-2');
    await expect(shown.filter({ hasNotText: 'node-2' })).toHaveCount(0);
    await expect(shown.first()).toBeVisible();
    const found = await shown.count();
    // What comes is searched as well.
    await expect.poll(() => shown.count()).toBeGreaterThan(found);
    await expect(shown.filter({ hasNotText: 'node-2' })).toHaveCount(0);
    await expect(log.locator('mark').first()).toHaveText('of node-2');
    await page.getByLabel('Find in the lines that are here').fill('');
    await expect(shown.filter({ hasText: 'of node-1' }).first()).toBeAttached();
  });

  await test.step('stderr alone', async () => {
    await page.getByLabel('Stream', { exact: true }).selectOption('stderr alone');
    await page.getByRole('button', { name: 'Show logs' }).click();
    await expect(page).toHaveURL(/stream=stderr/);
    await expect(page.getByText('No lines yet.')).toBeVisible();
    await expect(lines).toHaveCount(0);
  });
  await carina.delete(id, name);
});

test('lines stay, and go on, when containers could not be listed for a while', async ({
  visit,
  go,
  start,
  complaints,
}) => {
  test.setTimeout(120_000);
  complaints.expectStatus(503);
  const carina = await start({ name: 'unlisted', provisioner: 'simulated', separate: true });
  const name = carina.clusterName('unlisted');
  const id = await carina.create({ name });
  await carina.reaches(name, 'active');
  const page = await visit(carina);
  await go(page, `/clusters/${id}/logs`);
  await expect(page.getByText('Following')).toBeVisible();
  await expect(linesOf(page).first()).toBeVisible();
  await page.getByLabel('Find in the lines that are here').fill('node-1');
  await markDocument(page);

  await carina.killControlPlane();
  await expect(unknown(page)).toBeVisible({ timeout: 20_000 });
  await expect(page.getByText('Connection lost. It is tried again.')).toBeVisible();
  const before = await linesOf(page).count();
  expect(before).toBeGreaterThan(0);
  await expect(page.getByRole('checkbox', { name: 'simulated' })).toBeChecked();

  // Opened meanwhile, it has no lines yet.
  const other = await page.context().newPage();
  await go(other, `/clusters/${id}/logs`);
  await expect(unknown(other)).toBeVisible();
  await expect(other.getByRole('log')).toHaveCount(0);
  await markDocument(other);

  await carina.startControlPlane();
  for (const tab of [page, other]) {
    await expect(unknown(tab)).toBeHidden({ timeout: 30_000 });
    await expect(tab.getByText('Following')).toBeVisible({ timeout: 20_000 });
    await expect(linesOf(tab).first()).toBeVisible();
    expect(await isSameDocument(tab)).toBe(true);
  }
  await expect.poll(() => linesOf(page).count()).toBeGreaterThan(before);
  await expect(page.getByLabel('Find in the lines that are here')).toHaveValue('node-1');
  // It has those that were written before as well.
  await expect(linesOf(other).filter({ hasText: 'simulated line 0 of node-1' })).toBeVisible();
  await other.getByRole('button', { name: 'Pause' }).click();
  await expect(other.getByRole('button', { name: /^Follow/ })).toBeVisible();
});

test('logs that are opened before anything runs begin with the first container', async ({
  visit,
  go,
  real: carina,
}) => {
  test.setTimeout(120_000);
  const name = carina.clusterName('silent');
  const id = await carina.create({ name });
  await carina.reaches(name, 'active');
  const page = await visit(carina);
  await go(page, `/clusters/${id}/logs`);
  await expect(page.getByRole('heading', { name: 'Nothing writes here yet' })).toBeVisible();
  await markDocument(page);

  const things = await carina.docker.labelled(`io.carina.cluster=${id}`);
  const node = things.find((it) => it.startsWith('container '))?.split(' ')[1] ?? '';
  // An image of the node's own shell, as nothing can be pulled everywhere.
  const script = `programs="/bin/sh /bin/sleep"
    libraries=$(ldd $programs | grep -o '/[^ ):]*[.]so[^ ):]*' | sort -u)
    tar -C / -ch $(echo $programs $libraries | sed 's# /# #g; s#^/##') | docker import - shell:local
    docker run --detach shell:local /bin/sh -c 'while :; do echo it is written; sleep 1; done'`;
  await output('docker', ['exec', node, 'sh', '-c', script], { env: carina.docker.environment });
  await expect(linesOf(page).filter({ hasText: 'it is written' }).nth(2)).toBeVisible({
    timeout: 30_000,
  });
  expect(await isSameDocument(page)).toBe(true);
  await carina.delete(id, name);
});
