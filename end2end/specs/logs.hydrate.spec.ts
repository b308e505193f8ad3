// The log viewer with scripts: lines as they are written, held back and searched.

import { expect, test } from '../harness/test';

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
