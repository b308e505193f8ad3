// The control plane's API, as a program uses it.

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { ADMIN, ADMIN_API_KEY, type Carina } from '../harness/carina';
import { output } from '../harness/process';

interface Cluster {
  id: string;
  status: string;
}

export class Api {
  private constructor(
    private readonly base: string,
    readonly token: string,
  ) {}

  static async of(carina: Carina): Promise<Api> {
    const credentials = { username: ADMIN.username, apiKey: ADMIN_API_KEY };
    const response = await fetch(`${carina.api}/v2.0/tokens`, {
      method: 'POST',
      body: JSON.stringify({ auth: { 'RAX-KSKEY:apiKeyCredentials': credentials } }),
    });
    const { access } = (await response.json()) as { access: { token: { id: string } } };
    return new Api(carina.api, access.token.id);
  }

  private async send(method: string, path: string, body?: object): Promise<Response> {
    const response = await fetch(`${this.base}/v2${path}`, {
      method,
      headers: { 'X-Auth-Token': this.token },
      ...(body && { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return response;
  }

  private async json<T>(...request: Parameters<Api['send']>): Promise<T> {
    return (await (await this.send(...request)).json()) as T;
  }

  async create(name: string, nodes: number): Promise<string> {
    const body = { name, cluster_type_id: 1, node_count: nodes };
    return (await this.json<Cluster>('POST', '/clusters', body)).id;
  }

  cluster(id: string): Promise<Cluster> {
    return this.json('GET', `/clusters/${id}`);
  }

  async clusters(): Promise<Cluster[]> {
    return (await this.json<{ clusters: Cluster[] }>('GET', '/clusters')).clusters;
  }

  async resize(id: string, nodes: number): Promise<void> {
    await this.send('POST', `/clusters/${id}/tasks`, { type: 'resize', input: { node_count: nodes } });
  }

  async delete(id: string): Promise<void> {
    await this.send('DELETE', `/clusters/${id}`);
  }

  async unpackCredentials(id: string, folder: string): Promise<void> {
    const zip = await (await this.send('GET', `/clusters/${id}/credentials/zip`)).arrayBuffer();
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'bundle.zip'), Buffer.from(zip));
    await output('unzip', ['-qo', 'bundle.zip'], { env: process.env, cwd: folder });
  }
}
