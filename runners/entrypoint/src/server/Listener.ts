import http from 'node:http';
import http2 from 'node:http2';
import net from 'node:net';
import { Handler, Request, Response } from './exchange';
import {
  Http1Connection,
  http1IdleTimeout,
  Http2Connection,
  TrackedConnection,
} from './connections';

export interface ListenerOptions {
  handler: Handler;
  host?: string;
  /** 0: a free one. */
  port: number;
  /** How long a draining listener keeps a connection without a call, in milliseconds. */
  drainIdleTimeout: number;
}

const http2Preface = Buffer.from('PRI * HTTP/2.0');
const maxConnections = 8_192;
const maxHeaderSize = 32 * 1024;
const maxConcurrentStreams = 1_000;
const sniffTimeout = 10_000;
const sweepInterval = 500;
/** How long a caller may take to send a request. */
const receiveTimeout = 60_000;

/**
 * One port for HTTP/1.1 and cleartext HTTP/2. Node's http2 server does not speak HTTP/1.1, so the first bytes of a
 * connection decide which server gets the socket.
 */
export class Listener {
  private readonly connections = new Set<TrackedConnection>();
  /** Sockets that have not said yet what they speak. */
  private readonly unknown = new Set<net.Socket>();
  private readonly server: net.Server;
  private readonly http1: http.Server;
  private readonly http2: http2.Http2Server;
  private readonly bySocket = new WeakMap<net.Socket, Http1Connection>();
  private readonly bySession = new WeakMap<
    http2.Http2Session,
    Http2Connection
  >();
  private sweeper?: NodeJS.Timeout;
  private isDraining = false;

  constructor(private readonly options: ListenerOptions) {
    this.http1 = http.createServer(
      { maxHeaderSize, noDelay: true, keepAliveTimeout: http1IdleTimeout },
      (request, response) => {
        const connection = this.bySocket.get(request.socket);
        connection?.begin(request, response);
        this.handle(request, response);
      },
    );
    this.http2 = http2.createServer(
      { settings: { maxConcurrentStreams } },
      (request, response) => {
        const { session } = request.stream;
        const connection = session && this.bySession.get(session);
        connection?.begin(request, response);
        this.handle(request, response);
      },
    );
    this.http2.on('sessionError', () => {
      // The session is gone, and its streams have told their calls.
    });
    this.server = net.createServer({ noDelay: true }, socket =>
      this.sniff(socket),
    );
    this.server.maxConnections = maxConnections;
  }

  /** @returns the port */
  async start(): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(
        { host: this.options.host, port: this.options.port, backlog: 1024 },
        resolve,
      );
    });
    this.sweeper = setInterval(() => this.sweep(), sweepInterval).unref();
    const address = this.server.address();
    return typeof address === 'object' && address !== null
      ? address.port
      : this.options.port;
  }

  /** Each answer is the last of its connection, idle connections go after a while. New ones are still taken. */
  drain(): void {
    this.isDraining = true;
    for (const connection of this.connections) {
      connection.drain();
    }
  }

  /** Takes a drain back, for connections that are not being closed yet. */
  resume(): void {
    this.isDraining = false;
  }

  /** Ends everything; what is in flight is cut. */
  async stop(): Promise<void> {
    clearInterval(this.sweeper);
    const closed = new Promise<void>(resolve =>
      this.server.close(() => resolve()),
    );
    for (const connection of [...this.connections, ...this.unknown]) {
      connection.destroy();
    }
    await closed;
  }

  private handle(request: Request, response: Response): void {
    try {
      this.options.handler(request, response);
    } catch {
      // A request so malformed that no answer was begun: a Host that is no host, for one.
      if (!response.headersSent) {
        response.statusCode = 400;
      }
      response.end();
    }
  }

  private sniff(socket: net.Socket): void {
    const onError = () => socket.destroy();
    const timer = setTimeout(onError, sniffTimeout);
    const forget = () => {
      clearTimeout(timer);
      this.unknown.delete(socket);
    };
    this.unknown.add(socket);
    socket.on('error', onError);
    socket.on('close', forget);
    let seen = Buffer.alloc(0);
    const onData = (part: Buffer) => {
      seen = seen.length === 0 ? part : Buffer.concat([seen, part]);
      const length = Math.min(seen.length, http2Preface.length);
      const isHttp2 = seen.compare(http2Preface, 0, length, 0, length) === 0;
      if (isHttp2 && length < http2Preface.length) {
        return;
      }
      forget();
      socket.off('data', onData);
      socket.off('error', onError);
      socket.off('close', forget);
      socket.pause();
      socket.unshift(seen);
      this.handOn(socket, isHttp2);
    };
    socket.on('data', onData);
  }

  private handOn(socket: net.Socket, isHttp2: boolean): void {
    if (isHttp2) {
      this.beginSession(socket);
      return;
    }
    const connection = new Http1Connection(socket);
    this.bySocket.set(socket, connection);
    this.track(connection, socket);
    this.http1.emit('connection', socket);
    socket.resume();
  }

  private beginSession(socket: net.Socket): void {
    const onSession = (session: http2.ServerHttp2Session) => {
      const connection = new Http2Connection(session, socket);
      this.bySession.set(session, connection);
      this.track(connection, session);
    };
    // Emitted before the next line returns: so it is known which socket the session is on.
    this.http2.once('session', onSession);
    this.http2.emit('connection', socket);
    this.http2.off('session', onSession);
  }

  private track(
    connection: TrackedConnection,
    source: NodeJS.EventEmitter,
  ): void {
    this.connections.add(connection);
    source.once('close', () => this.connections.delete(connection));
    connection.isDraining = () => this.isDraining;
  }

  private sweep(): void {
    const now = Date.now();
    for (const connection of this.connections) {
      if (connection.receivingSince() < now - receiveTimeout) {
        connection.destroy();
      } else if (connection.idleSince() < now - this.patience(connection)) {
        connection.closeIdle();
      }
    }
  }

  private patience(connection: TrackedConnection): number {
    if (connection.isEnding) {
      return 0;
    }
    return this.isDraining
      ? this.options.drainIdleTimeout
      : connection.idleTimeout;
  }
}
