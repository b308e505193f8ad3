// The docker client, pointed at the engine that the clusters are made on.

import { mkdir, copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { DOCKER_HOST } from './environment';
import { output } from './process';

/** An engine, through the docker client. */
export class Docker {
  constructor(readonly host = DOCKER_HOST) {}

  /** The environment in which a docker client talks to it, and to no other. */
  get environment(): NodeJS.ProcessEnv {
    return { ...process.env, DOCKER_HOST: this.host, DOCKER_CONTEXT: '' };
  }

  private run(...args: string[]): Promise<string> {
    return output('docker', args, { env: this.environment });
  }

  private async lines(...args: string[]): Promise<string[]> {
    return (await this.run(...args)).split('\n').filter(Boolean);
  }

  /** What has a label, in words: `container carina-shop-1a2b3c4d-node-1`. */
  async labelled(label: string): Promise<string[]> {
    return this.find(`label=${label}`, () => true);
  }

  /** What has a text in its name. */
  async named(part: string): Promise<string[]> {
    // A network's filter finds parts of names as the others do, a volume's too.
    return this.find(`name=${part}`, (name) => name.includes(part));
  }

  private async find(filter: string, holds: (name: string) => boolean): Promise<string[]> {
    const ask = (...args: string[]) => this.lines(...args, '--filter', filter);
    const [containers, networks, volumes] = await Promise.all([
      ask('ps', '--all', '--format', '{{.Names}}'),
      ask('network', 'ls', '--format', '{{.Name}}'),
      ask('volume', 'ls', '--format', '{{.Name}}'),
    ]);
    const say = (kind: string, names: string[]) =>
      names.filter(holds).map((name) => `${kind} ${name}`);
    return [
      ...say('container', containers),
      ...say('network', networks),
      ...say('volume', volumes),
    ];
  }

  /** Removes what `find` named. */
  async remove(things: string[]): Promise<void> {
    for (const thing of things) {
      const [kind = '', name = ''] = thing.split(' ');
      const args = kind === 'container' ? ['rm', '--force', '--volumes'] : [kind, 'rm'];
      // A volume may be gone with its container.
      await this.run(...args, name).catch(() => undefined);
    }
  }

  /** Removes all containers and networks, whoever made them. */
  async clear(): Promise<void> {
    const containers = await this.lines('ps', '--all', '--quiet');
    if (containers.length > 0) await this.run('rm', '--force', '--volumes', ...containers);
    await this.run('network', 'prune', '--force');
  }
}

/**
 * Makes an image of this machine's own shell, as nothing can be pulled everywhere: busybox if it is
 * there, or else `sh` with the libraries it needs. Its command prints a line.
 */
export async function importShellImage(tag: string, env: NodeJS.ProcessEnv): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'carina-image-'));
  try {
    const script = `
      set -e
      program=$(command -v busybox || command -v sh)
      readlink -f "$program"
      ldd "$program" 2>/dev/null | grep -o '/[^ ]*' || true`;
    const files = (await output('sh', ['-c', script])).split('\n').filter(Boolean);
    const [program = '', ...libraries] = files;
    await copyTo(join(folder, 'bin/sh'), program);
    for (const library of libraries) await copyTo(join(folder, library), library);
    await output('sh', ['-c', `tar -C "${folder}" -c . | docker import - ${tag}`], { env });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function copyTo(target: string, source: string): Promise<void> {
  await mkdir(dirname(target), { recursive: true });
  await copyFile(source, target);
}
