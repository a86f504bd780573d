import { once } from 'node:events';
import { createServer } from 'node:net';

const taken = new Set<number>();

/** A port of this machine nobody listens on, given out once. */
export async function freePort(): Promise<number> {
  for (;;) {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    server.close();
    await once(server, 'close');
    if (typeof address === 'object' && address && !taken.has(address.port)) {
      taken.add(address.port);
      return address.port;
    }
  }
}

export function releasePort(port: number): void {
  taken.delete(port);
}
