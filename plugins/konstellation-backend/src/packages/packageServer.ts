import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream/promises';
import type { LoggerService } from '@backstage/backend-plugin-api';
import { isSameToken } from '../manifests/tokens';
import type { PackageStore } from './PackageStore';

const PATH = /^\/packages\/(sha256:[0-9a-f]{64})$/;

/** The port krt-fetch gets packages from. It serves nothing else, as pods of runtimes may reach it. */
export class PackageServer {
  private constructor(
    private readonly server: Server,
    private readonly baseUrl: string | undefined,
  ) {}

  /**
   * @param options.tokensOf - the tokens that are good for a digest now
   * @param options.baseUrl - how pods reach this port; its own address by default
   */
  static async listen(options: {
    host: string;
    port: number;
    baseUrl?: string;
    store: PackageStore;
    tokensOf: (digest: string) => Promise<string[]>;
    logger: LoggerService;
  }): Promise<PackageServer> {
    const { store, tokensOf, logger } = options;
    const server = createServer((request, response) => {
      const refuse = (status: number, message: string) => {
        response.writeHead(status, { 'content-type': 'text/plain' });
        response.end(`${message}\n`);
      };
      const serve = async () => {
        const digest = PATH.exec(request.url ?? '')?.[1];
        if (request.method !== 'GET' || !digest) {
          refuse(404, 'there is no such package');
          return;
        }
        const token = /^Bearer (.+)$/.exec(
          request.headers.authorization ?? '',
        )?.[1];
        const good = await tokensOf(digest);
        // An unknown digest and a wrong token get the same answer.
        if (!token || !good.some(known => isSameToken(known, token))) {
          refuse(403, 'the token is not good for this package (any more)');
          return;
        }
        const opened = await store.open(digest);
        if (!opened) {
          refuse(404, 'there is no such package');
          return;
        }
        response.writeHead(200, {
          'content-type': 'application/gzip',
          'content-length': opened.size,
        });
        await pipeline(opened.stream, response);
      };
      serve().catch(error => {
        logger.warn(`a package could not be served: ${error}`);
        if (response.headersSent) response.destroy();
        else refuse(500, 'the package could not be read');
      });
    });
    server.requestTimeout = 30_000;
    server.listen(options.port, options.host);
    await once(server, 'listening');
    return new PackageServer(server, options.baseUrl);
  }

  url(digest: string): string {
    const { port } = this.server.address() as AddressInfo;
    const base = this.baseUrl ?? `http://127.0.0.1:${port}`;
    return `${base}/packages/${digest}`;
  }

  async close(): Promise<void> {
    this.server.close();
    this.server.closeAllConnections();
    await once(this.server, 'close');
  }
}
