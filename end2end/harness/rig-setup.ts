// One rig for a whole run: a worker that begins anew after a failed test finds it running.

import { Rig } from './rig';

export default async function setUp(): Promise<() => Promise<void>> {
  await Rig.anew();
  return () => Rig.stop();
}
