import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** A Service port on loopback: each connection goes to one of the ready pods in turn. */
export class ServiceProxy {
  readonly #sockets = new Set<Socket>();
  #turn = 0;

  private constructor(private readonly server: Server, readonly port: number) {}

  static async listen(endpoints: () => number[]): Promise<ServiceProxy> {
    const server = createServer({ noDelay: true });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port =
      typeof address === 'object' && address !== null ? address.port : 0;
    const proxy = new ServiceProxy(server, port);
    server.on('connection', socket => proxy.#forward(socket, endpoints()));
    return proxy;
  }

  async close(): Promise<void> {
    const closed = once(this.server, 'close');
    this.server.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #forward(incoming: Socket, ports: number[]): void {
    this.#sockets.add(incoming);
    incoming.on('close', () => this.#sockets.delete(incoming));
    incoming.on('error', () => incoming.destroy());
    const port = ports[this.#turn++ % Math.max(ports.length, 1)];
    if (port === undefined) {
      // Nobody is ready: as refused as a connection that was taken can be.
      incoming.resetAndDestroy();
      return;
    }
    const outgoing = connect({ port, host: '127.0.0.1', noDelay: true });
    outgoing.on('error', () => incoming.destroy());
    incoming.on('close', () => outgoing.destroy());
    outgoing.on('close', () => incoming.end());
    incoming.pipe(outgoing);
    outgoing.pipe(incoming);
  }
}
