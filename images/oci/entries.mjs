// What goes into a layer: a list of entries { path, kind, mode, source | content | target }, in an order that does not depend on
// the machine. `source` is a file of this machine, `content` a text or Buffer, `target` where a symlink points.
import { lstatSync, readdirSync, readlinkSync } from 'node:fs';
import { join, posix } from 'node:path';

const DIRECTORY_MODE = 0o755;
const byPath = (one, other) => Buffer.compare(one.bytes, other.bytes);

/** Two modes are left of all that a machine may have: everyone reads, and runs what its owner may run. */
export const plainMode = mode => (mode & 0o100 ? 0o755 : 0o644);

export function directory(path, mode = DIRECTORY_MODE) {
  return { path, kind: 'directory', mode };
}

export function symlink(path, target) {
  return { path, kind: 'symlink', mode: 0o777, target };
}

export function text(path, content, mode = 0o644) {
  return { path, kind: 'file', mode, content: Buffer.from(content) };
}

/** A file of this machine, symlinks followed. */
export function file(path, source, mode) {
  return { path, kind: 'file', mode: mode ?? undefined, source };
}

/**
 * A folder of this machine with all that is in it.
 *
 * @param isWanted - is asked for each path, relative to the folder; what is below a folder that is not wanted is not looked at
 */
export function tree(path, source, isWanted = () => true) {
  function below(relative) {
    return readdirSync(join(source, relative)).flatMap(name => {
      const here = posix.join(relative, name);
      if (!isWanted(here)) return [];
      const from = join(source, here);
      const to = posix.join(path, here);
      const stat = lstatSync(from);
      if (stat.isDirectory()) return [directory(to), ...below(here)];
      if (stat.isSymbolicLink()) return [symlink(to, readlinkSync(from))];
      if (stat.isFile()) return [file(to, from, plainMode(stat.mode))];
      throw new Error(`${from} is neither file, folder nor symlink`);
    });
  }
  return [directory(path), ...below('')];
}

function nameInArchive(path) {
  const name = posix.normalize(path).replace(/^\/+|\/+$/g, '');
  if (name === '' || name === '.' || name.split('/').includes('..')) {
    throw new Error(`"${path}" is no path of an image`);
  }
  return name;
}

/**
 * Sorted by the bytes of their names, each with the folders above it, relative to the root.
 *
 * @throws an Error when two say different things about a path
 */
export function sortEntries(entries) {
  const found = new Map();
  for (const entry of entries) {
    const name = nameInArchive(entry.path);
    const before = found.get(name);
    if (before && !(before.kind === 'directory' && entry.kind === 'directory'))
      throw new Error(`/${name} is there twice`);
    found.set(name, { ...entry, path: name });
  }
  for (const name of [...found.keys()]) {
    for (
      let above = posix.dirname(name);
      above !== '.';
      above = posix.dirname(above)
    ) {
      const entry = found.get(above);
      if (entry?.kind === 'directory') break;
      if (entry) throw new Error(`/${above} of /${name} is no folder`);
      found.set(above, directory(above));
    }
  }
  return [...found.values()]
    .map(entry => ({ ...entry, bytes: Buffer.from(entry.path) }))
    .sort(byPath)
    .map(({ bytes, ...entry }) => entry);
}
