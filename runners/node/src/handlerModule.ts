import { extname } from 'node:path';
import { pathToFileURL } from 'node:url';
import { StartError } from './errors';
import { moduleFile, type Settings } from './settings';

type ModuleFunction = (...args: unknown[]) => unknown;

/** The functions of a node's module. */
export interface HandlerModule {
  handler: ModuleFunction;
  init?: ModuleFunction;
}

const TYPESCRIPT = ['.ts', '.mts', '.cts'];
const KNOWN = ['.js', '.mjs', '.cjs', ...TYPESCRIPT];

function isFunction(value: unknown): value is ModuleFunction {
  return typeof value === 'function';
}

function member(owner: unknown, name: string): unknown {
  return (typeof owner === 'object' && owner !== null) || isFunction(owner)
    ? Reflect.get(owner, name)
    : undefined;
}

/** The module and its default exports; compiled CommonJS has one within the other. */
function owners(module: unknown): unknown[] {
  const byDefault = member(module, 'default');
  return [module, byDefault, member(byDefault, 'default')];
}

/** What there is under a name. A method stays the method of its object. */
function find(module: unknown, name: string): ModuleFunction | undefined {
  for (const owner of owners(module)) {
    const found = member(owner, name);
    if (isFunction(found)) {
      return (...args) => Reflect.apply(found, owner, args);
    }
  }
  return undefined;
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
  const handler = find(module, 'handler') ?? owners(module).find(isFunction);
  if (!handler) {
    throw new StartError(
      `${src}: exports no function 'handler'; write: export function handler(ctx, data) { … }`,
    );
  }
  return { handler, init: find(module, 'init') };
}
