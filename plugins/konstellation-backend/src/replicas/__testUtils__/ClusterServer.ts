import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type {
  ClusterClient,
  WatchEvent,
} from '@konstellation/backstage-plugin-konstellation-node';
import { isError } from '@backstage/errors';
import express, { type Response } from 'express';
import type { SimulatedCluster } from '../../__testUtils__/simulation/SimulatedCluster';

/** Methods of the port that answer once. */
const CALLS = ['front', 'apply', 'delete', 'get', 'list', 'address'] as const;

function writeLine(response: Response, line: object): void {
  if (!response.writableEnded) response.write(`${JSON.stringify(line)}\n`);
}

function call(
  cluster: ClusterClient,
  method: (typeof CALLS)[number],
  [first, second]: never[],
): Promise<unknown> {
  switch (method) {
    case 'front':
      return cluster.front();
    case 'apply':
      return cluster.apply(first, second);
    case 'delete':
      return cluster.delete(first);
    case 'get':
      return cluster.get(first);
    case 'list':
      return cluster.list(first, second);
    case 'address':
      return cluster.address(first, second);
    default: {
      const never: never = method;
      return never;
    }
  }
}

/** A simulated cluster that portals in other processes reach, on loopback. */
export class ClusterServer {
  private constructor(private readonly server: Server) {}

  static async listen(cluster: SimulatedCluster): Promise<ClusterServer> {
    const app = express();
    app.use(express.json({ limit: '16mb' }));
    for (const method of CALLS) {
      app.post(`/${method}`, (request, response) => {
        call(cluster, method, request.body).then(
          result => response.json({ result }),
          error => {
            const { name, message } = isError(error)
              ? error
              : { name: 'Error', message: String(error) };
            response.json({ error: { name, message } });
          },
        );
      });
    }
    app.post('/watch', (request, response) => {
      const [kinds, options] = request.body;
      const connection = cluster.connect();
      response.on('close', () => {
        connection.close().catch(() => undefined);
      });
      response.flushHeaders();
      connection.watch(kinds, options, (event: WatchEvent) =>
        writeLine(response, event),
      );
    });
    app.post('/logs', async (request, response) => {
      const [pod, options] = request.body;
      const gone = new AbortController();
      response.on('close', () => gone.abort());
      try {
        const lines = cluster.logs(pod, { ...options, signal: gone.signal });
        for await (const line of lines) writeLine(response, line);
      } catch (error) {
        writeLine(response, { problem: String(error) });
      }
      response.end();
    });
    const server = createServer(app);
    await new Promise<void>(resolve => {
      server.listen(0, '127.0.0.1', resolve);
    });
    return new ClusterServer(server);
  }

  get url(): string {
    const address = this.server.address();
    const isPort = (value: typeof address): value is AddressInfo =>
      typeof value === 'object' && value !== null;
    return `http://127.0.0.1:${isPort(address) ? address.port : 0}`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise(resolve => {
      this.server.close(resolve);
    });
  }
}
