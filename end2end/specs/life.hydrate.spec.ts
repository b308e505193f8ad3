// What happens to clusters when machines fail, on a real Docker Engine, as their owners see it.

import { ClusterPage } from '../harness/pages';
import { output } from '../harness/process';
import type { Docker } from '../harness/docker';
import { Engine, expect, isSameDocument, markDocument, test } from '../harness/test';

const { step } = test;

/** Real nodes take seconds, on a busy machine many. */
const REAL = { timeout: 60_000 };

/** A node that dies has to be noticed within that. */
const NOTICED = { timeout: 10_000 };

/** Where the nodes of a cluster are: their addresses and their ports on the host. */
async function places(docker: Docker, id: string): Promise<string> {
  const env = docker.environment;
  const filter = `label=io.carina.cluster=${id}`;
  const names = await output('docker', ['ps', '--all', '--filter', filter, '--format', '{{.Names}}'], {
    env,
  });
  const format =
    '{{.Name}} {{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}} ' +
    '{{(index (index .HostConfig.PortBindings "2376/tcp") 0).HostPort}}';
  const sorted = names.split('\n').filter(Boolean).sort();
  return output('docker', ['inspect', '--format', format, ...sorted], { env });
}

/** The container of a node. */
async function container(docker: Docker, id: string, node: string): Promise<string> {
  const things = await docker.labelled(`io.carina.cluster=${id}`);
  const name = things.find((it) => it.startsWith('container ') && it.endsWith(node));
  return name?.split(' ')[1] ?? '';
}

test('a node that dies is noticed within ten seconds, shown, and replaced', async ({
  visit,
  go,
  real: carina,
}) => {
  test.setTimeout(240_000);
  const { docker } = carina;
  const name = carina.clusterName('lively');
  const id = await carina.create({ name, nodes: 2 });
  await carina.reaches(name, 'active');
  const page = await visit(carina);
  const cluster = new ClusterPage(page, name);
  await go(page, `/clusters/${id}`);
  await markDocument(page);
  const before = await places(docker, id);

  const whole = async () => {
    await expect(cluster.status('Active')).toBeVisible(REAL);
    await expect(cluster.ready(2, 2)).toBeVisible();
    expect(await places(docker, id), 'same addresses, same ports').toBe(before);
    expect(await isSameDocument(page)).toBe(true);
  };

  await step('a worker whose engine is killed', async () => {
    const worker = await container(docker, id, 'node-2');
    await output('docker', ['kill', worker], { env: docker.environment });
    await expect(page.getByText(/^Node 2 is lost: its engine ended with code 137/)).toBeVisible(
      NOTICED,
    );
    await whole();
  });

  await step('a manager whose container is removed keeps its swarm', async () => {
    const manager = await container(docker, id, 'node-1');
    const swarm = async () => {
      const list = ['exec', manager, 'docker', 'node', 'ls', '--format', '{{.ID}} {{.Status}}'];
      return (await output('docker', list, { env: docker.environment })).split('\n').sort();
    };
    const members = await swarm();
    expect(members.filter(Boolean)).toHaveLength(2);
    await output('docker', ['rm', '--force', manager], { env: docker.environment });
    await expect(page.getByText('Node 1 is lost: its container is gone')).toBeVisible(NOTICED);
    await whole();
    expect(await swarm()).toEqual(members);
  });

  await carina.delete(id, name);
});

test('after a restart of the host everything is back where it was', async ({
  visit,
  go,
  start,
  startEngine,
  complaints,
}) => {
  // A page whose cluster is gone asks for it once more.
  complaints.expectStatus(404);
  test.skip(
    !(await Engine.isPossible()),
    'it takes root and dockerd to start an engine that may be stopped',
  );
  test.setTimeout(240_000);
  const engine = await startEngine();
  const carina = await start({ name: 'host', provisioner: 'docker', docker: engine.docker });
  const name = carina.clusterName('lasting');
  const id = await carina.create({ name, nodes: 2 });
  await carina.reaches(name, 'active');
  const before = await places(engine.docker, id);

  await carina.killServer();
  await engine.stop();
  await engine.start();
  await carina.startServer();

  const page = await visit(carina);
  const cluster = new ClusterPage(page, name);
  await go(page, `/clusters/${id}`);
  await expect(cluster.status('Active')).toBeVisible(REAL);
  await expect(cluster.ready(2, 2)).toBeVisible(REAL);
  expect(await places(engine.docker, id), 'same addresses, same ports').toBe(before);
  const manager = await container(engine.docker, id, 'node-1');
  const env = engine.docker.environment;
  const list = ['exec', manager, 'docker', 'node', 'ls', '--format', '{{.Status}}'];
  await expect
    .poll(() => output('docker', list, { env }).catch(() => ''), REAL)
    .toBe('Ready\nReady\n');

  await carina.delete(id, name);
  await expect(page.getByRole('heading', { name: `${name} is deleted` })).toBeVisible(REAL);
});
