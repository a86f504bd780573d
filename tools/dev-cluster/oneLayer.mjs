// Images of the cluster and its tests: one layer, which is written with them.
import { rmSync } from 'node:fs';
import { writeImage, writeTar } from '../../images/oci/index.mjs';

/**
 * @param options.entries - of the layer, see images/oci/entries.mjs
 * @param options.name - with registry and tag
 * @param options.config - `{ User, Entrypoint, … }`
 * @param options.out - the tar
 */
export function writeOneLayer({ entries, name, config, out }) {
  const file = `${out}.layer`;
  try {
    writeImage({
      layers: [writeTar({ entries, out: file })],
      name,
      config,
      out,
    });
  } finally {
    rmSync(file, { force: true });
  }
}
