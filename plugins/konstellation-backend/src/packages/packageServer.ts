import { once } from 'node:events';
import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import type { LoggerService } from '@backstage/backend-plugin-api';
import { isSameToken } from '../manifests/tokens';
import { requestedPart } from './byteRange';
import { CutDownload, Downloads, type Pace } from './Downloads';
import type { PackageStore } from './PackageStore';

const PATH = /^\/packages\/(sha256:[0-9a-f]{64})$/;

/** Bounds of who asks: of headers, of all of a request, of a connection where nothing moves. */
const SERVER = {
  maxHeaderSize: 16 * 1024,
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  connectionsCheckingInterval: 5_000,
  keepAliveTimeout: 5_000,
};
const IDLE_MILLIS = 120_000;
const MAX_CONNECTIONS = 1_024;
/** Kernels take some MiB before a slow reader shows: less than this, for so long, is nobody who reads. */
const PACE: Pace = { millis: 60_000, bytes: 64 * 1024 };
/** Downloads end within that, or are cut and go on elsewhere. */
const CLOSE_MILLIS = 5_000;
/** When to ask again where all places are taken. */
const RETRY_SECONDS = 5;

export interface PackageServerOptions {
  host: string;
  port: number;
  /** How pods reach this port; its own address by default. */
  baseUrl?: string;
  store: PackageStore;
  /** The tokens that are good for a digest now. */
  tokensOf: (digest: string) => Promise<string[]>;
  /** Packages that go through this process at once. */
  maxDownloads: number;
  /** What a reader has to take. */
  pace?: Pace;
  /** How long running downloads may take when it closes. */
  closeMillis?: number;
  logger: LoggerService;
}

/**
 * The port krt-fetch gets packages from, whole or from a byte on, or is told a URL of the object store for it. It serves nothing
 * else, as pods of runtimes may reach it. Nothing is kept between requests: any replica goes on with what another began.
 */
export class PackageServer {
  readonly #downloads: Downloads;
  readonly #server: Server;

  private constructor(private readonly options: PackageServerOptions) {
    const { maxDownloads: atOnce, pace = PACE, logger } = options;
    this.#downloads = new Downloads({ atOnce, pace });
    this.#server = createServer(SERVER, (request, response) => {
      this.#serve(request, response).catch(error => {
        // Who goes away in the middle is no failure of ours.
        if (error instanceof CutDownload) logger.info(error.message);
        else if (response.destroyed) logger.debug(`a download ended: ${error}`);
        else logger.warn(`a package could not be served: ${error}`);
        if (response.headersSent) response.destroy();
        else refuse(response, 500, 'the package could not be read');
      });
    });
    this.#server.maxConnections = MAX_CONNECTIONS;
    this.#server.timeout = IDLE_MILLIS;
  }

  static async listen(options: PackageServerOptions): Promise<PackageServer> {
    const created = new PackageServer(options);
    created.#server.listen(options.port, options.host);
    await once(created.#server, 'listening');
    return created;
  }

  url(digest: string): string {
    const { port } = this.#server.address() as AddressInfo;
    const base = this.options.baseUrl ?? `http://127.0.0.1:${port}`;
    return `${base}/packages/${digest}`;
  }

  /** Lets running downloads end for some seconds, then cuts them. */
  async close(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeIdleConnections();
    await this.#downloads.close(this.options.closeMillis ?? CLOSE_MILLIS);
    this.#server.closeAllConnections();
    await closed;
  }

  async #serve(
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const digest = PATH.exec(request.url ?? '')?.[1];
    if (!digest) {
      refuse(response, 404, 'there is no such package');
      return;
    }
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      refuse(response, 405, 'packages can only be read', {
        allow: 'GET, HEAD',
        connection: 'close',
      });
      return;
    }
    // An unknown digest and a wrong token get the same answer.
    if (!(await this.#isGood(request, digest))) {
      const reason = 'the token is not good for this package (any more)';
      refuse(response, 403, reason);
      return;
    }
    const elsewhere =
      request.method === 'GET' &&
      (await this.options.store.downloadUrl(digest));
    if (elsewhere) {
      response.writeHead(307, {
        location: elsewhere,
        'cache-control': 'no-store',
        'content-length': 0,
      });
      response.end();
      return;
    }
    await this.#send(digest, request, response);
  }

  async #isGood(request: IncomingMessage, digest: string): Promise<boolean> {
    const { authorization = '' } = request.headers;
    const token = /^Bearer (.+)$/.exec(authorization)?.[1];
    if (!token) return false;
    const good = await this.options.tokensOf(digest);
    return good.some(known => isSameToken(known, token));
  }

  async #send(
    digest: string,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const { store } = this.options;
    const size = await store.sizeOf(digest);
    if (size === undefined) {
      refuse(response, 404, 'there is no such package');
      return;
    }
    const etag = `"${digest}"`;
    const part = requestedPart(request.headers, { size, etag });
    if (!part.isSatisfiable) {
      refuse(response, 416, `the package has ${size} bytes`, {
        'content-range': `bytes */${size}`,
      });
      return;
    }
    const { isPart, start } = part;
    const headers = {
      'content-type': 'application/gzip',
      'content-length': size - start,
      'accept-ranges': 'bytes',
      etag,
      ...(isPart
        ? { 'content-range': `bytes ${start}-${size - 1}/${size}` }
        : {}),
    };
    if (request.method === 'HEAD') {
      response.writeHead(isPart ? 206 : 200, headers).end();
      return;
    }
    const download = this.#downloads.begin();
    if (!download) {
      refuse(response, 503, 'as many packages are sent as may be at once', {
        'retry-after': RETRY_SECONDS,
      });
      return;
    }
    try {
      const opened = await store.open(digest, { start });
      if (!opened) {
        refuse(response, 404, 'there is no such package');
        return;
      }
      response.writeHead(isPart ? 206 : 200, headers);
      await download.send(opened.stream, response);
    } finally {
      download.end();
    }
  }
}

function refuse(
  response: ServerResponse,
  status: number,
  message: string,
  headers: Record<string, string | number> = {},
): void {
  response.writeHead(status, { 'content-type': 'text/plain', ...headers });
  response.end(`${message}\n`);
}
