import type { ClusterEndpoint } from '@konstellation/backstage-plugin-konstellation-node';
import { callEndpoint, NoAnswerError } from './callEndpoint';

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

/** Who answers behind an address: a release, or nobody who lets callers in. */
export interface Answering {
  release?: string;
}

/** Asks who answers behind an address. @returns undefined when that is not known, as nothing came in time */
export async function whoAnswers(
  endpoint: ClusterEndpoint | undefined,
  timeoutMillis: number,
): Promise<Answering | undefined> {
  if (!endpoint) return {};
  try {
    const { status, body } = await callEndpoint(endpoint, {
      ...BOUNDS,
      timeoutMillis,
      method: 'GET',
      path: '/.well-known/konstellation',
    });
    return status === 200 &&
      typeof body === 'object' &&
      body !== null &&
      'release' in body
      ? { release: String(body.release) }
      : {};
  } catch (error) {
    // Refused connections are what "nothing published" looks like.
    return error instanceof NoAnswerError ? undefined : {};
  }
}
