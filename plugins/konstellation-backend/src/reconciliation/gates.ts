import type { ClusterEndpoint } from '@konstellation/backstage-plugin-konstellation-node';
import { callEndpoint } from './callEndpoint';

const BOUNDS = { timeoutMillis: 3_000, maxAnswerBytes: 64 * 1024 };

export type GateState = 'open' | 'draining' | 'closed';

/** Sets the gate of the public port of one entrypoint. @returns whether it confirmed */
export async function setGate(
  endpoint: ClusterEndpoint | undefined,
  state: GateState,
  token: string,
): Promise<boolean> {
  if (!endpoint) return false;
  const { status } = await callEndpoint(endpoint, {
    ...BOUNDS,
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
      ...BOUNDS,
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
