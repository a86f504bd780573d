// Shared libraries of programs of this machine, as entries of an image.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { file } from '../oci/index.mjs';

const LDD_MILLIS = 30_000;

/** Folders of libraries, with the links that old names of them are resolved. */
const folderOf = path => realpathSync(dirname(path));

function asEntry(library) {
  return file(
    `${folderOf(library)}/${basename(library)}`,
    realpathSync(library),
    0o755,
  );
}

/** Those that the dynamic linker would load, itself included. @throws an Error that names one that is missing */
export function librariesOf(programs) {
  const printed = execFileSync('ldd', programs, {
    encoding: 'utf8',
    timeout: LDD_MILLIS,
    // Of a module that is linked to nothing ldd says so on stderr.
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const missing = /^\s*(\S+) => not found/m.exec(printed);
  if (missing) throw new Error(`This machine has no ${missing[1]}`);
  const paths = printed.match(/\/\S+(?= \(0x)/g) ?? [];
  return unique(paths.map(asEntry));
}

/** Libraries by name that programs load by themselves. @throws an Error that names one that is missing */
export function librariesByName(names) {
  return unique(names.map(name => asEntry(findLibrary(name))));
}

function findLibrary(name) {
  const folders = readFileSync('/etc/ld.so.conf.d/x86_64-linux-gnu.conf')
    .toString()
    .split('\n')
    .filter(line => line.startsWith('/'));
  const found = folders
    .map(folder => `${folder}/${name}`)
    .find(path => existsSync(path));
  if (!found) throw new Error(`This machine has no ${name}`);
  return found;
}

/** Each path once. */
export function unique(entries) {
  return [...new Map(entries.map(entry => [entry.path, entry])).values()];
}
