// The image that the tests of the cluster run in pods: see probe/main.go.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { file } from '../../images/oci/index.mjs';
import { capture } from '../processes.mjs';
import { root } from '../toolchain.mjs';
import { goEnvironment } from './binaries.mjs';
import { writeOneLayer } from './oneLayer.mjs';

export const PROBE = 'localhost/probe:1';
const SOURCE = join(root, 'tools/dev-cluster/probe/main.go');
const BUILD_MILLIS = 300_000;

/** @returns its tar, which is made once; the program itself is `probe` beside it */
export async function probeImage({ cache }) {
  const key = createHash('sha256').update(readFileSync(SOURCE)).digest('hex');
  const folder = join(cache, `probe-${key.slice(0, 8)}`);
  const out = join(folder, 'probe.tar');
  if (existsSync(out)) return out;
  const program = join(folder, 'probe');
  mkdirSync(folder, { recursive: true });
  await capture(
    'go',
    ['build', '-trimpath', '-ldflags', '-s -w', '-o', program, SOURCE],
    { env: goEnvironment(), timeout: BUILD_MILLIS },
  );
  writeOneLayer({
    entries: [file('/probe', program, 0o755)],
    name: PROBE,
    config: { Entrypoint: ['/probe'], User: '65532:65532' },
    out,
  });
  return out;
}
