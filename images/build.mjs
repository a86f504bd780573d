// Builds the container images of the product without Docker, from what this machine has.
//   node images/build.mjs [NAME …] --out DIR [--registry R] [--version V] [--no-cache]
import { mkdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { pathToFileURL } from 'node:url';
import { dim, fail, say, step } from '../tools/terminal.mjs';
import { root, toolchainEnvironment } from '../tools/toolchain.mjs';
import {
  configOf,
  NAMES,
  PRODUCT_VERSION,
  readDescription,
} from './descriptions.mjs';
import {
  ARCHITECTURE,
  cachedLayer,
  file,
  tree,
  writeImage,
} from './oci/index.mjs';
import { runSteps } from './steps.mjs';

const USAGE =
  'node images/build.mjs [NAME …] --out DIR [--registry R] [--version V] [--no-cache]';
const CACHE = join(root, 'node_modules/.konstellation/images');
/** As OCI distribution names tags. */
const TAG = /^\w[\w.-]{0,127}$/;

const megabytes = bytes => `${(bytes / 1e6).toFixed(1)} MB`;

function entriesOf({ from, to }) {
  const source = join(root, from);
  return statSync(source).isDirectory()
    ? tree(to, source)
    : [file(to, source, 0o644)];
}

/** @returns `{ name, digest, size, file, layers }` of the image, which is in `out` then */
export async function buildImage(name, options) {
  const { env, out, registry, version, modifiedAt, isFresh } = options;
  const description = readDescription(name);
  await runSteps(description, { env, isFresh });
  return step(`Built the image ${name}`, async () => {
    const layerOf = (title, entries) => ({
      title,
      ...cachedLayer({
        entries,
        out: join(CACHE, `${title}.tar`),
        modifiedAt,
        isFresh,
      }),
    });
    const { interpreter, interpreterName } = description;
    const layers = [
      layerOf(`interpreter-${interpreterName}`, interpreter.entries(CACHE)),
      layerOf(`product-${name}`, description.files.flatMap(entriesOf)),
    ];
    const image = writeImage({
      layers,
      config: configOf(description, version),
      name: `${registry}/konstellation/${name}:${version}`,
      out: join(out, `${name}.tar`),
      createdAt: modifiedAt,
    });
    return { ...image, layers };
  });
}

function readOptions(args) {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      out: { type: 'string' },
      registry: { type: 'string', default: 'localhost' },
      version: { type: 'string', default: PRODUCT_VERSION },
      'no-cache': { type: 'boolean', default: false },
    },
  });
  if (!values.out) throw new Error(`Say where to: ${USAGE}`);
  if (!TAG.test(values.version)) {
    throw new Error(`"${values.version}" cannot be the tag of an image`);
  }
  const modifiedAt = Number(process.env.SOURCE_DATE_EPOCH || 0);
  if (!Number.isInteger(modifiedAt) || modifiedAt < 0) {
    throw new Error('SOURCE_DATE_EPOCH must be a number of seconds');
  }
  return {
    names: positionals.length > 0 ? positionals : NAMES,
    out: resolve(values.out),
    registry: values.registry,
    version: values.version,
    isFresh: values['no-cache'],
    modifiedAt,
  };
}

async function main() {
  const { names, ...options } = readOptions(process.argv.slice(2));
  if (process.platform !== 'linux' || ARCHITECTURE !== 'amd64') {
    throw new Error(
      'Images are built without Docker on linux-x64 only; the Containerfiles work everywhere',
    );
  }
  names.forEach(readDescription);
  const env = toolchainEnvironment();
  mkdirSync(options.out, { recursive: true });
  for (const name of names) {
    const image = await buildImage(name, { ...options, env });
    const parts = image.layers
      .map(({ title, size }) => `${title} ${megabytes(size)}`)
      .join(', ');
    say(`  ${image.name}  ${image.digest}`);
    say(dim(`  ${image.file}  ${megabytes(image.size)} (${parts})`));
  }
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  main().catch(error => fail(error.message));
}
