// The whole life of a cluster, on a real Docker Engine, as its owner lives it.

import { mkdir, stat } from 'node:fs/promises';
import { request } from 'node:https';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { importShellImage } from '../harness/docker';
import { CLUSTER_PAGE, CreatePage, ClusterPage, card, signIn } from '../harness/pages';
import { type Outcome, command, output } from '../harness/process';
import { ADMIN, expect, isAwake, isSameDocument, markDocument, test } from '../harness/test';

const { step } = test;

/** Real nodes take seconds, on a busy machine many. */
const READY = { timeout: 60_000 };

test('a cluster from the form to its end', async ({
  visit,
  real: carina,
  javaScriptEnabled,
}, testInfo) => {
  test.setTimeout(240_000);
  const stranger = await carina.addAccount(`stranger-${testInfo.workerIndex}`);
  const name = carina.clusterName('story');
  const page = await visit(carina, { as: null });
  const cluster = new ClusterPage(page, name);
  const folder = testInfo.outputPath('bundle');
  await mkdir(folder, { recursive: true });

  /** Nothing was loaded since the mark: scripts changed the page in place. */
  const inPlace = async () => {
    if (javaScriptEnabled)
      expect(await isSameDocument(page), 'the page was loaded anew').toBe(true);
  };
  const mark = async () => {
    if (!javaScriptEnabled) return;
    await isAwake(page);
    await markDocument(page);
  };

  await step('signing in leads to the page that was asked for', async () => {
    await page.goto('/clusters/new');
    await expect(page).toHaveURL('/sign-in?next=%2Fclusters%2Fnew');
    await signIn(page, ADMIN);
    await expect(page).toHaveURL('/clusters/new');
  });

  await step('the form makes a cluster', async () => {
    const form = new CreatePage(page);
    await form.name.fill(name);
    await form.nodes.fill('2');
    await form.submit.click();
    await expect(page).toHaveURL(CLUSTER_PAGE);
    await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
    await expect(cluster.status('Creating')).toBeVisible();
    await mark();
  });
  const { id } = cluster;

  await step('it becomes active by itself', async () => {
    // Without scripts the page loads itself again and again, and says so.
    const reloads = page.getByRole('link', { name: 'Stop reloading' });
    await expect(reloads).toHaveCount(javaScriptEnabled ? 0 : 1);
    await expect(cluster.status('Active')).toBeVisible(READY);
    await expect(cluster.ready(2, 2)).toBeVisible();
    await expect(reloads).toHaveCount(0);
    await inPlace();
  });

  await step('its credentials are one zip', async () => {
    await cluster.access.click();
    await expect(page).toHaveURL(`/clusters/${id}/access`);
    await mark();
    const link = page.getByRole('link', { name: `Download ${name}.zip` });
    const [download] = await Promise.all([page.waitForEvent('download'), link.click()]);
    expect(download.suggestedFilename()).toBe(`${name}.zip`);
    await download.saveAs(join(folder, `${name}.zip`));
    await output('unzip', ['-q', `${name}.zip`], { cwd: folder });
    expect((await stat(join(folder, name, 'key.pem'))).mode & 0o777).toBe(0o600);
    if (javaScriptEnabled) {
      await inPlace();
    }
  });

  /** What somebody types into a shell of their own. */
  const type = (shell: 'bash' | 'sh', lines: string): Promise<Outcome> => {
    const { DOCKER_HOST: _host, DOCKER_CONTEXT: _context, ...env } = process.env;
    return command(shell, ['-ec', lines], { cwd: folder, env });
  };
  const withCluster = (line: string) => type('sh', `. ./${name}/docker.env\n${line}`);

  for (const [shell, choice] of [
    ['bash', 'bash, zsh'],
    ['sh', 'sh'],
  ] as const) {
    await step(`what the page shows for ${shell} works`, async () => {
      await page.getByRole('radio', { name: choice, exact: true }).check();
      const shown = page.locator('pre').filter({ visible: true, hasText: /^\S+ \S+docker\.env\s+docker info\s*$/ });
      await expect(shown).toContainText('docker.env');
      const { ok, stdout, stderr } = await type(shell, await shown.innerText());
      expect(ok, stderr).toBe(true);
      expect(stdout).toContain('Swarm: active');
      expect(stdout).toContain('Nodes: 2');
    });
  }

  await step('a container runs', async () => {
    const endpoint = (await withCluster('echo "$DOCKER_HOST"')).stdout.trim();
    const certificates = join(folder, name);
    await importShellImage('shell:local', {
      ...process.env,
      DOCKER_HOST: endpoint,
      DOCKER_TLS_VERIFY: '1',
      DOCKER_CERT_PATH: certificates,
    });
    const run = await withCluster(
      'docker run --rm shell:local /bin/sh -c "echo from $CARINA_CLUSTER_NAME"',
    );
    expect(run.stdout, run.stderr).toBe(`from ${name}\n`);

    const ca = await readFile(join(certificates, 'ca.pem'));
    await expect(ask(endpoint, ca), 'nobody gets in without a certificate').rejects.toThrow(
      /alert|ECONNRESET/i,
    );
  });

  await step('it grows', async () => {
    await cluster.resize(3, javaScriptEnabled ? 'Grow by 1' : 'Change size');
    await mark();
    await expect(cluster.ready(3, 3)).toBeVisible(READY);
    await expect(cluster.status('Active')).toBeVisible(READY);
    await inPlace();
    const list = await withCluster("docker node ls --format '{{.Status}} {{.Availability}}'");
    expect(list.stdout, list.stderr).toBe('Ready Active\n'.repeat(3));
  });

  await step('it shrinks', async () => {
    await cluster.resize(1, javaScriptEnabled ? 'Shrink by 2' : 'Change size');
    await mark();
    await expect(cluster.ready(1, 1)).toBeVisible(READY);
    await expect(cluster.status('Active')).toBeVisible(READY);
    // The head of the table is a row, too.
    await expect(cluster.nodes).toHaveCount(2);
    await inPlace();
    const list = await withCluster("docker node ls --format '{{.Status}}'");
    expect(list.stdout, list.stderr).toBe('Ready\n');
  });

  await step('somebody else sees nothing of it', async () => {
    const session = await carina.session(stranger);
    for (const path of ['', '/access', '/credentials.zip']) {
      expect((await carina.fetch(`/clusters/${id}${path}`, session)).status, path).toBe(404);
    }
  });

  await step('a wrong name deletes nothing', async () => {
    await cluster.askToDelete();
    await cluster.confirm(`${name}x`);
    await expect(cluster.confirmation).toHaveAccessibleDescription(
      'That is not the name of this cluster. Nothing was deleted.',
    );
    expect((await carina.clusters()).get(name)).toBe('active');
  });

  await step('its name deletes it', async () => {
    await cluster.confirm(name);
    await expect(page).toHaveURL('/clusters');
    await mark();
    await expect(card(page, name)).toHaveCount(0, READY);
    await inPlace();
  });

  await step('nothing of it is left', async () => {
    expect(await carina.docker.labelled(`io.carina.cluster=${id}`)).toEqual([]);
    expect(await carina.docker.named(name)).toEqual([]);
    expect((await withCluster('docker info')).ok).toBe(false);
  });
});

/** Asks a Docker API without a certificate of our own. */
function ask(endpoint: string, ca: Buffer): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(endpoint);
    const asked = request({ hostname, port, ca, path: '/_ping' }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    });
    asked.once('error', reject);
    asked.end();
  });
}
