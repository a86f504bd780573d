// The images of the product for a cluster of this machine.
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { NAMES } from '../../images/descriptions.mjs';
import { show } from '../processes.mjs';
import { root } from '../toolchain.mjs';

/** No registry is asked: the images are brought into the cluster as files. */
export const REGISTRY = 'registry.example';
const OWN = 'dist/images';

/**
 * Builds them, as far as their sources have changed since the last time.
 *
 * @param options.folder - with images that are built already, which are taken as they are
 * @returns their files
 */
export async function productImages({ folder, registry = REGISTRY, env }) {
  if (folder === undefined) {
    const code = await show(
      'node',
      ['images/build.mjs', '--out', OWN, '--registry', registry],
      { env },
    );
    if (code !== 0) throw new Error('The images were not built.');
  }
  const files = NAMES.map(name => resolve(root, folder ?? OWN, `${name}.tar`));
  const missing = files.find(file => !existsSync(file));
  if (missing) throw new Error(`There is no ${missing}.`);
  return files;
}
