import { once } from 'node:events';
import http from 'node:http';
import http2 from 'node:http2';
import net from 'node:net';

const PREFACE = 'PRI * HTTP/2.0';
const SNIFF_MILLIS = 10_000;
const MAX_HEADERS = 32 * 1024;
const MAX_CONNECTIONS = 4_096;
/** Hop-by-hop headers (RFC 9110, 7.6.1) are each connection's own. */
const HOP = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'transfer-encoding',
  'upgrade',
  'http2-settings',
]);

/** What the front itself says holds for everyone: pages may read it. */
const READABLE = {
  'access-control-allow-origin': '*',
  'access-control-allow-methods': '*',
  'access-control-allow-headers': '*',
};

/** Where requests for a host go: loopback ports of pods, or undefined for a host nobody has. */
export type Route = (host: string) => number[] | undefined;

function refusal(ports: number[] | undefined, host: string) {
  return ports === undefined
    ? {
        status: 404,
        grpc: '5',
        body: {
          code: 'not_found',
          message: `no solution has the address ${host}`,
        },
      }
    : {
        status: 503,
        grpc: '14',
        body: {
          code: 'unavailable',
          message: 'no version of this solution is published at the moment',
        },
      };
}

/** What stands before the published Services: one port for all hosts, HTTP/1.1 and cleartext HTTP/2. */
export class FrontProxy {
  readonly #sockets = new Set<net.Socket>();
  readonly #sessions = new Map<number, http2.ClientHttp2Session>();
  readonly #agent = new http.Agent({ keepAlive: true, maxSockets: 1_024 });
  readonly #http1: http.Server;
  readonly #http2: http2.Http2Server;
  readonly #server: net.Server;
  #turn = 0;

  private constructor(private readonly route: Route) {
    this.#http1 = http.createServer({ maxHeaderSize: MAX_HEADERS }, (q, s) =>
      this.#forwardHttp1(q, s),
    );
    this.#http1.keepAliveTimeout = 65_000;
    this.#http2 = http2.createServer();
    this.#http2.on('stream', (stream, headers) =>
      this.#forwardHttp2(stream, headers),
    );
    this.#http2.on('sessionError', () => undefined);
    this.#server = net.createServer({ noDelay: true }, socket =>
      this.#sniff(socket),
    );
    this.#server.maxConnections = MAX_CONNECTIONS;
  }

  /** @throws Error that names the port when somebody else has it */
  static async listen(options: {
    port: number;
    route: Route;
  }): Promise<FrontProxy> {
    const proxy = new FrontProxy(options.route);
    proxy.#server.listen(options.port, '127.0.0.1');
    try {
      await once(proxy.#server, 'listening');
    } catch (error) {
      throw new Error(
        `the front port ${options.port} cannot be used (${error}); set konstellation.embedded.front.port to another one`,
      );
    }
    return proxy;
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  async close(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    for (const session of this.#sessions.values()) session.destroy();
    for (const socket of this.#sockets) socket.destroy();
    this.#agent.destroy();
    await closed;
  }

  #sniff(socket: net.Socket): void {
    this.#sockets.add(socket);
    const timer = setTimeout(() => socket.destroy(), SNIFF_MILLIS);
    socket.on('close', () => {
      clearTimeout(timer);
      this.#sockets.delete(socket);
    });
    socket.on('error', () => socket.destroy());
    let seen = Buffer.alloc(0);
    const onData = (part: Buffer) => {
      seen = Buffer.concat([seen, part]);
      const start = seen.toString('latin1', 0, PREFACE.length);
      if (start.length < PREFACE.length && PREFACE.startsWith(start)) return;
      clearTimeout(timer);
      socket.off('data', onData);
      socket.pause();
      socket.unshift(seen);
      if (start === PREFACE) {
        this.#http2.emit('connection', socket);
      } else {
        this.#http1.emit('connection', socket);
        socket.resume();
      }
    };
    socket.on('data', onData);
  }

  #pick(ports: number[]): number | undefined {
    return ports[this.#turn++ % Math.max(ports.length, 1)];
  }

  #target(authority: string | undefined) {
    const host = (authority ?? '').replace(/:\d+$/, '').toLowerCase();
    const ports = this.route(host);
    return { host, ports, port: ports && this.#pick(ports) };
  }

  #forwardHttp1(
    request: http.IncomingMessage,
    response: http.ServerResponse,
    attempt = 0,
  ): void {
    const { host, ports, port } = this.#target(request.headers.host);
    if (port === undefined) {
      if (request.method === 'OPTIONS') this.#allowToAsk(response);
      else this.#refuseHttp1(response, refusal(ports, host));
      return;
    }
    const headers = Object.fromEntries(
      Object.entries(request.headers).filter(([name]) => !HOP.has(name)),
    );
    headers['x-forwarded-for'] = request.socket.remoteAddress;
    headers['x-forwarded-proto'] = 'http';
    const outgoing = http.request({
      host: '127.0.0.1',
      port,
      method: request.method,
      path: request.url,
      headers,
      agent: this.#agent,
    });
    let sent = false;
    outgoing.once('socket', socket => {
      const begin = () => {
        sent = true;
        request.pipe(outgoing);
      };
      // The body waits for the connection: a refused one can go elsewhere, as nobody has seen the request.
      if (socket.connecting) socket.once('connect', begin);
      else begin();
    });
    outgoing.on('response', answer => {
      const kept = Object.entries(answer.headers).filter(
        ([name]) => !HOP.has(name),
      );
      response.writeHead(answer.statusCode ?? 502, Object.fromEntries(kept));
      answer.pipe(response);
      answer.on('error', () => response.destroy());
    });
    outgoing.on('error', () => {
      if (!sent && attempt < 3) {
        this.#forwardHttp1(request, response, attempt + 1);
      } else if (response.headersSent) {
        response.destroy();
      } else {
        this.#refuseHttp1(response, refusal([], host));
      }
    });
    response.on('close', () => outgoing.destroy());
  }

  /** The preflight of a page: without it the browser would hide from the page why it is refused. */
  #allowToAsk(response: http.ServerResponse): void {
    response.writeHead(204, { ...READABLE, 'access-control-max-age': '0' });
    response.end();
  }

  #refuseHttp1(
    response: http.ServerResponse,
    { status, body }: ReturnType<typeof refusal>,
  ): void {
    if (response.headersSent || response.destroyed) return;
    response.writeHead(status, {
      'content-type': 'application/json',
      ...READABLE,
    });
    response.end(`${JSON.stringify(body)}\n`);
  }

  #session(port: number): http2.ClientHttp2Session {
    const known = this.#sessions.get(port);
    if (known && !known.closed && !known.destroyed) return known;
    const session = http2.connect(`http://127.0.0.1:${port}`);
    const forget = () => {
      if (this.#sessions.get(port) === session) this.#sessions.delete(port);
    };
    session.on('error', forget);
    session.on('goaway', forget);
    session.on('close', forget);
    this.#sessions.set(port, session);
    return session;
  }

  #forwardHttp2(
    stream: http2.ServerHttp2Stream,
    headers: http2.IncomingHttpHeaders,
  ): void {
    stream.on('error', () => undefined);
    const { host, ports, port } = this.#target(
      headers[':authority'] ?? headers.host,
    );
    const isGrpc = String(headers['content-type'] ?? '').startsWith(
      'application/grpc',
    );
    const refuse = () => {
      if (stream.headersSent || stream.destroyed) {
        stream.close(http2.constants.NGHTTP2_CANCEL);
        return;
      }
      const { status, grpc, body } = refusal(ports, host);
      if (isGrpc) {
        stream.respond(
          {
            ':status': 200,
            'content-type': 'application/grpc',
            'grpc-status': grpc,
            'grpc-message': body.message,
          },
          { endStream: true },
        );
      } else {
        stream.respond({
          ':status': status,
          'content-type': 'application/json',
        });
        stream.end(JSON.stringify(body));
      }
    };
    if (port === undefined) {
      refuse();
      return;
    }
    const outgoing = this.#session(port).request(headers);
    outgoing.on('response', answer => {
      if (stream.destroyed) return;
      stream.respond(answer, { waitForTrailers: true });
      let trailers: http2.IncomingHttpHeaders | undefined;
      outgoing.on('trailers', received => {
        trailers = received;
      });
      stream.on('wantTrailers', () => stream.sendTrailers(trailers ?? {}));
      outgoing.pipe(stream);
    });
    outgoing.on('error', refuse);
    stream.pipe(outgoing);
    stream.on('close', () => outgoing.close());
  }
}
