// A Keystone and a Magnum of the tests' own, and what tests ask them past the dashboard.

import { readFileSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { ROOT, TARGET } from './environment';
import { output } from './process';
import { until } from './wait';

/** Where it is; what runs there is ended by whoever started the tests, however they end. */
const FOLDER = join(TARGET, 'magnum', 'tests');
const SCRIPT = join(ROOT, 'crates/xtask/scripts/magnum-rig.sh');

/** A process of it that may die alone. */
type Part = 'keystone' | 'magnum' | 'conductor';

/** What `rig.json` holds of all there is. */
interface Facts {
  auth_url: string;
  magnum_url: string;
  projects: Record<string, string>;
  users: Record<string, { id: string; password: string }>;
  application_credentials: Record<string, { id: string; secret: string }>;
  templates: Record<string, string>;
}

/** A cluster as Magnum tells of it. */
export interface MagnumCluster {
  uuid: string;
  name: string;
  status: string;
  node_count: number;
  labels: Record<string, string>;
  cluster_template_id: string;
  keypair: string | null;
}

/** Who asks Magnum; all but bob and admin in project demo. */
export type Person = 'alice' | 'carol' | 'rita' | 'bob' | 'admin';

/** The rig. */
export class Rig {
  private readonly tokens = new Map<string, string>();

  private static verb(verb: string, env: Record<string, string> = {}): Promise<string> {
    return output(SCRIPT, [verb, FOLDER], {
      env: { ...process.env, ...env },
      timeoutMs: 180_000,
    });
  }

  /** Starts one without clusters. */
  static async anew(): Promise<void> {
    await Rig.stop();
    await rm(FOLDER, { recursive: true, force: true });
    await Rig.start();
  }

  /** Starts what of it does not run, with short operations. */
  static async start(): Promise<Rig> {
    await Rig.verb('start', { RIG_OP_SECONDS: '1', RIG_SYNC_SECONDS: '1' });
    return new Rig();
  }

  static async stop(): Promise<void> {
    await Rig.verb('stop');
  }

  get facts(): Facts {
    return JSON.parse(readFileSync(join(FOLDER, 'rig.json'), 'utf8')) as Facts;
  }

  account(username: Person): { username: Person; password: string } {
    return { username, password: this.facts.users[username]?.password ?? '' };
  }

  /** Ends a part as a crash would. */
  async kill(part: Part): Promise<void> {
    await Rig.verb(`${part}-stop`);
  }

  /** Starts a part that was ended. */
  async revive(part: Part, env: Record<string, string> = {}): Promise<void> {
    await Rig.verb(`${part}-start`, env);
  }

  /** Starts whatever of it does not run. */
  async whole(): Promise<void> {
    await Rig.verb('start');
  }

  /** Has a part hang: it takes requests and answers none. */
  async hang(part: Part): Promise<void> {
    process.kill(-(await this.group(part)), 'SIGSTOP');
  }

  /** Has a part that hangs go on. */
  async goOn(part: Part): Promise<void> {
    process.kill(-(await this.group(part)), 'SIGCONT');
  }

  private async group(part: Part): Promise<number> {
    return Number((await readFile(join(FOLDER, 'pid', part), 'utf8')).trim());
  }

  /** A token of somebody, asked for once. */
  private async token(person: Person): Promise<string> {
    const known = this.tokens.get(person);
    if (known) return known;
    const { auth_url, users } = this.facts;
    const project = { bob: 'other', admin: 'admin' }[person as string] ?? 'demo';
    const domain = { id: 'default' };
    const user = { name: person, password: users[person]?.password, domain };
    const answer = await fetch(`${auth_url}/auth/tokens`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        auth: {
          identity: { methods: ['password'], password: { user } },
          scope: { project: { name: project, domain } },
        },
      }),
    });
    const token = answer.headers.get('x-subject-token');
    if (!token) throw new Error(`Keystone gave ${person} no token: ${answer.status}`);
    this.tokens.set(person, token);
    return token;
  }

  /** Asks Magnum itself. */
  async ask<T>(path: string, person: Person = 'alice', method = 'GET', body?: object): Promise<T> {
    const answer = await fetch(`${this.facts.magnum_url}${path}`, {
      method,
      headers: {
        'x-auth-token': await this.token(person),
        'openstack-api-version': 'container-infra latest',
        'content-type': 'application/json',
      },
      body: body ? JSON.stringify(body) : null,
    });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return (answer.status === 204 ? undefined : await answer.json()) as T;
  }

  /** Ends a token, as signing out does wherever else it is used; the status that Keystone answers with. */
  async revoke(token: string): Promise<number> {
    const headers = { 'x-auth-token': await this.token('admin'), 'x-subject-token': token };
    const answer = await fetch(`${this.facts.auth_url}/auth/tokens`, { method: 'DELETE', headers });
    return answer.status;
  }

  /** What Magnum answers to somebody with this token. */
  async status(path: string, token: string): Promise<number> {
    const answer = await fetch(`${this.facts.magnum_url}${path}`, { headers: { 'x-auth-token': token } });
    return answer.status;
  }

  /** A cluster of a project; lists fail for a moment while one is born or dies. */
  async cluster(name: string, person: Person = 'alice'): Promise<MagnumCluster | undefined> {
    type List = { clusters: MagnumCluster[] };
    const { clusters } = await until('a list of clusters from Magnum', 10_000, () =>
      this.ask<List>('/clusters/detail', person),
    );
    return clusters.find((it) => it.name === name);
  }

  /** Makes a cluster past the dashboard, and waits until it stands. */
  async make(name: string, more: object = {}, person: Person = 'alice'): Promise<string> {
    const template = this.facts.templates['k8s-1.31'];
    const { uuid } = await this.ask<{ uuid: string }>('/clusters', person, 'POST', {
      name,
      cluster_template_id: template,
      node_count: 1,
      merge_labels: true,
      ...more,
    });
    await this.reaches(name, 'CREATE_COMPLETE', person);
    return uuid;
  }

  /** Waits until Magnum says a status of a cluster. */
  async reaches(name: string, status: string, person: Person = 'alice'): Promise<MagnumCluster> {
    return until(`${name} ${status}`, 30_000, async () => {
      const cluster = await this.cluster(name, person);
      return cluster?.status === status && cluster;
    });
  }

  /** Has all clusters of a name go. */
  async delete(name: string, person: Person = 'alice'): Promise<void> {
    const cluster = await this.cluster(name, person);
    if (cluster) await this.ask(`/clusters/${cluster.uuid}`, person, 'DELETE');
  }

  /** Asks for the certificate to a key of one's own, signed by the authority of a cluster. */
  async sign(cluster: string, csr: string): Promise<string> {
    const body = { cluster_uuid: cluster, csr };
    return (await this.ask<{ pem: string }>('/certificates', 'alice', 'POST', body)).pem;
  }

  /** The authority of a cluster. */
  async authority(cluster: string): Promise<string> {
    return (await this.ask<{ pem: string }>(`/certificates/${cluster}`)).pem;
  }
}
