// The `test` of clusters in a cloud: one rig and one dashboard in front of it for all tests of a worker.

import type { Account } from './carina';
import { type Person, Rig } from './rig';
import { Carina, test as base } from './test';

export { Carina, expect, isAwake, isSameDocument, markDocument, until } from './test';
export { type MagnumCluster, type Person, Rig } from './rig';

interface CloudTests {
  /** What goes away with the test: names of clusters in project demo. */
  leftovers: string[];
}

interface CloudWorker {
  rig: Rig;
  /** A dashboard in front of the rig. */
  cloud: Carina;
  /** Who can sign in. */
  people: (name: Person) => Account;
  /** A cluster of alice's in project demo, for those who only look at one. */
  standing: { id: string; name: string };
}

export const test = base.extend<CloudTests, CloudWorker>({
  rig: [async ({}, use) => use(await Rig.start()), { scope: 'worker', timeout: 120_000 }],

  people: [async ({ rig }, use) => use((name) => rig.account(name)), { scope: 'worker' }],

  cloud: [
    async ({ rig, failed }, use) => {
      const env = { CARINA_BACKEND: 'magnum', OS_AUTH_URL: rig.facts.auth_url };
      const carina = await Carina.start({ name: 'cloud', provisioner: 'simulated', env });
      await use(carina);
      await carina.finish(failed.yet);
    },
    { scope: 'worker', timeout: 60_000 },
  ],

  standing: [
    async ({ rig, cloud }, use) => {
      const name = cloud.clusterName('standing');
      await use({ name, id: await rig.make(name) });
      await rig.delete(name);
    },
    { scope: 'worker', timeout: 60_000 },
  ],

  leftovers: async ({ rig }, use) => {
    const names: string[] = [];
    await use(names);
    for (const name of names) await rig.delete(name);
  },
});
