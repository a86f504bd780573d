import { once } from 'node:events';
import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { errorAnswer, type Answer, type Calls } from './Calls';
import { StartError, type Settings } from './settings';

const MAX_CONNECTIONS = 2_048;
/** Milliseconds a caller may take to send one request. */
const RECEIVE_TIMEOUT = 30_000;

/** The body as text; undefined when it is larger than allowed. */
async function readBody(
  request: IncomingMessage,
  most: number,
): Promise<string | undefined> {
  if (Number(request.headers['content-length'] ?? 0) > most) return undefined;
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > most) return undefined;
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** The node's HTTP/1.1 server, keep-alive. */
export class NodeServer {
  /** Absent until `init` has run. */
  calls: Calls | undefined;
  #stopping = false;
  #open = 0;
  #onIdle: (() => void) | undefined;

  private constructor(
    private readonly server: Server,
    private readonly settings: Settings,
    private readonly onExit: () => void,
  ) {}

  /** @param onExit - called after the answer of a call that ended the process @throws StartError */
  static async listen(
    settings: Settings,
    onExit: () => void,
  ): Promise<NodeServer> {
    const server = createServer({
      keepAliveTimeout: settings.idleTimeout * 1_000,
      requestTimeout: RECEIVE_TIMEOUT,
      noDelay: true,
    });
    server.maxConnections = MAX_CONNECTIONS;
    const node = new NodeServer(server, settings, onExit);
    server.on('request', (request, response) => node.#serve(request, response));
    server.listen(settings.port, settings.host, 1_024);
    try {
      await once(server, 'listening');
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new StartError(
        `cannot listen on ${settings.host ?? '*'}:${settings.port}: ${reason}`,
      );
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
    if (this.#open > 0) {
      await new Promise<void>(resolve => {
        this.#onIdle = resolve;
      });
    }
  }

  #serve(request: IncomingMessage, response: ServerResponse): void {
    this.#open++;
    response.once('close', () => {
      this.#open--;
      if (this.#open === 0) this.#onIdle?.();
    });
    this.#answer(request, response)
      .then(answer => {
        this.#write(request, response, answer);
        if (this.calls?.exitRequest) response.once('close', this.onExit);
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
