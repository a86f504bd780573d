import { ServiceUnavailableError } from '@backstage/errors';
import type { PredictionResult } from '@konstellation/backstage-plugin-konstellation-common';
import type { RuntimeRecord, VersionRecord } from '../domain/types';
import { ENTRYPOINT, workloadName } from '../manifests/naming';
import { callEndpoint } from './callEndpoint';
import { runningRelease, type ReleaseContext } from './ReleaseContext';

const TIMEOUT_MILLIS = 60_000;
const MAX_ANSWER_BYTES = 4 * 1024 * 1024;

/** Calls an rpc of a started version at the internal port of its entrypoint. */
export async function predict(
  context: ReleaseContext,
  runtime: RuntimeRecord,
  version: VersionRecord,
  rpc: string,
  body: unknown,
  signal: AbortSignal,
): Promise<PredictionResult> {
  const release = runningRelease(version);
  const cluster = context.clusters(runtime.cluster);
  const address =
    release === undefined
      ? undefined
      : await cluster.address(
          {
            kind: 'Service',
            namespace: runtime.namespace,
            name: workloadName({
              uid: version.uid,
              version: version.name,
              node: ENTRYPOINT,
              workflow: '',
              release,
            }),
          },
          'internal',
        );
  if (!address || release === undefined) {
    throw new ServiceUnavailableError(
      'the entrypoint of the version is not there yet; look at its status',
    );
  }
  const begun = performance.now();
  const answer = await callEndpoint(address, {
    method: 'POST',
    path: `/${version.proto.service}/${rpc}`,
    token: await context.internalToken(version, release),
    headers: { 'connect-timeout-ms': String(TIMEOUT_MILLIS) },
    body: body ?? {},
    timeoutMillis: TIMEOUT_MILLIS,
    maxAnswerBytes: MAX_ANSWER_BYTES,
    signal,
  }).catch(error => {
    if (signal.aborted) throw error;
    throw new ServiceUnavailableError(
      'the entrypoint of the version does not answer; look at its status',
    );
  });
  const { traceparent } = answer.headers;
  const trace = String(traceparent ?? '').split('-')[1];
  return {
    status: answer.status,
    body: answer.body,
    millis: Math.round((performance.now() - begun) * 10) / 10,
    ...(trace ? { traceId: trace } : {}),
  };
}
