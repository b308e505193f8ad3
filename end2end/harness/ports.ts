// Ports that nobody uses.

import { createServer } from 'node:net';

/** A free port of the loopback interface. */
export async function freePort(): Promise<number> {
  return listenOn(0);
}

/** A range of free ports for nodes, outside those that the system hands out by itself. */
export async function freeRange(length: number): Promise<string> {
  for (let tries = 0; tries < 50; tries += 1) {
    const first = 25_000 + Math.floor((Math.random() * 7_000) / length) * length;
    const all = Array.from({ length }, (_, offset) => listenOn(first + offset));
    const results = await Promise.allSettled(all);
    if (results.every((result) => result.status === 'fulfilled')) {
      return `${first}-${first + length - 1}`;
    }
  }
  throw new Error(`there are no ${length} free ports in a row`);
}

function listenOn(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      const found = typeof address === 'object' && address ? address.port : port;
      server.close(() => resolve(found));
    });
  });
}
