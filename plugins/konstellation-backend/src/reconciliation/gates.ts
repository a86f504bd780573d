import { request } from 'node:http';
import type { ClusterEndpoint } from '@konstellation/backstage-plugin-konstellation-node';

const TIMEOUT_MILLIS = 3_000;
const MAX_ANSWER_BYTES = 64 * 1024;

export type GateState = 'open' | 'draining' | 'closed';

/** A small call to an entrypoint. `fetch` is not used, as it sets its own Host. @throws Error when there is no answer in time */
export function callEndpoint(
  endpoint: ClusterEndpoint,
  options: {
    method: string;
    path: string;
    token?: string;
    body?: unknown;
  },
): Promise<{ status: number; body: unknown }> {
  const { method, path, token, body } = options;
  return new Promise((resolve, reject) => {
    const outgoing = request(
      endpoint.url + path,
      {
        method,
        agent: false,
        timeout: TIMEOUT_MILLIS,
        headers: {
          ...endpoint.headers,
          ...(token ? { authorization: `Bearer ${token}` } : {}),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
      },
      answer => {
        let text = '';
        answer.setEncoding('utf8');
        answer.on('error', reject);
        answer.on('data', chunk => {
          text += chunk;
          if (text.length > MAX_ANSWER_BYTES) {
            outgoing.destroy(new Error('the answer is too large'));
          }
        });
        answer.on('end', () => {
          let parsed: unknown = text;
          try {
            parsed = JSON.parse(text);
          } catch {
            // Not ours: told by its status.
          }
          resolve({ status: answer.statusCode ?? 0, body: parsed });
        });
      },
    );
    outgoing.on('timeout', () =>
      outgoing.destroy(new Error(`no answer within ${TIMEOUT_MILLIS} ms`)),
    );
    outgoing.on('error', reject);
    outgoing.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

/** Sets the gate of the public port of one entrypoint. @returns whether it confirmed */
export async function setGate(
  endpoint: ClusterEndpoint | undefined,
  state: GateState,
  token: string,
): Promise<boolean> {
  if (!endpoint) return false;
  const { status } = await callEndpoint(endpoint, {
    method: 'PUT',
    path: '/gate',
    token,
    body: { state },
  });
  return status === 200;
}

/** Asks who answers behind an address. @returns the release, or undefined when nobody lets callers in */
export async function answeringRelease(
  endpoint: ClusterEndpoint | undefined,
): Promise<string | undefined> {
  if (!endpoint) return undefined;
  try {
    const { status, body } = await callEndpoint(endpoint, {
      method: 'GET',
      path: '/.well-known/konstellation',
    });
    return status === 200 &&
      typeof body === 'object' &&
      body !== null &&
      'release' in body
      ? String(body.release)
      : undefined;
  } catch {
    // Refused connections are what "nothing published" looks like.
    return undefined;
  }
}
