// Processes that a test starts and ends itself, by their own id.

import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { createWriteStream, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { promisify } from 'node:util';

/** A process that was told to end has so long; then it is made to. */
const PATIENCE_MS = 15_000;

/** A process, and the file its words go to. */
export class Process {
  private readonly gone: Promise<void>;
  private ended = false;
  private said = '';

  private constructor(
    private readonly child: ChildProcess,
    readonly log: string,
  ) {
    mkdirSync(dirname(log), { recursive: true });
    const file = createWriteStream(log, { flags: 'a' });
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        file.write(chunk);
        // Enough for the reason of a failed start; the rest is in the file.
        this.said = (this.said + chunk.toString()).slice(-4000);
      });
    }
    const killWithUs = () => void child.kill('SIGKILL');
    process.once('exit', killWithUs);
    this.gone = new Promise((resolve) => {
      const done = () => {
        this.ended = true;
        process.off('exit', killWithUs);
        file.end();
        resolve();
      };
      child.once('close', done);
      child.once('error', (error) => {
        this.said += String(error);
        done();
      });
    });
  }

  static start(
    binary: string,
    args: string[],
    options: { env: NodeJS.ProcessEnv; cwd?: string; log: string },
  ): Process {
    const { env, cwd, log } = options;
    return new Process(spawn(binary, args, { env, cwd, stdio: ['ignore', 'pipe', 'pipe'] }), log);
  }

  /** Its id, for measuring what it costs. */
  get pid(): number {
    return this.child.pid ?? Number.NaN;
  }

  get isRunning(): boolean {
    return !this.ended;
  }

  /** The end of what it wrote. */
  get words(): string {
    return this.said;
  }

  /** Asks it to end, and sees to it. */
  async stop(): Promise<void> {
    if (this.ended) return;
    this.child.kill('SIGTERM');
    const timer = setTimeout(() => this.child.kill('SIGKILL'), PATIENCE_MS);
    await this.gone;
    clearTimeout(timer);
  }

  /** Ends it as a power cut would. */
  async kill(): Promise<void> {
    if (this.ended) return;
    this.child.kill('SIGKILL');
    await this.gone;
  }
}

const run = promisify(execFile);

/** What a command wrote, whether or not it succeeded. */
export interface Outcome {
  ok: boolean;
  stdout: string;
  stderr: string;
}

/** Runs a command to its end. */
export async function command(
  binary: string,
  args: string[],
  options: { env?: NodeJS.ProcessEnv; cwd?: string; timeoutMs?: number } = {},
): Promise<Outcome> {
  const { env, cwd, timeoutMs = 60_000 } = options;
  const limits = { timeout: timeoutMs, maxBuffer: 16 << 20 };
  try {
    return { ok: true, ...(await run(binary, args, { ...limits, env, cwd })) };
  } catch (error) {
    const { stdout = '', stderr = '', message } = error as Error & Partial<Outcome>;
    return { ok: false, stdout, stderr: stderr || message };
  }
}

/** Runs a command that has to succeed; its standard output. */
export async function output(...all: Parameters<typeof command>): Promise<string> {
  const outcome = await command(...all);
  if (!outcome.ok) throw new Error(`${all[0]} ${all[1].join(' ')}: ${outcome.stderr.trim()}`);
  return outcome.stdout;
}
