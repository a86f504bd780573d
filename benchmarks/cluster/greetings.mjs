// Publications while callers go on, of the package that `krt init` writes: one node that does next to nothing, so that the load is that of
// calls, not of a model.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { grpcCaller } from '../../tools/chart/grpcCaller.mjs';
import { startRuntime } from '../../tools/chart/runtime.mjs';
import { publishUnderLoad } from '../../tools/chart/switches.mjs';
import { httpCaller } from '../../tools/httpCaller.mjs';
import { capture } from '../../tools/processes.mjs';
import { root } from '../../tools/toolchain.mjs';

const VERSIONS = ['greeter-v1', 'greeter-v2'];
/** Of each kind. */
const CALLERS = 4;

/** @returns `{ proto, packages }`, a file and `{ version: bytes }` */
async function makePackages(folder) {
  const krt = args => capture(join(root, 'bin/krt'), args, { cwd: folder });
  await krt(['init', 'greeter', '--language', 'node']);
  const manifest = join(folder, 'greeter/krt.yml');
  const written = readFileSync(manifest, 'utf8');
  const packages = {};
  for (const version of VERSIONS) {
    writeFileSync(
      manifest,
      written.replace(/^version: .*$/m, `version: ${version}`),
    );
    await krt(['pack', 'greeter']);
    packages[version] = readFileSync(join(folder, `${version}.krt`));
  }
  return { proto: join(folder, 'greeter/public_input.proto'), packages };
}

/**
 * @param id - of the runtime, which is not there yet
 * @param load - see publishUnderLoad
 * @returns as publishUnderLoad
 */
export async function publishGreetings(baseUrl, id, load) {
  const folder = mkdtempSync(join(tmpdir(), 'konstellation-greeter-'));
  try {
    const { proto, packages } = await makePackages(folder);
    const runtime = await startRuntime(baseUrl, id, packages);
    const question = {
      proto,
      service: 'greeter.Greeter',
      rpc: 'Greet',
      message: { name: 'Ada' },
    };
    const callers = Array.from({ length: CALLERS }, () => [
      httpCaller(runtime.address, question),
      grpcCaller(runtime.grpcAddress, question),
    ]).flat();
    try {
      return await publishUnderLoad(runtime, { ...load, callers });
    } finally {
      callers.forEach(({ end }) => end());
      await runtime.end();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
