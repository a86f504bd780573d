import { realpathSync } from 'node:fs';
import { basename, dirname, join, resolve, sep } from 'node:path';

/** Links resolved as far as the path exists: a file may be asked for before it is there. */
function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    const parent = dirname(path);
    return parent === path ? path : join(realPath(parent), basename(path));
  }
}

/**
 * Absolute path of a file of the package.
 *
 * @param packageDir - absolute, without links
 * @returns undefined for a path that leaves the package, by `..` or through a link
 */
export function pathInPackage(
  packageDir: string,
  relative: string,
): string | undefined {
  const path = realPath(resolve(packageDir, relative));
  return path === packageDir || path.startsWith(packageDir + sep)
    ? path
    : undefined;
}
