// Whatever is typed or sent: the message stands beside its field, what was typed stays, and nothing
// is made that was not asked for.

import { CLUSTER_PAGE, ClusterPage, CreatePage, card } from '../harness/pages';
import { ADMIN, type Carina, expect, idIn, test } from '../harness/test';

const NAMES: [what: string, name: string, said: string][] = [
  ['nothing', '', 'A cluster needs a name.'],
  ['blanks', '   ', 'A cluster needs a name.'],
  ['64 letters', 'a'.repeat(64), 'A name has at most 63 characters.'],
  ['upper case', 'Shop', 'A name is made of lower-case letters, digits and hyphens.'],
  ['a space', 'my shop', 'A name is made of lower-case letters, digits and hyphens.'],
  ['a path', '../x', 'A name is made of lower-case letters, digits and hyphens.'],
  ['an emoji', 'shop-🚀', 'A name is made of lower-case letters, digits and hyphens.'],
  ['markup', '<b>&"\'', 'A name is made of lower-case letters, digits and hyphens.'],
  ['a digit first', '1shop', 'A name begins with a lower-case letter.'],
  ['a hyphen last', 'shop-', 'A name ends with a letter or a digit.'],
];

const NODES: [nodes: string, said: RegExp][] = [
  ['0', /^A cluster has 1 to \d+ nodes, in whole numbers\.$/],
  ['-1', /^A cluster has 1 to \d+ nodes, in whole numbers\.$/],
  ['1e9', /^A cluster has 1 to \d+ nodes, in whole numbers\.$/],
  ['99999999999999999999', /^A cluster has 1 to \d+ nodes, in whole numbers\.$/],
  ['abc', /^A cluster has 1 to \d+ nodes, in whole numbers\.$/],
  ['1.5', /^A cluster has 1 to \d+ nodes, in whole numbers\.$/],
  ['', /^A cluster has 1 to \d+ nodes, in whole numbers\.$/],
  ['11', /^A cluster of yours may have up to 10 nodes\.$/],
];

async function names(carina: Carina): Promise<string[]> {
  return [...(await carina.clusters()).keys()];
}

/** Those that were not there before; others may have gone meanwhile. */
async function madeSince(carina: Carina, before: string[]): Promise<string[]> {
  return (await names(carina)).filter((name) => !before.includes(name));
}

/** Presses the button, and waits until the server has told. */
async function send(form: CreatePage): Promise<void> {
  const answer = form.page.waitForResponse(/\/api\/create_cluster$/);
  await form.submit.click();
  await answer;
}

test('a wrong name is told beside its field', async ({
  visit,
  go,
  simulated: carina,
}) => {
  const before = await names(carina);
  const page = await visit(carina);
  const form = new CreatePage(page);
  await go(page, '/clusters/new');
  for (const [what, name, said] of NAMES) {
    await test.step(what, async () => {
      await form.allowNonsense();
      await form.name.fill(name);
      await form.nodes.fill('3');
      await form.flavor(4).check();
      await send(form);
      await expect(form.name).toHaveAccessibleDescription(
        new RegExp(`${said.replace('.', '\\.')}$`),
      );
      await expect(form.name).toHaveAttribute('aria-invalid', 'true');
      await expect(form.name).toHaveValue(name);
      await expect(form.nodes).toHaveValue('3');
      await expect(form.flavor(4)).toBeChecked();
    });
  }
  expect(await madeSince(carina, before)).toEqual([]);
});

test('a wrong number of nodes is told beside its field', async ({
  visit,
  go,
  simulated: carina,
}) => {
  const before = await names(carina);
  const page = await visit(carina);
  const form = new CreatePage(page);
  const name = carina.clusterName('never');
  await go(page, '/clusters/new');
  for (const [nodes, said] of NODES) {
    await test.step(nodes || 'nothing', async () => {
      await form.allowNonsense();
      await form.name.fill(name);
      await form.nodes.fill(nodes);
      await send(form);
      await expect(page.getByText(said)).toBeVisible();
      await expect(form.nodes).toHaveAttribute('aria-invalid', 'true');
      await expect(form.name).toHaveValue(name);
    });
  }
  expect(await madeSince(carina, before)).toEqual([]);
});

test('what is wrong is told while it is typed', async ({
  visit,
  go,
  simulated: carina,
  javaScriptEnabled,
}) => {
  test.skip(!javaScriptEnabled, 'without scripts the server is asked when the form is sent');
  const page = await visit(carina);
  const form = new CreatePage(page);
  await go(page, '/clusters/new');
  await form.name.fill('Shop');
  await expect(form.name).toHaveAccessibleDescription(/lower-case letters, digits and hyphens\.$/);
  await form.name.fill('shop');
  await expect(form.name).not.toHaveAttribute('aria-invalid', 'true');
  await form.nodes.fill('3');
  await expect(page.getByText('3 GB of memory in all.')).toBeVisible();
  await expect(form.name).toHaveValue('shop');
});

test('an unknown type or flavor is told', async ({ visit, go, simulated: carina }) => {
  const before = await names(carina);
  const page = await visit(carina);
  const form = new CreatePage(page);
  const wrong: [RegExp, string, string][] = [
    [/^1 GB/, 'container1-9000G', 'There is no such flavor. Choose one from the list.'],
    [/Swarm/, '4711', 'There is no such cluster type. Choose one from the list.'],
  ];
  for (const [label, value, said] of wrong) {
    await go(page, '/clusters/new');
    const choice = page.getByRole('radio', { name: label });
    await choice.evaluate((input: HTMLInputElement, text) => {
      input.value = text;
      input.checked = true;
    }, value);
    const name = carina.clusterName('never');
    await form.name.fill(name);
    await form.submit.click();
    await expect(page.getByText(said)).toBeVisible();
    await expect(form.name).toHaveValue(name);
  }
  expect(await madeSince(carina, before)).toEqual([]);
});

test('a taken name is told', async ({ visit, go, simulated: carina }) => {
  const name = carina.clusterName('taken');
  const id = await carina.create({ name });
  const page = await visit(carina);
  const form = new CreatePage(page);
  await go(page, '/clusters/new');
  await form.name.fill(name);
  await form.submit.click();
  await expect(form.name).toHaveAccessibleDescription(
    /You already have a cluster of that name\. Choose another one\.$/,
  );
  await expect(form.name).toHaveValue(name);
  await carina.delete(id, name);
});

test('a full account is told before and after', async ({ visit, go, start }) => {
  const carina = await start({
    name: 'full',
    provisioner: 'simulated',
    env: { CARINA_MAX_CLUSTERS: '1' },
  });
  const said = 'You have 1 of 1 clusters. Delete one to make room.';
  const page = await visit(carina);
  const form = new CreatePage(page);
  // The form is open while somebody else takes the last place.
  await go(page, '/clusters/new');
  await carina.create({ name: 'first' });
  await form.name.fill('second');
  // With scripts the form knows by now, and says so instead of sending anything.
  await form.submit.click({ force: true });
  await expect(page.getByText(said).first()).toBeVisible();
  await expect(form.name).toHaveValue('second');
  expect(await names(carina)).toEqual(['first']);

  await go(page, '/clusters');
  await expect(page.getByRole('link', { name: 'Create cluster' })).toHaveAttribute(
    'aria-disabled',
    'true',
  );
  await expect(page.getByText(said)).toBeVisible();
  const session = await carina.session(ADMIN);
  const form2 = { name: 'third', cluster_type: '1', flavor: 'container1-1G', nodes: '1', key: 'k' };
  expect((await carina.post('/api/create_cluster', form2, session)).status).toBe(403);
});

test('what is no form does no harm', async ({ simulated: carina }) => {
  const session = await carina.session(ADMIN);
  const before = await names(carina);
  const post = async (path: string, type: string, body: BodyInit) => {
    const headers = { 'content-type': type, accept: 'application/json' };
    const answer = await carina.fetch(path, session, { method: 'POST', headers, body });
    return answer.status;
  };
  const urlencoded = 'application/x-www-form-urlencoded';
  for (const path of [
    '/api/create_cluster',
    '/api/resize_cluster',
    '/api/delete_cluster',
    '/api/sign_in',
  ]) {
    for (const [type, body] of [
      [urlencoded, ''],
      [urlencoded, '%%%&&&==='],
      [urlencoded, 'name=a&name=b'],
      [urlencoded, new Uint8Array([0xff, 0xfe, 0x00])],
      ['application/json', '{"name":'],
      ['text/plain', 'hello'],
    ] as const) {
      const status = await post(path, type, body);
      expect(status, `${path} ${type} ${String(body)}`).toBeGreaterThanOrEqual(400);
      expect(status, `${path} ${type} ${String(body)}`).toBeLessThan(500);
    }
    // The server may close the connection before all of it was sent.
    const large = post(path, urlencoded, `name=${'a'.repeat(10 << 20)}`);
    expect(await large.catch(() => 413)).toBe(413);
  }
  expect((await carina.fetch('/healthz')).status).toBe(200);
  expect(await madeSince(carina, before)).toEqual([]);
});

test('what another site sends is refused', async ({ simulated: carina }) => {
  const session = await carina.session(ADMIN);
  const before = await names(carina);
  const name = carina.clusterName('forged');
  const form = { name, cluster_type: '1', flavor: 'container1-1G', nodes: '1', key: name };
  const foreign: Record<string, string>[] = [
    { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' },
    { 'sec-fetch-site': 'same-site', origin: 'http://127.0.0.1:1' },
    { origin: 'https://evil.example' },
  ];
  for (const headers of foreign) {
    const body = new URLSearchParams(form);
    const answer = await carina.fetch('/api/create_cluster', session, {
      method: 'POST',
      headers,
      body,
    });
    expect(answer.status, JSON.stringify(headers)).toBe(403);
  }
  expect(await madeSince(carina, before)).toEqual([]);
});

test('a double click makes one cluster', async ({ visit, go, simulated: carina }) => {
  const before = await names(carina);
  const name = carina.clusterName('twice');
  const page = await visit(carina);
  const form = new CreatePage(page);
  await go(page, '/clusters/new');
  await form.name.fill(name);
  await form.submit.dblclick();
  await expect(page).toHaveURL(CLUSTER_PAGE);
  await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
  expect(await madeSince(carina, before)).toEqual([name]);
  await carina.delete(new ClusterPage(page, name).id, name);
});

test('the same form sent twice makes one cluster', async ({ simulated: carina }) => {
  const session = await carina.session(ADMIN);
  const name = carina.clusterName('again');
  const form = { name, cluster_type: '1', flavor: 'container1-1G', nodes: '1', key: name };
  const answers = await Promise.all(
    [1, 2, 3].map(() => carina.post('/api/create_cluster', form, session)),
  );
  expect(answers.map((answer) => answer.status)).toEqual([200, 200, 200]);
  const ids = answers.map(idIn);
  expect(new Set(ids).size).toBe(1);
  const other = await carina.post('/api/create_cluster', { ...form, nodes: '2' }, session);
  expect(other.status).toBe(422);
  await carina.delete(ids[0] ?? '', name);
});

test('going back after a create makes nothing', async ({
  visit,
  go,
  simulated: carina,
  complaints,
}) => {
  complaints.expectStatus(409);
  const before = await names(carina);
  const name = carina.clusterName('back');
  const page = await visit(carina);
  const form = new CreatePage(page);
  await go(page, '/clusters/new');
  await form.name.fill(name);
  await form.submit.click();
  await expect(page).toHaveURL(CLUSTER_PAGE);
  const { id } = new ClusterPage(page, name);

  await page.goBack();
  await expect(page).toHaveURL(/\/clusters\/new(\?|$)/);
  await expect(form.submit).toBeVisible();
  await page.goForward();
  await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
  await page.reload();
  await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
  expect(await madeSince(carina, before)).toEqual([name]);

  // And the form, sent once more from there, makes no second one either.
  await page.goBack();
  await form.name.fill(name);
  await form.submit.click();
  await expect(
    page
      .getByRole('heading', { level: 1, name })
      .or(page.getByText('You already have a cluster of that name')),
  ).toBeVisible();
  expect(await madeSince(carina, before)).toEqual([name]);
  await carina.delete(id, name);
});

test('two tabs see the same', async ({ visit, go, simulated: carina, javaScriptEnabled }) => {
  const name = carina.clusterName('tabs');
  const first = await visit(carina);
  const second = await first.context().newPage();
  await go(first, '/clusters/new');
  await go(second, '/clusters');
  const form = new CreatePage(first);
  await form.name.fill(name);
  await form.submit.click();
  await expect(first).toHaveURL(CLUSTER_PAGE);
  // With scripts it comes by itself; without, the page reloads itself once something changes on it.
  if (!javaScriptEnabled) await second.reload();
  await expect(card(second, name)).toBeVisible();
  await expect(card(second, name).getByText('Active', { exact: true })).toBeVisible();

  const cluster = new ClusterPage(first, name);
  await expect(cluster.status('Active')).toBeVisible();
  await cluster.askToDelete();
  await cluster.confirm(name);
  await expect(first).toHaveURL('/clusters');
  if (!javaScriptEnabled) await second.reload();
  await expect(card(second, name)).toHaveCount(0);
});

test('a size that cannot be is told beside its field', async ({
  visit,
  go,
  simulated: carina,
  complaints,
}) => {
  complaints.expectStatus(400, 403);
  const name = carina.clusterName('size');
  const id = await carina.create({ name });
  await carina.reaches(name, 'active');
  const page = await visit(carina);
  const cluster = new ClusterPage(page, name);
  for (const [nodes, said] of NODES) {
    await go(page, `/clusters/${id}/nodes`);
    await cluster.size.evaluate((input: HTMLInputElement) => {
      for (const rule of ['required', 'min', 'max', 'step']) input.removeAttribute(rule);
      input.type = 'text';
    });
    await cluster.size.fill(nodes);
    await page.getByRole('button', { name: /^(Change size|Grow by \d+)$/ }).click();
    await expect(page.getByText(said)).toBeVisible();
  }
  expect((await carina.clusters()).get(name)).toBe('active');
  await carina.delete(id, name);
});
