// What a downloaded kubeconfig says, and a server that knows whether its certificate is any good.

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TLSSocket, connect, createServer } from 'node:tls';

import { TARGET } from './environment';
import { output } from './process';
import type { Rig } from './rig';

/** The parts of a kubeconfig that a client uses. */
export interface Kubeconfig {
  server: string;
  ca: string;
  cert: string;
  key: string;
}

interface Document {
  'current-context': string;
  contexts: { name: string; context: { cluster: string; user: string } }[];
  clusters: {
    name: string;
    cluster: { server: string; 'certificate-authority-data': string };
  }[];
  users: {
    name: string;
    user: { 'client-certificate-data': string; 'client-key-data': string };
  }[];
}

/** Reads a kubeconfig as kubectl does: from the current context on. */
export async function readKubeconfig(path: string): Promise<Kubeconfig> {
  // The rig has a parser of YAML; one of our own would forgive what others do not.
  const python = join(TARGET, 'magnum/venv/bin/python');
  const program = 'import json, sys, yaml; print(json.dumps(yaml.safe_load(open(sys.argv[1]))))';
  const all = JSON.parse(await output(python, ['-c', program, path])) as Document;
  const context = all.contexts.find((it) => it.name === all['current-context'])?.context;
  const cluster = all.clusters.find((it) => it.name === context?.cluster)?.cluster;
  const user = all.users.find((it) => it.name === context?.user)?.user;
  if (!cluster || !user) throw new Error(`${path}: its current context leads nowhere`);
  const text = (base64: string) => Buffer.from(base64, 'base64').toString();
  return {
    server: cluster.server,
    ca: text(cluster['certificate-authority-data']),
    cert: text(user['client-certificate-data']),
    key: text(user['client-key-data']),
  };
}

/** The API of a cluster, as far as the handshake: it lets in whom the cluster's authority vouches for. */
export class Door {
  private constructor(
    private readonly server: ReturnType<typeof createServer>,
    private readonly folder: string,
  ) {}

  /** Opens it at a port, with a certificate that the cluster's authority signed. */
  static async open(rig: Rig, cluster: string, port: number): Promise<Door> {
    const folder = await mkdtemp(join(tmpdir(), 'carina-e2e-door-'));
    const [keyFile, csrFile] = [join(folder, 'key.pem'), join(folder, 'csr.pem')];
    const made = ['req', '-new', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'];
    const named = ['-nodes', '-subj', '/CN=kube-apiserver'];
    const extensions = ['subjectAltName=IP:127.0.0.1', 'extendedKeyUsage=serverAuth'];
    await output('openssl', [
      ...made,
      ...named,
      ...extensions.flatMap((it) => ['-addext', it]),
      ...['-keyout', keyFile, '-out', csrFile],
    ]);
    const csr = await readFile(csrFile, 'utf8');
    const [cert, ca] = await Promise.all([rig.sign(cluster, csr), rig.authority(cluster)]);
    const key = await readFile(keyFile);
    const server = createServer(
      { key, cert, ca, requestCert: true, rejectUnauthorized: true },
      (socket) => {
        const { subject } = socket.getPeerCertificate();
        socket.end(`${subject.CN} of ${subject.O}`);
      },
    );
    // Whom it refuses hears of it; here it is no news.
    server.on('tlsClientError', () => undefined);
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    return new Door(server, folder);
  }

  async close(): Promise<void> {
    await new Promise((resolve) => this.server.close(resolve));
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** Knocks at what a kubeconfig points at; answers as whom one was let in. */
export function knock({ server, ca, ...own }: Kubeconfig | Omit<Kubeconfig, 'cert' | 'key'>) {
  const { hostname, port } = new URL(server);
  return new Promise<string>((resolve, reject) => {
    let said = '';
    const socket: TLSSocket = connect({ host: hostname, port: Number(port), ca, ...own });
    socket.on('data', (chunk: Buffer) => (said += chunk.toString()));
    socket.once('error', reject);
    // Whoever is refused may only see the end.
    socket.once('end', () => (said ? resolve(said) : reject(new Error('closed without a word'))));
  });
}

/** Writes a kubeconfig's key to a file only to see that openssl takes it for what it is. */
export async function keyKind(config: Kubeconfig, folder: string): Promise<string> {
  const path = join(folder, 'key-of-config.pem');
  await writeFile(path, config.key, { mode: 0o600 });
  return output('openssl', ['pkey', '-in', path, '-noout', '-text']);
}
