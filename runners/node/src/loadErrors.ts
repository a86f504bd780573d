import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, extname, join, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { messageOf, StartError, typeOf } from './errors';
import { moduleFile, type Settings } from './settings';

/** Milliseconds for one file. */
const CHECK_TIMEOUT = 5_000;
const MAX_CHECKED = 40;

/** The first place in the package that a stack names, as ` (src/model.ts:7)`. */
function placeOf(stack: string, packageDir: string): string {
  const url = `${pathToFileURL(packageDir).href}/`;
  const folder = packageDir + sep;
  for (const line of stack.split('\n')) {
    const isUrl = line.includes(url);
    const start = isUrl ? line.indexOf(url) : line.indexOf(folder);
    const found = /^(.+?):(\d+)(?::\d+)?\)?$/.exec(line.slice(start));
    if (start >= 0 && found?.[1]) {
      const file = isUrl ? fileURLToPath(found[1]) : found[1];
      return ` (${file.slice(folder.length)}:${found[2]})`;
    }
  }
  return '';
}

/** The files next to a module that it imports, as far as its text shows. */
function importsOf(file: string): string[] {
  const text = readFileSync(file, 'utf8');
  const found = text.matchAll(/(?:from|import)\s*\(?\s*['"](\.[^'"]+)['"]/g);
  return Array.from(found, ([, relative = '']) =>
    join(dirname(file), relative),
  );
}

/**
 * The stack of a syntax error of an ES module does not say where it is; Node's own check of a file does, which does not
 * run it.
 */
function placeOfSyntaxError(settings: Settings): string {
  const files = [moduleFile(settings)];
  for (let at = 0; at < Math.min(files.length, MAX_CHECKED); at++) {
    const file = files[at] ?? '';
    if (existsSync(file)) {
      const { stderr } = spawnSync(process.execPath, ['--check', file], {
        encoding: 'utf8',
        timeout: CHECK_TIMEOUT,
        env: {},
      });
      const place = placeOf(stderr ?? '', settings.packageDir);
      if (place) return place;
      files.push(...importsOf(file).filter(next => !files.includes(next)));
    }
  }
  return '';
}

/** Imports name files with their ending, which TypeScript does not always ask for. */
function hintOf(error: Error, packageDir: string): string {
  const url: unknown = Reflect.get(error, 'url');
  if (typeof url !== 'string' || !url.startsWith('file:')) return '';
  const file = fileURLToPath(url);
  const stem = file.slice(0, file.length - extname(file).length);
  const meant = ['.ts', '.js', '.mjs', '.mts', '/index.ts', '/index.js']
    .flatMap(ending => [file + ending, stem + ending])
    .find(path => existsSync(path) && path.startsWith(packageDir + sep));
  return meant
    ? `; there is '${meant.slice(
        packageDir.length + 1,
      )}': name it with its ending`
    : '';
}

/** One line for users about why the module failed: `src/model.ts: TypeError: … (src/model.ts:7)`. */
export function describeFailure(error: unknown, settings: Settings): string {
  const { packageDir, src } = settings;
  if (error instanceof StartError) return error.message;
  const message = messageOf(error)
    .split('\n', 1)
    .join('')
    .replaceAll(packageDir + sep, '');
  const what = `${src}: ${typeOf(error)}: ${message}`;
  if (!(error instanceof Error)) return what;
  const place =
    placeOf(error.stack ?? '', packageDir) ||
    (error instanceof SyntaxError ? placeOfSyntaxError(settings) : '');
  return what + hintOf(error, packageDir) + place;
}
