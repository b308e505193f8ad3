// What somebody typed, and what is shown once, when an answer fails or does not come; and what is not kept
// once it was sent.

import type { Page, Route } from '@playwright/test';

import { CreatePage } from '../harness/pages';
import { ADMIN, expect, isSameDocument, markDocument, test } from '../harness/test';

const unreachable = (page: Page) => page.getByText(/Control plane unreachable since \d\d:\d\d/);
const note = (page: Page) => page.getByRole('textbox', { name: 'Write on' });
const send = (page: Page) => page.getByRole('button', { name: 'Send note' });

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

  // Sent into the outage, it is there to be sent again.
  await send(writing).click();
  const alert = writing.getByRole('alert');
  await expect(alert).toContainText('Nothing answered. It may have been done all the same');
  await expect(alert).toContainText(/Request id [0-9a-f-]{36}/);
  await expect(note(writing)).toHaveValue('It is half wri');

  await carina.startControlPlane();
  for (const tab of tabs) await expect(unreachable(tab)).toBeHidden({ timeout: 20_000 });
  await expect(secret).toHaveText(before, { useInnerText: true });
  await expect(note(writing)).toHaveValue('It is half wri');
  await note(writing).fill('It is written.');
  await send(writing).click();
  await expect(writing.getByRole('listitem').filter({ hasText: 'It is written.' })).toHaveCount(1);
  await expect(alert).toHaveCount(0);
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

for (const [what, answer] of [
  ['nothing', (route: Route) => route.abort()],
  [
    'a proxy',
    (route: Route) =>
      route.fulfill({
        status: 502,
        contentType: 'text/html',
        headers: { 'x-request-id': 'told-by-the-proxy' },
        body: '<h1>Bad gateway</h1>',
      }),
  ],
] as const) {
  test(`a note that ${what} answers is not sent twice by itself`, async ({
    visit,
    go,
    simulated: carina,
    complaints,
  }) => {
    complaints.expect(/net::ERR_FAILED/, /status of 502/);
    const ticket = await carina.openTicket('Lost answers', 'They get lost.');
    const page = await visit(carina);
    await go(page, `/help/tickets/${ticket}`);
    await markDocument(page);
    let sent = 0;
    await page.route('**/api/write_note', async (route) => {
      sent += 1;
      await answer(route);
    });
    await note(page).fill('Is anybody there?');
    await send(page).click();
    const alert = page.getByRole('alert');
    await expect(alert).toBeFocused();
    await expect(alert).toContainText('Nothing answered. It may have been done all the same');
    await expect(alert.getByText('Request id told-by-the-proxy')).toHaveCount(
      what === 'a proxy' ? 1 : 0,
    );
    await expect(note(page)).toHaveValue('Is anybody there?');
    expect(sent).toBe(1);

    // A newer page leaves the words where they are.
    const other = { id: ticket, text: 'Somebody is.' };
    await carina.post('/api/write_note', other, await carina.session(ADMIN));
    await page.evaluate(() => window.dispatchEvent(new Event('online')));
    await expect(page.getByRole('listitem').filter({ hasText: other.text })).toBeVisible();
    await expect(alert).toBeFocused();
    await expect(note(page)).toHaveValue('Is anybody there?');

    await page.unroute('**/api/write_note');
    await send(page).click();
    await expect(page.getByRole('listitem').filter({ hasText: 'Is anybody there?' })).toHaveCount(1);
    await expect(alert).toHaveCount(0);
    expect(await isSameDocument(page)).toBe(true);
  });
}

test('what was switched goes back if nothing answers', async ({
  visit,
  go,
  simulated: carina,
  complaints,
}) => {
  complaints.expect(/net::ERR_FAILED/);
  const name = carina.clusterName('unanswered');
  const id = await carina.create({ name, nodes: 2 });
  await carina.reaches(name, 'active');
  const page = await visit(carina);
  await page.route('**/api/*_*', (route) => route.abort());
  // The form of the button stands elsewhere, and is hidden.
  await go(page, `/clusters/${id}/nodes`);
  await page.getByRole('button', { name: 'Drain node-2' }).click();
  await expect(page.getByRole('alert')).toBeInViewport();

  await go(page, `/clusters/${id}/settings`);
  await page.getByRole('button', { name: 'Protect against deletion' }).click();
  await expect(page.getByRole('alert')).toContainText('Nothing answered.');
  await expect(page.getByText('The cluster is not protected.')).toBeVisible();
  await expect(page.getByText('The cluster is protected. It cannot be deleted')).toBeHidden();
  await carina.delete(id, name);
});

test('what answers a form itself is said at the form', async ({
  visit,
  go,
  simulated: carina,
  complaints,
}) => {
  complaints.expectStatus(413);
  const ticket = await carina.openTicket('Long notes', 'They are long.');
  const page = await visit(carina);
  await go(page, `/help/tickets/${ticket}`);
  const body = '<main id="main"><h1>Request too large</h1><p>The request is too large.</p></main>';
  await page.route('**/api/write_note', (route) =>
    route.fulfill({ status: 413, contentType: 'text/html', body }),
  );
  await note(page).fill('A long note.');
  await send(page).click();
  await expect(page.getByRole('alert')).toHaveText('The request is too large.');
  await expect(page).toHaveURL(`/help/tickets/${ticket}`);
  await expect(note(page)).toHaveValue('A long note.');
});

test('what was sent is not there to be sent again', async ({ visit, go, simulated: carina }) => {
  const ticket = await carina.openTicket('Sent once', 'No more.');
  const page = await visit(carina);
  await go(page, `/help/tickets/${ticket}`);
  await note(page).fill('Only once.');
  await send(page).click();
  await expect(page.getByRole('listitem').filter({ hasText: 'Only once.' })).toBeVisible();
  await expect(note(page)).toHaveValue('');

  await go(page, '/admin');
  const added = page.locator('#add');
  await added.getByLabel('Username').fill('sent-once');
  await added.getByLabel('Password').fill('password-of-sent-once');
  await added.getByRole('button', { name: 'Add account' }).click();
  await expect(page.getByRole('link', { name: 'sent-once' })).toBeVisible();
  await expect(added.getByLabel('Username')).toHaveValue('');
  await expect(added.getByLabel('Password')).toHaveValue('');

  // What was refused stays.
  await added.getByLabel('Username').fill(ADMIN.username);
  await added.getByLabel('Password').fill('password-of-nobody');
  await added.getByRole('button', { name: 'Add account' }).click();
  await expect(added.getByText('There is an account of that name already.')).toBeVisible();
  await expect(added.getByLabel('Username')).toHaveValue(ADMIN.username);
  await expect(added.getByLabel('Password')).toHaveValue('password-of-nobody');
});
