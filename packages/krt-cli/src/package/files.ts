import { createReadStream } from 'node:fs';
import { lstat, readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import ignore from 'ignore';
import { CliError } from '../errors';

/** A file of a folder that goes into the package. */
export interface FolderFile {
  /** As in the package. */
  path: string;
  /** On this machine. */
  source: string;
  size: number;
  executable: boolean;
}

/** Never part of a package. */
const ALWAYS = [
  '.git',
  '.krtignore',
  '*.krt',
  '__pycache__',
  '*.pyc',
  '.venv',
  'venv',
  '.DS_Store',
  '.env',
  '.vscode',
  '.idea',
];

async function readIgnored(folder: string) {
  const rules = ignore().add(ALWAYS);
  const own = await readFile(join(folder, '.krtignore'), 'utf8').catch(
    () => '',
  );
  return rules.add(own);
}

/**
 * The files of a folder that go into the package, by path: all but what `.krtignore` names (in the way of .gitignore) and what
 * never belongs there.
 * @throws CliError for a link or a device
 */
export async function filesOf(folder: string): Promise<FolderFile[]> {
  const ignored = await readIgnored(folder);
  const files: FolderFile[] = [];
  const pending = [folder];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    for (const name of await readdir(next)) {
      const source = join(next, name);
      const path = relative(folder, source).split(sep).join('/');
      const known = await lstat(source);
      if (ignored.ignores(known.isDirectory() ? `${path}/` : path)) continue;
      if (known.isDirectory()) {
        pending.push(source);
      } else if (known.isFile()) {
        files.push({
          path,
          source,
          size: known.size,
          // eslint-disable-next-line no-bitwise -- mode bits
          executable: (known.mode & 0o111) !== 0,
        });
      } else {
        throw new CliError(
          `"${path}" is ${
            known.isSymbolicLink() ? 'a link' : 'no regular file'
          }, which a package cannot hold`,
          { hint: 'put the file itself there, or name it in .krtignore' },
        );
      }
    }
  }
  return files.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Content of a file, in chunks. */
export function contentOf(file: FolderFile): AsyncIterable<Uint8Array> {
  return createReadStream(file.source, { highWaterMark: 256 * 1024 });
}
