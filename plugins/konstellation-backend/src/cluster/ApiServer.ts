import { request, type RequestOptions } from 'node:https';
import type { IncomingMessage } from 'node:http';
import { Connection } from './connect';
import { errorOfAnswer, errorOfConnection } from './statusErrors';

/** A call that is not answered by then is given up. */
const CALL_MILLIS = 30_000;
/** Of one answer; a page of 500 objects has a few megabytes. */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;
const MAX_ERROR_BYTES = 64 * 1024;

export interface ApiCall {
  /** For messages: what is tried, e.g. `list Pod`. */
  what: string;
  method?: 'GET' | 'PATCH' | 'DELETE';
  path: string;
  query?: Record<string, string | number | boolean | undefined>;
  body?: unknown;
  contentType?: string;
  signal?: AbortSignal;
}

function targetOf(server: URL, { path, query = {} }: ApiCall): string {
  // The server may be behind a path, as with a proxy for many clusters.
  const url = new URL(server.href.replace(/\/$/, '') + path);
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) url.searchParams.set(name, String(value));
  }
  return url.href;
}

async function readAll(
  answer: IncomingMessage,
  maxBytes: number,
): Promise<string> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of answer) {
    size += part.length;
    if (size > maxBytes) {
      answer.destroy();
      throw new Error(`the answer has more than ${maxBytes} bytes`);
    }
    parts.push(part);
  }
  return Buffer.concat(parts).toString();
}

/** One API server: calls with an answer, and answers that go on. Errors are those {@link ClusterClient} promises. */
export class ApiServer {
  readonly #closing = new AbortController();

  constructor(readonly connection: Connection) {}

  get cluster(): string {
    return this.connection.cluster;
  }

  /** @returns the answer, parsed; whoever asks knows what it is of */
  async call<T>(call: ApiCall): Promise<T> {
    const deadline = AbortSignal.timeout(CALL_MILLIS);
    const signal = AbortSignal.any(
      [deadline, call.signal].filter(each => each !== undefined),
    );
    const answer = await this.#send({ ...call, signal }, 'calls');
    const text = await readAll(answer, MAX_ANSWER_BYTES).catch(cause => {
      throw this.#unreachable(cause, call.signal);
    });
    return JSON.parse(text);
  }

  /** An answer that goes on until one side ends it. */
  async stream(call: ApiCall): Promise<IncomingMessage> {
    return this.#send(call, 'streams');
  }

  /** Ends everything that goes on. */
  close(): void {
    this.#closing.abort();
    this.connection.close();
  }

  async #send(
    call: ApiCall,
    use: 'calls' | 'streams',
  ): Promise<IncomingMessage> {
    const { method = 'GET', contentType = 'application/json' } = call;
    const body =
      call.body === undefined
        ? undefined
        : Buffer.from(JSON.stringify(call.body));
    const access = await this.connection.access(use).catch(cause => {
      throw this.#unreachable(cause);
    });
    const signal = AbortSignal.any(
      [this.#closing.signal, call.signal].filter(each => each !== undefined),
    );
    const options: RequestOptions = {
      method,
      agent: access.agent,
      signal,
      headers: {
        accept: 'application/json',
        ...access.headers,
        ...(body && {
          'content-type': contentType,
          // Node does not say it by itself for DELETE.
          'content-length': body.length,
        }),
      },
    };
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      const outgoing = request(targetOf(access.server, call), options, resolve);
      outgoing.on('socket', socket => socket.setKeepAlive(true, 30_000));
      outgoing.on('error', cause =>
        reject(this.#unreachable(cause, call.signal)),
      );
      outgoing.end(body);
    });
    const code = answer.statusCode ?? 0;
    if (code >= 200 && code < 300) return answer;
    const text = await readAll(answer, MAX_ERROR_BYTES).catch(() => '');
    throw errorOfAnswer({
      cluster: this.cluster,
      what: call.what,
      code,
      body: text,
    });
  }

  #unreachable(cause: NodeJS.ErrnoException, signal?: AbortSignal): Error {
    // Whoever ended the call knows.
    if (signal?.aborted && signal.reason?.name !== 'TimeoutError') return cause;
    const isLate = signal?.aborted || cause.name === 'AbortError';
    return errorOfConnection({
      cluster: this.cluster,
      server: this.connection.server.origin,
      cause,
      code: isLate ? 'ETIMEDOUT' : undefined,
    });
  }
}
