// An object store that speaks S3, in the network of a development cluster.
import { build } from 'esbuild';
import { join } from 'node:path';
import { startKept } from '../../kept.mjs';
import { root } from '../../toolchain.mjs';

const ANSWER_MILLIS = 30_000;

/**
 * @param options.state - folder for its code
 * @param options.host - address it listens at
 * @param options.wrap - what makes of a command line one that runs in that network
 * @returns `{ port, bucket, credentials, presigned, stop }`; `presigned()` has the statuses of the requests by presigned URLs until now
 */
export async function startObjectStore({ state, host, wrap }) {
  const outfile = join(state, 'object-store.cjs');
  await build({
    entryPoints: [join(root, 'tools/chart/backing/objectStoreServer.mjs')],
    bundle: true,
    platform: 'node',
    format: 'cjs',
    outfile,
    logLevel: 'error',
  });
  const { answer, lines, stop } = await startKept(
    'The object store',
    wrap([process.execPath, outfile, host]),
    ANSWER_MILLIS,
  );
  const { endpoint, bucket, credentials } = answer;
  return {
    port: Number(new URL(endpoint).port),
    bucket,
    credentials,
    presigned: () => lines.map(line => JSON.parse(line).status),
    stop,
  };
}
