import { spawnSync } from 'node:child_process';
import { extname, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { moduleFile, StartError, type Settings } from './settings';

type Function = (...args: unknown[]) => unknown;

/** The functions of a node's module. */
export interface HandlerModule {
  handler: Function;
  init?: Function;
}

const CHECK_MILLIS = 5_000;

const TYPESCRIPT = ['.ts', '.mts', '.cts'];
const KNOWN = ['.js', '.mjs', '.cjs', ...TYPESCRIPT];

function isFunction(value: unknown): value is Function {
  return typeof value === 'function';
}

function member(value: unknown, name: string): unknown {
  return (typeof value === 'object' && value !== null) || isFunction(value)
    ? Reflect.get(value, name)
    : undefined;
}

/** What there is under a name, in the module or in its default export. */
function find(module: unknown, name: string): Function | undefined {
  return [member(module, name), member(member(module, 'default'), name)].find(
    isFunction,
  );
}

/**
 * Loads the module of the node and finds its functions: named exports, or a default export that is the handler or has them.
 * @throws StartError, or whatever the module throws
 */
export async function loadHandlerModule(
  settings: Settings,
): Promise<HandlerModule> {
  const { src } = settings;
  const ending = extname(src);
  if (!KNOWN.includes(ending)) {
    throw new StartError(
      `${src}: is no file this runner knows; it knows ${KNOWN.join(', ')}`,
    );
  }
  if (TYPESCRIPT.includes(ending) && !process.features.typescript) {
    throw new StartError(
      `${src}: this Node (${process.version}) does not run TypeScript; use 22.18 or newer, or write JavaScript`,
    );
  }
  const module: unknown = await import(
    pathToFileURL(moduleFile(settings)).href
  );
  const handler =
    find(module, 'handler') ?? [member(module, 'default')].find(isFunction);
  if (!handler) {
    throw new StartError(
      `${src}: exports no function 'handler'; write: export function handler(ctx, data) { … }`,
    );
  }
  return { handler, init: find(module, 'init') };
}

/** Where in the package an error came from, as far as its stack says. */
function placeOf(stack: string, packageDir: string): string {
  const found = /(file:\/\/[^\s)]+?|\/[^\s)]+?):(\d+)(?::\d+)?\)?$/m.exec(
    stack,
  );
  if (!found?.[1]) return '';
  const file = found[1].startsWith('file:')
    ? fileURLToPath(found[1])
    : found[1];
  const path = relative(packageDir, file);
  return path.startsWith('..') ? '' : ` (${path}:${found[2]})`;
}

/** The stack of a syntax error of an ES module does not say where it is; Node's own check does. */
function placeOfSyntaxError(settings: Settings): string {
  const file = moduleFile(settings);
  const { stderr } = spawnSync(process.execPath, ['--check', file], {
    encoding: 'utf8',
    timeout: CHECK_MILLIS,
    env: {},
  });
  return placeOf(stderr ?? '', settings.packageDir);
}

/** One line for users about why the module could not be loaded. */
export function describeLoadError(error: unknown, settings: Settings): string {
  if (error instanceof StartError) return error.message;
  if (!(error instanceof Error)) return `${settings.src}: ${String(error)}`;
  const place =
    placeOf(error.stack ?? '', settings.packageDir) ||
    (error instanceof SyntaxError ? placeOfSyntaxError(settings) : '');
  const message = error.message.split('\n', 1)[0] ?? '';
  return `${settings.src}: ${error.name}: ${message}${place}`;
}
