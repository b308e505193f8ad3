// A way to Carina on which a page comes in two parts, as on a slow line, and the second only when the
// test says so.

import { type IncomingMessage, type ServerResponse, createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Halting {
  /** Where browsers find it. */
  url: string;
  /** Lets the rest of the page through. */
  goOn: () => void;
  /** Ends it, with everything that still goes through it. */
  end: () => void;
}

/** Listens for a browser, and halts the page at `path` before the first `mark` in it. */
export async function halting(to: string, path: string, mark: string): Promise<Halting> {
  let goOn = () => {};
  const rest = new Promise<void>((resolve) => {
    goOn = resolve;
  });

  async function inTwoParts(answer: IncomingMessage, response: ServerResponse) {
    const page = (await answer.setEncoding('utf8').toArray()).join('');
    const at = page.indexOf(mark);
    if (at < 0) throw new Error(`no ${mark} in ${path}`);
    response.write(page.slice(0, at));
    await rest;
    response.end(page.slice(at));
  }

  const server = createServer((asked, response) => {
    const { method, url = '/' } = asked;
    const headers = { ...asked.headers, 'accept-encoding': 'identity' };
    const onward = request(`${to}${url}`, { method, headers }, (answer) => {
      const { 'content-length': _, ...kept } = answer.headers;
      response.writeHead(answer.statusCode ?? 502, kept);
      if (url === path) void inTwoParts(answer, response);
      else answer.pipe(response);
    });
    // What is open when either side goes, goes with it.
    onward.on('error', () => response.destroy());
    response.on('close', () => onward.destroy());
    asked.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    goOn,
    end: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
