// What each page is to those who do not see it: landmarks, headings and what can be done, in order.

import { expect, test } from '../harness/test';

test('pages have the same structure with scripts and without', async ({
  visit,
  go,
  simulated: carina,
}) => {
  const name = carina.clusterName('heard');
  const id = await carina.create({ name, nodes: 2 });
  await carina.reaches(name, 'active');
  const page = await visit(carina);
  const body = page.locator('body');
  const main = page.getByRole('main');

  await go(page, '/clusters');
  await expect(body).toMatchAriaSnapshot(`
    - link "Skip to content"
    - banner:
      - link "Carina, to the clusters"
      - navigation "Main":
        - link "Clusters"
      - text: /[Uu]pdated \\d+ s ago/
      - status:
        - paragraph: /Simulated/
    - main:
      - heading "Clusters" [level=1]
      - link "Create cluster"
      - search:
        - searchbox "Find clusters by name"
      - navigation "Filter by status":
        - link /All \\d+/
        - link /Active \\d+/
        - link /Changing \\d+/
        - link /Error \\d+/
      - article "${name}":
        - heading "${name}" [level=2]:
          - link "${name}"
        - text: Active
        - term: Nodes
        - definition: 2 ready of 2 · up to 10
        - img "2 ready, room for 8 more"
        - link "Get access ${name}"
        - link "Grow ${name}"
      - link /Add cluster/
    - status
    - status
  `);

  await go(page, '/clusters/new');
  await expect(main).toMatchAriaSnapshot(`
    - navigation "Breadcrumb":
      - link "Clusters"
      - text: Create cluster
    - heading "Create cluster" [level=1]
    - textbox "Name"
    - group "Type":
      - radio /Swarm/ [checked]
    - group /Flavor/:
      - radio /1 GB/ [checked]
      - radio /2 GB/
      - radio /4 GB/
    - spinbutton "Nodes": "1"
    - complementary "Summary":
      - table "What it uses"
      - paragraph: 1 GB of memory in all.
      - button "Create cluster"
      - link "Cancel"
  `);

  await go(page, `/clusters/${id}?confirm=delete`);
  await expect(main).toMatchAriaSnapshot(`
    - navigation "Breadcrumb":
      - link "Clusters"
      - text: ${name}
    - heading "${name}" [level=1]
    - text: /2 of 2 nodes ready/
    - link "Get access ${name}"
    - region "Nodes":
      - heading "Nodes" [level=2]
      - img "2 ready, room for 8 more"
    - region "Grow or shrink":
      - heading "Grow or shrink" [level=2]
      - spinbutton "Number of nodes": "2"
      - button "Change size"
    - region "Delete":
      - heading "Delete" [level=2]
      - paragraph: /What is lost. 2 nodes, with all containers, images and volumes on them/
      - textbox "Type ${name} to confirm"
      - button "Delete ${name}"
      - link "Keep it"
    - region "What happened":
      - heading "What happened" [level=2]
      - list:
        - listitem: /Active with 2 nodes/
    - region "About":
      - heading "About" [level=2]
      - definition:
        - code: /^tcp:/
      - definition:
        - code: ${id}
  `);

  await go(page, `/clusters/${id}/access`);
  await expect(main).toMatchAriaSnapshot(`
    - navigation "Breadcrumb":
      - link "Clusters"
      - link "${name}"
      - text: Access
    - heading "Access to ${name}" [level=1]
    - list:
      - listitem:
        - heading "Download the credentials" [level=2]
        - paragraph:
          - link "Download ${name}.zip"
      - listitem:
        - heading "Unzip it" [level=2]
        - text: unzip ${name}.zip
      - listitem:
        - heading "Use it" [level=2]
        - group "Shell":
          - radio "bash, zsh" [checked]
          - radio "sh"
          - radio "fish"
          - radio "PowerShell"
          - radio "cmd"
        - text: source ${name}/docker.env docker info
    - region "Certificates":
      - heading "Certificates" [level=2]
      - term: CA fingerprint
  `);
  await carina.delete(id, name);
});

test('each page has a title of its own', async ({ visit, go, simulated: carina, complaints }) => {
  complaints.expectStatus(404);
  const name = carina.clusterName('titled');
  const id = await carina.create({ name });
  await carina.reaches(name, 'active');
  const page = await visit(carina);
  for (const [path, title] of [
    ['/clusters', 'Clusters · Carina'],
    ['/clusters/new', 'Create cluster · Carina'],
    [`/clusters/${id}`, `${name} · Carina`],
    [`/clusters/${id}/access`, `Access to ${name} · Carina`],
    ['/clusters/none', 'Not found · Carina'],
    ['/none', 'Not found · Carina'],
  ] as const) {
    await go(page, path);
    await expect(page).toHaveTitle(title);
  }
  const signedOut = await visit(carina, { as: null });
  await go(signedOut, '/sign-in');
  await expect(signedOut).toHaveTitle('Sign in · Carina');
  await carina.delete(id, name);
});
