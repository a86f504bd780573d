import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A regular file as a program lists it. */
export interface Listed {
  path: string;
  size: number;
}

/** What a program makes of an archive: its files by path, or that it cannot read it. */
export type Listing = Listed[] | { refused: string };

const PYTHON = `
import json, sys, tarfile, os
result = {}
for name in sorted(os.listdir(sys.argv[1])):
    try:
        files = []
        with tarfile.open(os.path.join(sys.argv[1], name), 'r:gz') as archive:
            for member in archive:
                if member.isdir():
                    continue
                if not member.isreg() or member.issparse():
                    raise ValueError('%s is of type %r' % (member.name, member.type))
                files.append({'path': member.name, 'size': member.size})
        result[name] = files
    except Exception as error:
        result[name] = {'refused': '%s: %s' % (type(error).__name__, error)}
json.dump(result, sys.stdout)
`;

/** `./a//b` and `a/b` are one file. */
function normalized(path: string): string {
  return path
    .split('/')
    .filter(part => part !== '' && part !== '.')
    .join('/');
}

function sorted(files: Listed[]): Listed[] {
  return files
    .map(({ path, size }) => ({ path: normalized(path), size }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message.slice(0, 300) : String(error);
}

function listWithTar(file: string): Listing {
  let text: string;
  try {
    text = execFileSync(
      'tar',
      ['-tvzf', file, '--quoting-style=literal', '--utc'],
      {
        encoding: 'utf8',
        maxBuffer: 2 ** 26,
        stdio: ['ignore', 'pipe', 'pipe'],
        env: { ...process.env, LC_ALL: 'C.UTF-8' },
      },
    );
  } catch (error) {
    return { refused: messageOf(error) };
  }
  const files: Listed[] = [];
  for (const line of text.split('\n').filter(Boolean)) {
    if (line.startsWith('d')) continue;
    const found = /^-\S+ \S+ +(\d+) \S+ \S+ (.*)$/.exec(line);
    if (!found) return { refused: line };
    files.push({ path: found[2] ?? '', size: Number(found[1]) });
  }
  return sorted(files);
}

/** Whether the programs are there to be asked. */
export function missingOracles(): string[] {
  return ['tar', 'python3'].filter(program => {
    try {
      execFileSync(program, ['--version'], { stdio: 'ignore' });
      return false;
    } catch {
      return true;
    }
  });
}

/** Lists archives with GNU tar and with Python's tarfile. */
export function askOracles(
  archives: ReadonlyMap<string, Uint8Array>,
): Map<string, { tar: Listing; python: Listing }> {
  const folder = mkdtempSync(join(tmpdir(), 'krt-oracles-'));
  const files = join(folder, 'archives');
  mkdirSync(files);
  try {
    const names = [...archives.keys()];
    names.forEach((name, index) =>
      writeFileSync(join(files, `${index}.krt`), archives.get(name) ?? ''),
    );
    writeFileSync(join(folder, 'list.py'), PYTHON);
    const python: Record<string, Listing> = JSON.parse(
      execFileSync('python3', [join(folder, 'list.py'), files], {
        encoding: 'utf8',
        maxBuffer: 2 ** 28,
      }),
    );
    return new Map(
      names.map((name, index) => {
        const file = `${index}.krt`;
        const byPython = python[file] ?? { refused: 'not listed' };
        return [
          name,
          {
            tar: listWithTar(join(files, file)),
            python: Array.isArray(byPython) ? sorted(byPython) : byPython,
          },
        ];
      }),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
