import { once } from 'node:events';
import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { Socket } from 'node:net';
import { errorAnswer, type Answer, type Calls } from './Calls';
import { messageOf, StartError, type ExitRequest } from './errors';
import type { Settings } from './settings';

const MAX_CONNECTIONS = 2_048;
/** Bytes of a body that is too large, which are read all the same. */
const MAX_DROPPED = 64 * 1024 * 1024;
/** Milliseconds a caller may take to send one request. */
const RECEIVE_TIMEOUT = 30_000;

/**
 * The body; undefined when it is larger than allowed. What is too much is read and dropped, as a caller that is still
 * sending when its connection is closed sees a broken pipe and not the answer.
 */
async function readBody(
  request: IncomingMessage,
  most: number,
): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  const declared = Number(request.headers['content-length'] ?? 0);
  if (declared > MAX_DROPPED) return undefined;
  let size = 0;
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size <= most) chunks.push(bytes);
    else if (size > MAX_DROPPED) return undefined;
    else chunks.length = 0;
  }
  return size > most ? undefined : Buffer.concat(chunks);
}

/** The node's HTTP/1.1 server, keep-alive. */
export class NodeServer {
  /** Absent until `init` has run. */
  calls: Calls | undefined;
  #stopping = false;
  #open = 0;
  /** Connections without a request so far, which Node does not count as idle. */
  readonly #unused = new Set<Socket>();
  #onIdle: (() => void) | undefined;

  private constructor(
    private readonly server: Server,
    private readonly settings: Settings,
    private readonly onExit: (request: ExitRequest) => void,
  ) {}

  /** @param onExit - called after the answer of a call that ended the process @throws StartError */
  static async listen(
    settings: Settings,
    onExit: (request: ExitRequest) => void,
  ): Promise<NodeServer> {
    const server = createServer({
      keepAliveTimeout: settings.idleTimeout * 1_000,
      requestTimeout: RECEIVE_TIMEOUT,
      noDelay: true,
    });
    server.maxConnections = MAX_CONNECTIONS;
    const node = new NodeServer(server, settings, onExit);
    server.on('connection', socket => {
      node.#unused.add(socket);
      socket.once('close', () => node.#unused.delete(socket));
    });
    server.on('request', (request, response) => node.#serve(request, response));
    server.listen(settings.port, settings.host, 1_024);
    try {
      await once(server, 'listening');
    } catch (error) {
      const where = `${settings.host ?? '*'}:${settings.port}`;
      throw new StartError(`cannot listen on ${where}: ${messageOf(error)}`);
    }
    return node;
  }

  get address(): string {
    const address = this.server.address();
    return typeof address === 'object' && address
      ? `${address.address} port ${address.port}`
      : String(address);
  }

  /** No new connections, and none without a call is kept. Resolves when the calls in flight are answered. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.server.close();
    this.server.closeIdleConnections();
    for (const socket of this.#unused) socket.destroy();
    if (this.#open > 0) {
      await new Promise<void>(resolve => {
        this.#onIdle = resolve;
      });
    }
  }

  #serve(request: IncomingMessage, response: ServerResponse): void {
    this.#open++;
    this.#unused.delete(request.socket);
    response.once('close', () => {
      this.#open--;
      if (this.#open === 0) this.#onIdle?.();
    });
    this.#answer(request, response)
      .then(answer => {
        this.#write(request, response, answer);
        const exitRequest = this.calls?.exitRequest;
        if (exitRequest) {
          response.once('close', () => this.onExit(exitRequest));
        }
      })
      // The caller went away while it was sending.
      .catch(() => response.destroy());
  }

  async #answer(
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<Answer> {
    const { method } = request;
    const [path = ''] = (request.url ?? '').split('?', 1);
    if (path === '/healthz') {
      if (method === 'GET' || method === 'HEAD') return this.#health();
      return errorAnswer(405, 'BadRequest', 'GET only');
    }
    if (path !== '/') {
      const shown = path.slice(0, 200);
      return errorAnswer(404, 'NotFound', `there is no '${shown}' here`);
    }
    if (method !== 'POST') return errorAnswer(405, 'BadRequest', 'POST only');
    if (!this.calls)
      return errorAnswer(503, 'Starting', 'the node is starting');
    const { maxBody } = this.settings;
    const body = await readBody(request, maxBody);
    if (body === undefined) {
      response.setHeader('connection', 'close');
      return errorAnswer(
        413,
        'BadRequest',
        `the body has more than ${maxBody} bytes`,
      );
    }
    return this.calls.run(body, request.headers, scope =>
      response.once('close', () => {
        if (!response.writableFinished) {
          scope.abort(new Error('the caller is gone'));
        }
      }),
    );
  }

  #health(): Answer {
    if (!this.calls) return { status: 503, body: '{"status":"starting"}' };
    return this.#stopping
      ? { status: 503, body: '{"status":"stopping"}' }
      : { status: 200, body: '{"status":"ok"}' };
  }

  #write(
    request: IncomingMessage,
    response: ServerResponse,
    { status, body }: Answer,
  ): void {
    if (this.#stopping || this.calls?.exitRequest) {
      response.setHeader('connection', 'close');
    }
    response.writeHead(status, {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
    });
    response.end(request.method === 'HEAD' ? undefined : body);
  }
}
