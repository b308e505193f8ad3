// Many clusters deleted at once, with scripts and without.

import { ADMIN, expect, test } from '../harness/test';

test('many clusters are deleted at once, each by its name', async ({
  visit,
  go,
  simulated: carina,
}) => {
  const word = carina.clusterName('bulk');
  const names = [`${word}-a`, `${word}-b`, `${word}-c`, `${word}-d`];
  const ids: string[] = [];
  for (const name of names) ids.push(await carina.create({ name }));
  for (const name of names) await carina.reaches(name, 'active');
  const protect = async (on: boolean) =>
    carina.post(
      '/api/protect_cluster',
      { id: ids[1] ?? '', on: String(on) },
      await carina.session(ADMIN),
    );
  const page = await visit(carina);
  const main = page.getByRole('main');
  await go(page, `/clusters?q=${word}&look=table`);
  for (const name of names.slice(0, 3)) {
    await page.getByRole('checkbox', { name: `Choose ${name}` }).check();
  }
  await page.getByRole('button', { name: /^Delete chosen clusters/ }).click();
  await expect(page).toHaveURL(/\/clusters\/delete/);
  for (const name of names.slice(0, 3)) await expect(main).toContainText(name);
  await expect(main).not.toContainText(`${word}-d`);

  await test.step('a wrong number', async () => {
    const number = page.getByLabel('Type the number of clusters, 3, to confirm');
    await number.fill('2');
    await page.getByRole('button', { name: 'Delete 3 clusters' }).click();
    await expect(number).toHaveAccessibleDescription(
      'That is not the number of clusters named here. Nothing was deleted.',
    );
    await expect(number).toHaveAttribute('aria-invalid', 'true');
  });

  await test.step('one that is protected meanwhile', async () => {
    await protect(true);
    await page.getByLabel('Type the number of clusters, 3, to confirm').fill('3');
    await page.getByRole('button', { name: 'Delete 3 clusters' }).click();
    await expect(main).toContainText('2 clusters are being deleted. What is named here was refused.');
    await expect(main).toContainText(names[1] ?? '');
    await expect(main).toContainText('The cluster is protected against deletion.');
    for (const name of [`${word}-a`, `${word}-c`]) await expect(main).not.toContainText(name);
  });

  const left = async () => {
    const all = [...(await carina.clusters()).keys()];
    return all.filter((it) => it.includes(word)).sort();
  };
  await expect.poll(left).toEqual([`${word}-b`, `${word}-d`]);
  await protect(false);
  await carina.delete(ids[1] ?? '', `${word}-b`);
  await carina.delete(ids[3] ?? '', `${word}-d`);
});
