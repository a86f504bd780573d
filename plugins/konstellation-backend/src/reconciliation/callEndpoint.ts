import { request as requestHttp, type RequestOptions } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { ClusterEndpoint } from '@konstellation/backstage-plugin-konstellation-node';

/** What the internal port asks for. Not `authorization`: an API server in between keeps that to itself. */
const TOKEN_HEADER = 'x-konstellation-token';

export interface EndpointCall {
  method: 'GET' | 'POST' | 'PUT';
  path: string;
  /** Of the release, for its internal port. */
  token?: string;
  headers?: Record<string, string>;
  body?: unknown;
  timeoutMillis: number;
  /** A longer answer is an error. */
  maxAnswerBytes: number;
  signal?: AbortSignal;
}

export interface EndpointAnswer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  /** Parsed where it is JSON. */
  body: unknown;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not ours: told by its status.
    return text;
  }
}

/** Nothing came in time, which does not say whether anybody is there. */
export class NoAnswerError extends Error {
  readonly name = 'NoAnswerError';

  constructor(millis: number) {
    super(`no answer within ${millis} ms`);
  }
}

/**
 * A call to what runs in a cluster. `fetch` is not used, as it sets its own Host and takes no certificates.
 *
 * @throws NoAnswerError when there is no answer in time; Error when nobody takes the call, or the answer is too long
 */
export function callEndpoint(
  endpoint: ClusterEndpoint,
  call: EndpointCall,
): Promise<EndpointAnswer> {
  const { method, token, body, timeoutMillis, maxAnswerBytes } = call;
  const url = new URL(endpoint.url + call.path);
  const deadline = AbortSignal.timeout(timeoutMillis);
  const options: RequestOptions = {
    method,
    agent: endpoint.agent ?? false,
    signal: call.signal ? AbortSignal.any([call.signal, deadline]) : deadline,
    headers: {
      ...endpoint.headers,
      ...call.headers,
      ...(token ? { [TOKEN_HEADER]: token } : {}),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
  };
  const request = url.protocol === 'https:' ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    const outgoing = request(url, options, answer => {
      const parts: Buffer[] = [];
      let size = 0;
      answer.on('error', reject);
      answer.on('data', (part: Buffer) => {
        parts.push(part);
        size += part.length;
        if (size > maxAnswerBytes) {
          answer.destroy(
            new Error(`the answer has more than ${maxAnswerBytes} bytes`),
          );
        }
      });
      answer.on('end', () =>
        resolve({
          status: answer.statusCode ?? 0,
          headers: answer.headers,
          body: parsed(Buffer.concat(parts).toString()),
        }),
      );
    });
    outgoing.on('error', error =>
      reject(deadline.aborted ? new NoAnswerError(timeoutMillis) : error),
    );
    outgoing.end(body === undefined ? undefined : JSON.stringify(body));
  });
}
