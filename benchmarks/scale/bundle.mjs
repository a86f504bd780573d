// Makes one file of what runs in the measured portals, as a build of the product does: what a start costs is not compiling.
import { build } from 'esbuild';
import { join } from 'node:path';
import { root } from '../../tools/toolchain.mjs';

/** Packages of others stay where they are, each as the source that names it would find it. */
const othersOutside = {
  name: 'others-outside',
  setup({ onResolve, resolve }) {
    onResolve(
      { filter: /^[^./]/ },
      async ({ path, resolveDir, pluginData }) => {
        if (pluginData === 'asked' || path.startsWith('node:'))
          return undefined;
        if (path.startsWith('@konstellation/')) return undefined;
        const found = await resolve(path, {
          kind: 'require-call',
          resolveDir,
          pluginData: 'asked',
        });
        return { ...found, external: true };
      },
    );
  },
};

/** @returns the file */
export async function bundle(name, folder) {
  const outfile = join(folder, `${name}.cjs`);
  await build({
    entryPoints: [join(root, `benchmarks/scale/${name}.mjs`)],
    bundle: true,
    platform: 'node',
    format: 'cjs',
    outfile,
    plugins: [othersOutside],
    logLevel: 'error',
  });
  return outfile;
}
