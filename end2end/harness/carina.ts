// Carina as it is run: the server's binary, alone or with a control plane of its own, on free ports
// and with a data folder that goes away.

import { createHash, randomBytes } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { cp, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import type { Cookie } from '@playwright/test';

import { Docker } from './docker';
import {
  ARTIFACTS,
  CONTROL_PLANE,
  FILL,
  NODE_IMAGE,
  ROOT,
  SERVER,
  TARGET,
  siteEnvironment,
} from './environment';
import { freePort, freeRange } from './ports';
import { Process, output } from './process';
import { until } from './wait';

/** Somebody who can sign in. */
export interface Account {
  username: string;
  password: string;
}

/** The account that the first start makes. */
export const ADMIN: Account = { username: 'admin', password: 'first-password-of-the-tests' };

/** Its API key. */
export const ADMIN_API_KEY = 'first-api-key-of-the-tests';

/** What a cluster is asked to be. */
export interface ClusterForm {
  name: string;
  nodes?: number;
  flavor?: string;
}

export interface Options {
  /** Names the log. */
  name: string;
  /** Where clusters come from. */
  provisioner: 'docker' | 'simulated';
  /** Whether the control plane is a process of its own, which can end by itself. */
  separate?: boolean;
  /** The engine; the usual one without it. */
  docker?: Docker;
  /** How many simulated clusters the first account has from the start; it can have no more. */
  clusters?: number;
  /** Further settings. */
  env?: Record<string, string>;
}

const NODE_PORTS = 40;
const START_MS = 20_000;
const GONE_MS = 60_000;
const FILL_MS = 180_000;

/** A running Carina. */
export class Carina {
  /** In the name of each of its clusters, so that they are known among others on the engine. */
  readonly tag = randomBytes(3).toString('hex');
  readonly docker: Docker;
  private readonly cookies = new Map<string, Cookie>();
  private server?: Process;
  private controlPlane?: Process;
  private readonly tokens = new Map<string, string>();
  private made = 0;

  private constructor(
    private readonly options: Options,
    private readonly folder: string,
    private readonly port: number,
    private readonly apiPort: number,
    private readonly nodePorts: string,
  ) {
    this.docker = options.docker ?? new Docker();
  }

  /** Starts one and waits until people can work. */
  static async start(options: Options): Promise<Carina> {
    const folder = await mkdtemp(join(tmpdir(), 'carina-e2e-'));
    const ports = await Promise.all([freePort(), freePort(), freeRange(NODE_PORTS)]);
    const carina = new Carina(options, folder, ...ports);
    try {
      if (options.clusters) await carina.fill(options.clusters);
      if (options.separate) await carina.startControlPlane();
      await carina.startServer();
    } catch (error) {
      await carina.end();
      throw error;
    }
    return carina;
  }

  /** Where browsers find it. */
  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Where programs find its control plane. */
  get api(): string {
    return `http://127.0.0.1:${this.apiPort}`;
  }

  /** The process that serves pages, for measuring what it costs. */
  get serverPid(): number {
    return this.server?.pid ?? Number.NaN;
  }

  private get environment(): NodeJS.ProcessEnv {
    const ours = Object.entries(process.env).filter(([name]) => !/^(CARINA|LEPTOS)_/.test(name));
    return {
      ...Object.fromEntries(ours),
      ...siteEnvironment(),
      DOCKER_HOST: this.docker.host,
      CARINA_LISTEN: `127.0.0.1:${this.port}`,
      CARINA_API_LISTEN: `127.0.0.1:${this.apiPort}`,
      CARINA_DATA_DIR: join(this.folder, 'data'),
      CARINA_NODE_IMAGE: NODE_IMAGE,
      CARINA_NODE_PORTS: this.nodePorts,
      CARINA_PROVISIONER: this.options.provisioner,
      CARINA_ADMIN_PASSWORD: ADMIN.password,
      CARINA_ADMIN_API_KEY: ADMIN_API_KEY,
      ...(this.options.separate ? { CARINA_CONTROL_PLANE_URL: this.api } : {}),
      ...this.options.env,
    };
  }

  private launch(binary: string, part: string): Process {
    return Process.start(binary, [], {
      env: this.environment,
      cwd: this.folder,
      log: join(ARTIFACTS, 'logs', `${this.options.name}-${this.tag}-${part}.log`),
    });
  }

  /** Its data folder begins as a copy of one that was filled before: filling takes most of a minute. */
  private async fill(clusters: number): Promise<void> {
    const kept = await fixture(clusters, async (folder) => {
      const env = { ...this.environment, CARINA_DATA_DIR: folder };
      await output(FILL, [String(clusters)], { env, timeoutMs: FILL_MS });
    });
    await cp(kept, join(this.folder, 'data'), { recursive: true });
  }

  /** Starts the dashboard, with the control plane in it unless that is separate. */
  async startServer(): Promise<void> {
    this.server = this.launch(SERVER, 'server');
    await this.answers(this.server, `${this.url}/readyz`);
  }

  /** Starts the separate control plane. */
  async startControlPlane(): Promise<void> {
    this.controlPlane = this.launch(CONTROL_PLANE, 'control-plane');
    await this.answers(this.controlPlane, this.api);
  }

  private async answers(it: Process, url: string): Promise<void> {
    await until(`an answer from ${url} (see ${it.log})`, START_MS, async () => {
      if (!it.isRunning) return true;
      const answer = await fetch(url, { signal: AbortSignal.timeout(2000) });
      return answer.status < 500;
    });
    if (!it.isRunning) throw new Error(`it ended at its start: ${it.words}`);
  }

  /** Ends the dashboard as a power cut would. */
  async killServer(): Promise<void> {
    await this.server?.kill();
  }

  /** Ends the separate control plane as a power cut would. */
  async killControlPlane(): Promise<void> {
    await this.controlPlane?.kill();
  }

  /** Ends all of it and takes its data away. What it made on the engine stays. */
  async end(): Promise<void> {
    await this.server?.stop();
    await this.controlPlane?.stop();
    await rm(this.folder, { recursive: true, force: true });
  }

  /**
   * Ends it, once its clusters are gone from the engine. Tests delete what they made; if one failed
   * before that, what is left is removed here, and otherwise it is a fault of Carina's.
   */
  async finish(failed: boolean): Promise<void> {
    let left: string[] = [];
    if (this.options.provisioner === 'docker') {
      const gone = until(
        'the end of all clusters on the engine',
        failed ? 0 : GONE_MS,
        async () => {
          left = await this.onEngine();
          return left.length === 0;
        },
      );
      await gone.catch(() => undefined);
    }
    await this.end();
    if (left.length > 0) {
      await this.docker.remove(await this.onEngine());
      if (!failed) throw new Error(`left on the engine: ${left.join(', ')}`);
    }
  }

  /** What it has on the engine; nothing where there is no engine. */
  private async onEngine(): Promise<string[]> {
    return this.docker.named(`-${this.tag}-`).catch(() => []);
  }

  /** A name that no other cluster of this run has. */
  clusterName(word: string): string {
    this.made += 1;
    return `${word}${this.made}-${this.tag}`;
  }

  /** Makes another account. */
  async addAccount(username: string): Promise<Account> {
    const password = `password-of-${username}`;
    const arguments_ = ['account', 'add', username, '--password', password];
    await output(CONTROL_PLANE, arguments_, { env: this.environment, cwd: this.folder });
    return { username, password };
  }

  /** A session of an account, begun once and used by all its tests: sign-ins are counted. */
  async session(account: Account): Promise<Cookie> {
    const known = this.cookies.get(account.username);
    if (known) return known;
    const cookie = await this.newSession(account);
    this.cookies.set(account.username, cookie);
    return cookie;
  }

  /** A session of its own, to be ended. */
  async newSession({ username, password }: Account): Promise<Cookie> {
    const form = { username, kind: 'password', secret: password, next: '/clusters' };
    const answer = await this.post('/api/sign_in', form);
    const [pair = ''] = (answer.headers.getSetCookie()[0] ?? '').split(';');
    const [name = '', value = ''] = pair.split('=');
    if (!answer.ok || !value) throw new Error(`${username} cannot sign in: ${answer.status}`);
    return {
      name,
      value,
      domain: '127.0.0.1',
      path: '/',
      expires: -1,
      httpOnly: true,
      secure: true,
      sameSite: 'Lax',
    };
  }

  /** A request past the browser; redirects are not followed. */
  fetch(path: string, cookie?: Cookie, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers);
    if (cookie) headers.set('cookie', `${cookie.name}=${cookie.value}`);
    return fetch(`${this.url}${path}`, { redirect: 'manual', ...init, headers });
  }

  /** A form as the dashboard's own script sends it. */
  post(path: string, form: Record<string, string>, cookie?: Cookie): Promise<Response> {
    return this.fetch(path, cookie, {
      method: 'POST',
      headers: { accept: 'application/json' },
      body: new URLSearchParams(form),
    });
  }

  private async act(
    name: string,
    form: Record<string, string>,
    account: Account,
  ): Promise<Response> {
    const answer = await this.post(`/api/${name}`, form, await this.session(account));
    if (!answer.ok) throw new Error(`${name}: ${answer.status} ${await answer.text()}`);
    return answer;
  }

  /** Asks for a cluster; its id. */
  async create(
    { name, nodes = 1, flavor = 'container1-1G' }: ClusterForm,
    account = ADMIN,
  ): Promise<string> {
    const key = randomBytes(8).toString('hex');
    const form = { name, cluster_type: '1', flavor, nodes: String(nodes), key };
    return idIn(await this.act('create_cluster', form, account));
  }

  /** Asks for help; the ticket's id. */
  async openTicket(subject: string, text: string, account = ADMIN): Promise<string> {
    return lastOf(await this.act('open_ticket', { subject, text }, account));
  }

  /** Has everything sent to a webhook; the subscription's id. */
  async subscribe(place: string, account = ADMIN): Promise<string> {
    return lastOf(await this.act('subscribe', { kind: 'webhook', place }, account));
  }

  /** Asks for another number of nodes. */
  async resize(id: string, nodes: number, account = ADMIN): Promise<void> {
    await this.act('resize_cluster', { id, nodes: String(nodes) }, account);
  }

  /** Asks for the end of a cluster. */
  async delete(id: string, name: string, account = ADMIN): Promise<void> {
    await this.act('delete_cluster', { id, name }, account);
  }

  /** The names of an account's clusters with the states they are in. */
  async clusters(account = ADMIN): Promise<Map<string, string>> {
    type List = { clusters: { name: string; status: string }[]; next?: string | null };
    const all = new Map<string, string>();
    let marker = '';
    do {
      const list = await this.ask<List>(`/v2/clusters?limit=500${marker}`, account);
      for (const { name, status } of list.clusters) all.set(name, status);
      marker = list.next ? `&marker=${encodeURIComponent(list.next)}` : '';
    } while (marker);
    return all;
  }

  /** The id of an account. */
  async accountId(username: string): Promise<string> {
    type List = { accounts: { id: string; username: string }[] };
    const { accounts } = await this.ask<List>('/v2/accounts');
    const account = accounts.find((it) => it.username === username);
    if (!account) throw new Error(`no account ${username}`);
    return account.id;
  }

  /** Waits until so many nodes of a cluster have been measured. */
  async measures(id: string, nodes: number): Promise<void> {
    type Metrics = { cluster: { points: unknown[] }; nodes: { points: unknown[] }[] };
    await until(`measurements of ${nodes} nodes`, 60_000, async () => {
      const metrics = await this.ask<Metrics>(`/v2/clusters/${id}/metrics?window=5m`);
      const measured = metrics.nodes.filter((it) => it.points.length > 0);
      return measured.length >= nodes && metrics.cluster.points.length > 0;
    });
  }

  /** What the control plane answers. */
  private async ask<T>(path: string, account = ADMIN): Promise<T> {
    const headers = { 'x-auth-token': await this.token(account) };
    const answer = await fetch(`${this.api}${path}`, { headers });
    if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
    return (await answer.json()) as T;
  }

  /** A token of an account at the control plane, asked for once. */
  private async token({ username, password }: Account): Promise<string> {
    const known = this.tokens.get(username);
    if (known) return known;
    const auth = { passwordCredentials: { username, password } };
    const answer = await fetch(`${this.api}/v2.0/tokens`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ auth }),
    });
    const { access } = (await answer.json()) as { access: { token: { id: string } } };
    this.tokens.set(username, access.token.id);
    return access.token.id;
  }

  /** Waits until a cluster is in a state. */
  async reaches(name: string, status: string, account = ADMIN): Promise<void> {
    await until(`${name} ${status}`, 60_000, async () => {
      return (await this.clusters(account)).get(name) === status;
    });
  }
}

/**
 * A data folder with so many clusters, made when there is none yet. It is made anew when the schema
 * or what makes it changes; any other program of ours brings it up to date as it would anybody's.
 */
async function fixture(clusters: number, fill: (folder: string) => Promise<void>): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify([ADMIN, ADMIN_API_KEY]));
  for (const part of ['migrations', 'examples/many', 'examples/fill.rs']) {
    const path = join(ROOT, 'crates/control-plane', part);
    const inside = statSync(path).isDirectory() ? readdirSync(path, { recursive: true }) : [''];
    for (const file of inside.map(String).sort()) {
      const each = join(path, file);
      if (statSync(each).isFile()) hash.update(file).update(readFileSync(each));
    }
  }
  const kept = join(TARGET, 'fixtures', `clusters-${clusters}-${hash.digest('hex').slice(0, 16)}`);
  if (existsSync(kept)) return kept;
  await mkdir(dirname(kept), { recursive: true });
  const folder = await mkdtemp(`${kept}.`);
  await fill(folder);
  await rename(folder, kept);
  return kept;
}

/** The id at the end of the address that an answer leads on to. */
function lastOf(answer: Response): string {
  const id = answer.headers.get('location')?.split('/').at(-1);
  if (!id) throw new Error(`it leads nowhere: ${answer.status}`);
  return id;
}

/** The id of the cluster whose page an answer leads on to. */
export function idIn(answer: Response): string {
  const id = /^\/clusters\/([0-9a-f-]{36})$/.exec(answer.headers.get('location') ?? '')?.[1];
  if (!id) throw new Error(`it does not lead on to a cluster: ${answer.headers.get('location')}`);
  return id;
}
