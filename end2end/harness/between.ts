// Stands between the dashboard and a part of a cloud: counts what is asked, and fails when told to.

import { type IncomingMessage, type Server, createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Passes requests on; the addresses in what comes back lead through it as well. */
export class Between {
  /** How many requests came. */
  count = 0;
  /** How long every answer takes longer. */
  delayMs = 0;
  /** What everything is answered with, instead of being passed on. */
  fails: { status: number; body: string } | undefined;
  /** The tokens that requests came with, each once, in their order. */
  readonly tokens = new Set<string>();

  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  /** Before `target`. `others`: what to replace in answers, with what. */
  static async before(target: string, others: () => [string, string][] = () => []): Promise<Between> {
    const server = createServer();
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    const { port } = server.address() as AddressInfo;
    const between = new Between(server, `http://127.0.0.1:${port}`);
    const replaced = () => [[target, between.url] as [string, string], ...others()];
    server.on('request', (asked: IncomingMessage, answer) => {
      between.count += 1;
      const token = asked.headers['x-auth-token'];
      if (typeof token === 'string') between.tokens.add(token);
      if (between.fails) {
        asked.resume();
        const type = { 'content-type': 'application/json' };
        answer.writeHead(between.fails.status, type).end(between.fails.body);
        return;
      }
      const headers = { ...asked.headers, 'accept-encoding': 'identity' };
      const onward = request(target + asked.url, { method: asked.method, headers }, (came) => {
        const chunks: Buffer[] = [];
        came.on('data', (chunk: Buffer) => chunks.push(chunk));
        came.on('end', () => {
          let body = Buffer.concat(chunks).toString();
          for (const [from, to] of replaced()) body = body.replaceAll(from, to);
          const { 'content-length': _, 'transfer-encoding': __, ...rest } = came.headers;
          answer.writeHead(came.statusCode ?? 502, rest).end(asked.method === 'HEAD' ? '' : body);
        });
      });
      onward.on('error', () => answer.writeHead(502).end());
      setTimeout(() => asked.pipe(onward), between.delayMs);
    });
    return between;
  }

  /** Takes no more requests, and drops those it has. */
  end(): void {
    this.server.close();
    this.server.closeAllConnections();
  }
}
