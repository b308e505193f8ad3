// A Docker Engine of a test's own, which it may stop.

import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Docker } from './docker';
import { DOCKER_HOST, NODE_IMAGE, ROOT } from './environment';
import { command, output } from './process';

const SCRIPT = join(ROOT, 'crates/xtask/scripts/engine.sh');
const START_MS = 90_000;

/** An engine in a folder that goes away with it. */
export class Engine {
  readonly docker: Docker;

  private constructor(private readonly folder: string) {
    this.docker = new Docker(`unix://${folder}/docker.sock`);
  }

  /** Whether one can be started here: that takes root and the engine's program. */
  static async isPossible(): Promise<boolean> {
    return process.getuid?.() === 0 && (await command('sh', ['-c', 'command -v dockerd'])).ok;
  }

  /** Starts one that has the image of nodes. */
  static async start(): Promise<Engine> {
    const engine = new Engine(await mkdtemp(join(tmpdir(), 'ce-')));
    // The script looks for another engine first, unless there is data of an own one.
    await mkdir(join(engine.folder, 'data'));
    await engine.start();
    const copy = 'docker save "$IMAGE" | DOCKER_HOST="$TO" docker load';
    await output('sh', ['-c', copy], {
      env: { ...process.env, DOCKER_HOST, IMAGE: NODE_IMAGE, TO: engine.docker.host },
      timeoutMs: START_MS,
    });
    return engine;
  }

  /** Starts it again. */
  async start(): Promise<void> {
    await this.script('start');
  }

  /** Stops it, and with it all containers. */
  async stop(): Promise<void> {
    await this.script('stop');
  }

  private async script(what: string): Promise<void> {
    const { DOCKER_HOST: _, ...env } = process.env;
    // It keeps running, so its output must not go to a pipe that is waited for.
    const quietly = '"$0" "$1" "$2" >"$2/script.log" 2>&1 || { cat "$2/script.log" >&2; exit 1; }';
    await output('sh', ['-c', quietly, SCRIPT, what, this.folder], { env, timeoutMs: START_MS });
  }

  /** Stops it for good, with nothing left in it: the bridges of its networks would outlive it. */
  async end(): Promise<void> {
    await this.start();
    await this.docker.clear();
    await this.stop();
    await rm(this.folder, { recursive: true, force: true });
  }
}
