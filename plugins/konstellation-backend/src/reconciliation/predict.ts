import { ServiceUnavailableError } from '@backstage/errors';
import type { PredictionResult } from '@konstellation/backstage-plugin-konstellation-common';
import type { RuntimeRecord, VersionRecord } from '../domain/types';
import { ENTRYPOINT, workloadName } from '../manifests/naming';
import { runningRelease, type ReleaseContext } from './ReleaseContext';

const TIMEOUT_MILLIS = 60_000;
const MAX_ANSWER_BYTES = 4 * 1024 * 1024;

async function readBounded(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  const reader = response.body?.getReader();
  while (reader) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.length;
    if (size > MAX_ANSWER_BYTES) {
      await reader.cancel();
      throw new ServiceUnavailableError(
        `the answer has more than ${MAX_ANSWER_BYTES} bytes`,
      );
    }
    chunks.push(value);
  }
  return Buffer.concat(chunks).toString();
}

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
  const response = await fetch(
    `${address.url}/${version.proto.service}/${rpc}`,
    {
      method: 'POST',
      headers: {
        ...address.headers,
        'content-type': 'application/json',
        'connect-timeout-ms': String(TIMEOUT_MILLIS),
        authorization: `Bearer ${await context.internalToken(
          version,
          release,
        )}`,
      },
      body: JSON.stringify(body ?? {}),
      signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MILLIS)]),
    },
  ).catch(error => {
    if (signal.aborted) throw error;
    throw new ServiceUnavailableError(
      'the entrypoint of the version does not answer; look at its status',
    );
  });
  const text = await readBounded(response);
  let parsed: unknown = text;
  try {
    parsed = JSON.parse(text);
  } catch {
    // Shown as it is.
  }
  const trace = response.headers.get('traceparent')?.split('-')[1];
  return {
    status: response.status,
    body: parsed,
    millis: Math.round((performance.now() - begun) * 10) / 10,
    ...(trace ? { traceId: trace } : {}),
  };
}
