// The main path in Firefox: in, a cluster made, seen, deleted, and out.

import type { Page } from 'puppeteer-core';

import { Firefox } from '../harness/firefox';
import { CLUSTER_PAGE } from '../harness/pages';
import { ADMIN, expect, test } from '../harness/test';

test.describe.configure({ timeout: 120_000 });

/** What has that role and that name, once it can be seen. */
const at = (page: Page, role: string, name: string) =>
  page.locator(`::-p-aria([name="${name}"][role="${role}"])`);
const text = (page: Page, words: string) => page.locator(`::-p-text(${words})`);
const awake = (page: Page) => page.waitForSelector('html[data-hydrated]');

let firefox: Firefox;

test.beforeEach(async () => {
  firefox = await Firefox.start();
});

test.afterEach(async () => {
  await firefox.end();
});

test('a cluster from the way in to the way out', async ({ simulated: carina }) => {
  const { page } = firefox;
  const name = carina.clusterName('fox');

  await test.step('sign in', async () => {
    await page.goto(`${carina.url}/sign-in`);
    await awake(page);
    await page.locator('input[name=username]').fill(ADMIN.username);
    await page.locator('input[type=password]').fill(ADMIN.password);
    await at(page, 'button', 'Sign in').click();
    await at(page, 'heading', 'Clusters').wait();
    await awake(page);
  });

  await test.step('create a cluster, and see it become active', async () => {
    await at(page, 'link', 'Create cluster').click();
    await page.locator('input[name=name]').fill(name);
    await awake(page);
    await at(page, 'button', 'Create cluster').click();
    await at(page, 'heading', name).wait();
    expect(page.url()).toMatch(CLUSTER_PAGE);
    await page.evaluate(() => Object.assign(window, { carinaMark: true }));
    await text(page, '1 of 1 node ready').wait();
    expect(await page.evaluate(() => 'carinaMark' in window), 'without a reload').toBe(true);
  });

  await test.step('find it in the list', async () => {
    await page.goto(`${carina.url}/clusters`);
    await awake(page);
    await at(page, 'link', name).click();
    await at(page, 'heading', name).wait();
    await awake(page);
  });

  await test.step('delete it by typing its name', async () => {
    await at(page, 'link', 'Settings').click();
    await at(page, 'link', `Delete ${name} …`).click();
    await at(page, 'textbox', `Type ${name} to confirm`).fill(name);
    await at(page, 'button', `Delete ${name}`).click();
    await at(page, 'heading', 'Clusters').wait();
    await expect.poll(async () => (await carina.clusters()).has(name)).toBe(false);
  });

  await test.step('sign out', async () => {
    await page.locator('[aria-label=Account]').click();
    await at(page, 'button', 'Sign out').click();
    await page.locator('input[type=password]').wait();
  });

  expect(firefox.complaints).toEqual([]);
});

test('what Firefox blocks is heard', async ({ simulated: carina }) => {
  const { page } = firefox;
  await page.goto(`${carina.url}/sign-in`);
  await page.evaluate(() => {
    document.body.append(Object.assign(document.createElement('script'), { text: 'var hello' }));
  });
  await expect.poll(() => firefox.complaints.join()).toMatch(/script-src-elem/);
});
