import { setTimeout as pause } from 'node:timers/promises';
import { Code, ConnectError } from '@connectrpc/connect';
import { buildConnector, Dispatcher, Pool } from 'undici';
import { ServiceDirectory } from './ServiceDirectory';

/** Speaks the node contract with one node, over a pool of keep-alive connections. */
export interface NodeClient {
  readonly name: string;
  /**
   * One call.
   *
   * @param body - JSON text of an object
   * @param signal - ends the waiting; its reason is thrown
   * @returns the body of the answer, which looks like a JSON object
   * @throws ConnectError that names the node
   */
  call(
    body: string | Uint8Array,
    headers: Record<string, string>,
    signal: AbortSignal,
  ): Promise<Buffer>;
  /** Whether the node's /healthz answers 200. */
  isReady(): Promise<boolean>;
  close(): Promise<void>;
}

export interface NodeClientOptions {
  name: string;
  /** `http://host:port` */
  url: string;
  services: ServiceDirectory;
  /** Bytes of an answer. */
  maxBodySize: number;
}

const maxConnections = 256;
/**
 * How long a connection is used, in milliseconds. A cluster chooses a pod for each connection, so that one that lasted would never come
 * to pods that are added. And it is less than the pause between the decision that a pod goes and its end: by then no call is on
 * its way there.
 */
const connectionLifetime = 2_000;
const connectTimeout = 5_000;
const healthTimeout = 2_000;
const retryPause = 50;
const maxReasonLength = 4096;

/** A connection that was never made: the node cannot have seen the request. */
const neverSent = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

export class HttpNodeClient implements NodeClient {
  readonly name: string;
  private readonly pool: Pool;
  private readonly options: NodeClientOptions;

  static create(options: NodeClientOptions): HttpNodeClient {
    const connect = buildConnector({ timeout: connectTimeout });
    const pool = new Pool(new URL(options.url).origin, {
      connections: maxConnections,
      pipelining: 1,
      clientTtl: connectionLifetime,
      // The deadline of the call bounds these.
      headersTimeout: 0,
      bodyTimeout: 0,
      maxResponseSize: options.maxBodySize,
      connect: (target, callback) => {
        options.services
          .resolve(target.hostname, target.port || '80')
          .then(({ host, port }) =>
            connect({ ...target, hostname: host, host, port }, callback),
          )
          .catch(error => callback(error, null));
      },
    });
    return new HttpNodeClient(options, pool);
  }

  private constructor(options: NodeClientOptions, pool: Pool) {
    this.name = options.name;
    this.options = options;
    this.pool = pool;
  }

  async call(
    body: string | Uint8Array,
    headers: Record<string, string>,
    signal: AbortSignal,
  ): Promise<Buffer> {
    let answer: { status: number; body: Buffer };
    try {
      answer = await this.post(body, headers, signal);
    } catch (error) {
      signal.throwIfAborted();
      throw this.toConnectError(error);
    }
    if (answer.status !== 200) {
      throw this.refusal(answer.status, answer.body);
    }
    if (!looksLikeObject(answer.body)) {
      throw new ConnectError(
        `node '${this.name}' answered something else than a JSON object`,
        Code.Internal,
      );
    }
    return answer.body;
  }

  async isReady(): Promise<boolean> {
    try {
      const { statusCode, body } = await this.pool.request({
        method: 'GET',
        path: '/healthz',
        signal: AbortSignal.timeout(healthTimeout),
      });
      await body.dump();
      return statusCode === 200;
    } catch (error) {
      this.forgetIfRefused(error);
      return false;
    }
  }

  async close(): Promise<void> {
    await this.pool.destroy();
  }

  private async post(
    body: string | Uint8Array,
    headers: Record<string, string>,
    signal: AbortSignal,
  ) {
    try {
      return await this.send(body, headers, signal);
    } catch (error) {
      if (!neverSent.has(codeOf(error) ?? '')) {
        throw error;
      }
      this.forgetIfRefused(error);
      await pause(retryPause, undefined, { signal });
      return await this.send(body, headers, signal);
    }
  }

  private async send(
    body: string | Uint8Array,
    headers: Record<string, string>,
    signal: AbortSignal,
  ) {
    const response: Dispatcher.ResponseData = await this.pool.request({
      method: 'POST',
      path: '/',
      headers,
      body,
      signal,
    });
    return {
      status: response.statusCode,
      body: Buffer.from(await response.body.arrayBuffer()),
    };
  }

  private forgetIfRefused(error: unknown): void {
    if (codeOf(error) === 'ECONNREFUSED') {
      this.options.services.forget();
    }
  }

  private toConnectError(error: unknown): ConnectError {
    if (codeOf(error) === 'UND_ERR_RES_EXCEEDED_MAX_SIZE') {
      const message = `the answer of node '${this.name}' has more than ${this.options.maxBodySize} bytes`;
      return new ConnectError(message, Code.ResourceExhausted);
    }
    const reason = neverSent.has(codeOf(error) ?? '')
      ? 'cannot be reached'
      : 'broke the connection';
    return new ConnectError(
      `node '${this.name}' ${reason}: ${messageOf(error)}`,
      Code.Unavailable,
    );
  }

  private refusal(status: number, body: Buffer): ConnectError {
    const { type, message } = readError(body);
    const reason =
      [type, message].filter(Boolean).join(': ') || `status ${status}`;
    switch (status) {
      case 413:
        return new ConnectError(
          `node '${this.name}' refused the request: ${reason}`,
          Code.ResourceExhausted,
        );
      case 503:
        return new ConnectError(
          `node '${this.name}' takes no calls: ${reason}`,
          Code.Unavailable,
        );
      default:
        return new ConnectError(
          `node '${this.name}' failed: ${reason}`,
          Code.Internal,
        );
    }
  }
}

/** By shape, not by class: errors of the network may come from another realm. */
function codeOf(error: unknown): string | undefined {
  return textOf(error, 'code');
}

function messageOf(error: unknown): string {
  return textOf(error, 'message') || codeOf(error) || String(error);
}

function textOf(
  error: unknown,
  property: 'code' | 'message',
): string | undefined {
  const value =
    typeof error === 'object' && error !== null && property in error
      ? Reflect.get(error, property)
      : undefined;
  return typeof value === 'string' ? value : undefined;
}

/** The JSON itself is read once, after the last node; between nodes bytes are handed on as they are. */
function looksLikeObject(body: Buffer): boolean {
  let first = 0;
  let last = body.length - 1;
  while (first < last && isSpace(body[first])) {
    first++;
  }
  while (last > first && isSpace(body[last])) {
    last--;
  }
  return body[first] === 0x7b && last > first && body[last] === 0x7d;
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || (byte >= 0x09 && byte <= 0x0d);
}

function readError(body: Buffer): { type?: string; message?: string } {
  try {
    const { error } = JSON.parse(body.toString('utf8'));
    return {
      type:
        typeof error.type === 'string' ? error.type.slice(0, 200) : undefined,
      message:
        typeof error.message === 'string'
          ? error.message.slice(0, maxReasonLength)
          : undefined,
    };
  } catch {
    return {};
  }
}
