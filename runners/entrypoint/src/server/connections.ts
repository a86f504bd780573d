import { ServerResponse } from 'node:http';
import { Http2Session } from 'node:http2';
import { Socket } from 'node:net';
import { Request, Response } from './exchange';

/** Longer than what usual proxies keep, so that they close first. Milliseconds. */
export const http1IdleTimeout = 75_000;

interface Exchange {
  response: Response;
  /** Milliseconds since 1970. */
  since: number;
}

/** What the listener knows of one connection: its calls, and how it is drained. */
export abstract class TrackedConnection {
  /** How long it is kept without a call, in milliseconds. */
  abstract readonly idleTimeout: number;
  /** Whether it is being closed whatever the listener does. */
  get isEnding(): boolean {
    return false;
  }

  /** Set by the listener. */
  isDraining: () => boolean = () => false;
  protected readonly exchanges: Map<Request, Exchange> = new Map();
  private lastActive = Date.now();

  begin(request: Request, response: Response): void {
    this.exchanges.set(request, { response, since: Date.now() });
    response.once('close', () => {
      this.exchanges.delete(request);
      this.lastActive = Date.now();
      this.onAnswered();
    });
    this.onBegin(response);
  }

  /** When the last call ended; never while one is there. Milliseconds since 1970. */
  idleSince(): number {
    return this.exchanges.size > 0 ? Infinity : this.lastActive;
  }

  /** When the oldest request began that has not fully arrived. */
  receivingSince(): number {
    let oldest = Infinity;
    for (const [request, { since }] of this.exchanges) {
      if (!request.complete) {
        oldest = Math.min(oldest, since);
      }
    }
    return oldest;
  }

  /** Makes the answers in flight the last of this connection. */
  abstract drain(): void;
  abstract closeIdle(): void;
  abstract destroy(): void;
  protected abstract onBegin(response: Response): void;
  protected abstract onAnswered(): void;
}

export class Http1Connection extends TrackedConnection {
  readonly idleTimeout = http1IdleTimeout;

  constructor(private readonly socket: Socket) {
    super();
  }

  drain(): void {
    for (const { response } of this.exchanges.values()) {
      this.makeLast(response);
    }
  }

  closeIdle(): void {
    this.socket.end();
    this.socket.destroySoon();
  }

  destroy(): void {
    this.socket.destroy();
  }

  protected onBegin(response: Response): void {
    if (this.isDraining()) {
      this.makeLast(response);
    }
  }

  protected onAnswered(): void {
    // The server itself closes after an answer with `Connection: close`.
  }

  private makeLast(response: Response): void {
    if (response instanceof ServerResponse && !response.headersSent) {
      response.shouldKeepAlive = false;
    }
  }
}

/**
 * GOAWAY with the highest stream id there is: "no new calls here, all that come are still answered" (RFC 9113, 6.8).
 * Node's `session.goaway` cannot say that: after it nghttp2 drops every new stream without a word, and calls that were
 * on their way hang. So the frame is written beside the session, which writes whole frames only.
 */
const shutdownNotice = Buffer.from('0000080700000000007fffffff00000000', 'hex');
/** A client that has heard the notice begins no call after this time, in milliseconds. */
const quietBeforeClose = 1_000;

export class Http2Connection extends TrackedConnection {
  /** Clients keep these for long, and know when to try again. */
  readonly idleTimeout = Infinity;
  private noticedAt = Infinity;

  constructor(
    private readonly session: Http2Session,
    private readonly socket: Socket,
  ) {
    super();
    session.on('error', () => {
      // Streams tell their calls.
    });
  }

  /** Connections without a call yet still get their first answer; the sweep ends those that make none. */
  drain(): void {
    if (this.exchanges.size > 0) {
      this.announceEnd();
    }
  }

  closeIdle(): void {
    this.announceEnd();
    const quietSince = Math.max(this.noticedAt, this.idleSince());
    if (quietSince < Date.now() - quietBeforeClose && !this.session.destroyed) {
      this.session.close();
    }
  }

  /** Whether the client was told to go, so that it is closed once it is quiet. */
  get isEnding(): boolean {
    return this.noticedAt !== Infinity;
  }

  destroy(): void {
    this.session.destroy();
  }

  protected onBegin(): void {
    // The end is announced once the call is answered, or by the sweep.
  }

  protected onAnswered(): void {
    if (this.isDraining()) {
      this.announceEnd();
    }
  }

  private announceEnd(): void {
    if (
      this.noticedAt === Infinity &&
      this.socket.writable &&
      !this.session.closed
    ) {
      this.noticedAt = Date.now();
      this.socket.write(shutdownNotice);
    }
  }
}
