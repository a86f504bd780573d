// Packs price-estimator-v1.krt and -v2.krt from package/. The same files give the same package.
//   node build.mjs           writes them
//   node build.mjs --check   compares with those that are committed
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, relative, sep } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { build } from 'esbuild';

const here = import.meta.dirname;
const VERSIONS = ['v1', 'v2'];

/** The packer and the reader of the product. They are TypeScript, so bundled on the way. */
async function loadKrt() {
  const folder = await mkdtemp(join(tmpdir(), 'price-estimator-'));
  try {
    const outfile = join(folder, 'krt.cjs');
    await build({
      entryPoints: [join(here, '../../packages/krt/src/index.ts')],
      outfile,
      bundle: true,
      platform: 'node',
      format: 'cjs',
      logLevel: 'warning',
    });
    return createRequire(import.meta.url)(outfile);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Files below a folder, with paths as they stand in the package; not those that tools leave behind. */
async function filesBelow(folder) {
  const entries = await readdir(folder, {
    recursive: true,
    withFileTypes: true,
  });
  return entries
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name))
    .map(file => ({ file, path: relative(folder, file).split(sep).join('/') }))
    .filter(({ path }) => !/(^|\/)(\.|__pycache__\/)/.test(path));
}

async function pack(krt, version) {
  const sources = [
    ...(await filesBelow(join(here, 'package/common'))),
    ...(await filesBelow(join(here, `package/price-${version}`))),
  ];
  const entries = await Promise.all(
    sources.map(async ({ file, path }) => ({
      path,
      content: await readFile(file),
    })),
  );
  const packed = await krt.packKrt(entries);
  const { problems } = await krt.readKrt(new Blob([packed]).stream());
  if (problems.length > 0) {
    throw new Error(
      `the package is not right: ${JSON.stringify(problems, undefined, 2)}`,
    );
  }
  return packed;
}

/** Compressors differ between releases of Node; the archive inside must not. */
function isSame(one, other) {
  return gunzipSync(one).equals(gunzipSync(other));
}

const check = process.argv.includes('--check');
const krt = await loadKrt();
for (const version of VERSIONS) {
  const file = join(here, `price-estimator-${version}.krt`);
  const packed = await pack(krt, version);
  if (!check) {
    await writeFile(file, packed);
    console.log(`${relative(process.cwd(), file)}: ${packed.length} bytes`);
  } else if (!isSame(packed, await readFile(file))) {
    console.error(
      `${relative(
        process.cwd(),
        file,
      )} is not what package/ gives: run node build.mjs`,
    );
    process.exitCode = 1;
  }
}
