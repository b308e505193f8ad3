// What somebody typed, and what is shown once, when an answer fails.

import type { Page } from '@playwright/test';

import { CreatePage } from '../harness/pages';
import { expect, isSameDocument, markDocument, test } from '../harness/test';

const unreachable = (page: Page) => page.getByText(/Control plane unreachable since \d\d:\d\d/);
const note = (page: Page) => page.getByRole('textbox', { name: 'Write on' });

test('a note half written and a secret shown once outlive an outage', async ({
  visit,
  go,
  start,
  complaints,
}) => {
  test.setTimeout(90_000);
  complaints.expectStatus(503);
  const carina = await start({
    name: 'kept',
    provisioner: 'simulated',
    separate: true,
    env: { CARINA_WEBHOOKS_ALLOW: '127.0.0.0/8' },
  });
  const ticket = await carina.openTicket('Slow disks', 'Since yesterday.');
  const writing = await visit(carina);
  await go(writing, `/help/tickets/${ticket}`);
  await note(writing).fill('It is half wri');
  const shown = await writing.context().newPage();
  await go(shown, '/help');
  await shown.getByLabel('Address', { exact: true }).fill('http://127.0.0.1:9/hook');
  await shown.getByRole('button', { name: 'Add target' }).click();
  const secret = shown.locator('.shown-once');
  await expect(secret).toBeVisible();
  const before = await secret.innerText();
  const creating = await writing.context().newPage();
  await go(creating, '/clusters/new');
  const tabs = [writing, shown, creating];
  for (const tab of tabs) await markDocument(tab);

  await carina.killControlPlane();
  for (const tab of tabs) await expect(unreachable(tab)).toBeVisible();
  const asked = writing.waitForResponse((it) => it.url().endsWith(ticket) && it.status() === 503);
  await writing.evaluate(() => window.dispatchEvent(new Event('online')));
  await asked;
  await expect(writing.getByRole('heading', { level: 1, name: 'Slow disks' })).toBeVisible();
  await expect(note(writing)).toHaveValue('It is half wri');
  await expect(secret).toHaveText(before, { useInnerText: true });

  await carina.startControlPlane();
  for (const tab of tabs) await expect(unreachable(tab)).toBeHidden({ timeout: 20_000 });
  await expect(secret).toHaveText(before, { useInnerText: true });
  await expect(note(writing)).toHaveValue('It is half wri');
  for (const tab of tabs) expect(await isSameDocument(tab)).toBe(true);
});

test('a check that fails leaves what is open', async ({
  visit,
  go,
  simulated: carina,
  complaints,
}) => {
  complaints.expectStatus(500);
  const page = await visit(carina);
  await go(page, '/clusters/new');
  await page.route('**/clusters/new?*', (route) =>
    route.fulfill({ status: 500, contentType: 'text/html', body: '<main id="main">Failed</main>' }),
  );
  const form = new CreatePage(page);
  const checked = page.waitForResponse((it) => it.status() === 500);
  await form.name.fill('half-typed');
  await (await checked).finished();
  await expect(page).toHaveURL('/clusters/new');

  await page.unroute('**/clusters/new?*');
  await form.name.pressSequentially('-on');
  await expect(page).toHaveURL(/name=half-typed-on/);
  await expect(form.name).toBeFocused();
});
