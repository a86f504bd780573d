import { archiveProblem, KrtReadError } from '../problems';
import type { KrtProblemCode } from '../problemCodes';
import type { KrtLimits, KrtProblem } from '../types';

const encoder = new TextEncoder();

/** A path as it is used from here on, or why it cannot be. */
export type CheckedPath =
  | { path: string; problem?: undefined }
  | { path?: undefined; problem: KrtProblem };

// eslint-disable-next-line no-control-regex -- these are what must not be in a name
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/;

/** A name of the archive as it can be put into a message. */
export function shown(name: string): string {
  const clean = name.replace(/[^\u0020-\u007e\u00a0-\uffff]/g, '\ufffd');
  return clean.length > 120 ? `${clean.slice(0, 117)}…` : clean;
}

/** Names without anything that has a second form or more than a byte. */
const PLAIN = /^[\u0020-\u007e]*$/;

/** Bytes in UTF-8. */
function lengthOf(path: string): number {
  return PLAIN.test(path) ? path.length : encoder.encode(path).length;
}

/**
 * Makes a relative, `/`-separated path without `./` of an entry's name, or says why it is refused. The root itself is the
 * empty path.
 */
export function checkPath(name: string, limits: KrtLimits): CheckedPath {
  const refuse = (
    code: KrtProblemCode,
    what: string,
    hint?: string,
  ): CheckedPath => ({
    problem: archiveProblem(code, `the entry "${shown(name)}" ${what}`, {
      file: shown(name),
      hint,
    }),
  });
  if (CONTROL.test(name)) {
    return refuse(
      'archive-path-control',
      'has a control character in its name',
    );
  }
  if (name.includes('\\')) {
    return refuse(
      'archive-path-backslash',
      'has a backslash in its name',
      'separate folders with /',
    );
  }
  if (name.startsWith('/') || /^(?:\.?\/)*[A-Za-z]:/.test(name)) {
    return refuse(
      'archive-path-absolute',
      'has an absolute path',
      'pack with `tar -czf name.krt -C folder .`',
    );
  }
  const parts = name.split('/').filter(part => part !== '' && part !== '.');
  if (parts.includes('..')) {
    return refuse(
      'archive-path-outside',
      'leads out of the package',
      'remove `..` from the path',
    );
  }
  const path = parts.join('/');
  if (lengthOf(path) > limits.pathLength) {
    return refuse(
      'archive-path-length',
      `has a path of more than ${limits.pathLength} bytes`,
      'shorten the names of its folders',
    );
  }
  if (parts.length > limits.pathDepth) {
    return refuse(
      'archive-path-depth',
      `lies more than ${limits.pathDepth} folders deep`,
    );
  }
  return { path };
}

/** Two paths with the same key are the same file on some system (Unicode NFC, then case folding). */
export function collisionKey(path: string): string {
  if (PLAIN.test(path)) return path.toLowerCase();
  // Upper and lower case in turn also brings together what has a special folding, like ß and ligatures.
  return path
    .normalize('NFD')
    .toLowerCase()
    .toUpperCase()
    .toLowerCase()
    .normalize('NFC');
}

/** Finds names that cannot lie beside each other on every system. */
export class PathRegister {
  #lastFolder = '';
  readonly #seen = new Map<string, { path: string; directory: boolean }>();

  /** @param limit - names, those of folders without an entry of their own included */
  constructor(readonly limit: number) {}

  /**
   * @returns a problem when the path cannot stand beside those before it
   * @throws KrtReadError when there are too many
   */
  add(path: string, directory: boolean): KrtProblem | undefined {
    const parent = path.slice(0, Math.max(0, path.lastIndexOf('/')));
    // The folder of the file before is that of most files.
    if (parent !== '' && parent === this.#lastFolder) {
      return this.#place(path, directory, path);
    }
    const parts = path.split('/');
    for (let depth = 1; depth < parts.length; depth++) {
      const problem = this.#place(parts.slice(0, depth).join('/'), true, path);
      if (problem) return problem;
    }
    this.#lastFolder = parent;
    return this.#place(path, directory, path);
  }

  #place(
    path: string,
    directory: boolean,
    entry: string,
  ): KrtProblem | undefined {
    const key = collisionKey(path);
    const before = this.#seen.get(key);
    if (!before) {
      if (this.#seen.size >= this.limit) {
        throw new KrtReadError(
          archiveProblem(
            'archive-entries',
            `the package has more than ${this.limit} files and folders`,
            { file: shown(entry) },
          ),
        );
      }
      this.#seen.set(key, { path, directory });
      return undefined;
    }
    if (before.path !== path) {
      return archiveProblem(
        'archive-name-collision',
        `"${shown(path)}" and "${shown(
          before.path,
        )}" are the same name on some systems`,
        { file: shown(entry), hint: 'rename one of them' },
      );
    }
    if (before.directory !== directory) {
      return archiveProblem(
        'archive-file-and-folder',
        `"${shown(path)}" is both a file and a folder`,
        { file: shown(entry) },
      );
    }
    if (directory) return undefined;
    return archiveProblem(
      'archive-duplicate-file',
      `"${shown(path)}" is in the archive twice`,
      { file: shown(entry), hint: 'pack each file once' },
    );
  }
}
