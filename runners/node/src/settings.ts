import { realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { StartError } from './errors';
import { pathInPackage } from './packagePath';

/** What the environment says, checked. Sizes in bytes, times in seconds. */
export interface Settings {
  node: string;
  /** Relative to the package. */
  src: string;
  /** Absolute. */
  packageDir: string;
  host: string | undefined;
  port: number;
  maxBody: number;
  maxCalls: number;
  idleTimeout: number;
  grace: number;
}

type Environment = Record<string, string | undefined>;

function required(env: Environment, name: string): string {
  const value = env[name];
  if (!value) {
    throw new StartError(`the environment variable ${name} is missing`);
  }
  return value;
}

function number(
  env: Environment,
  name: string,
  [byDefault, least, most]: [number, number, number],
): number {
  const text = env[name];
  if (!text) return byDefault;
  const value = Number(text);
  if (!Number.isInteger(value) || value < least || value > most) {
    throw new StartError(
      `${name} must be a whole number from ${least} to ${most}, not '${text}'`,
    );
  }
  return value;
}

function packageDirectory(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    throw new StartError(
      `the folder '${path}' of KRT_PACKAGE_DIR does not exist`,
    );
  }
}

/** @throws StartError that names the variable */
export function readSettings(env: Environment): Settings {
  const convention = env.KRT_CONVENTION || 'dict';
  if (convention !== 'dict') {
    throw new StartError(
      `the convention '${convention}' is not supported by this runner, only 'dict' is`,
    );
  }
  const packageDir = packageDirectory(required(env, 'KRT_PACKAGE_DIR'));
  const src = required(env, 'KRT_NODE_SRC');
  const file = pathInPackage(packageDir, src);
  if (file === undefined) {
    throw new StartError(`KRT_NODE_SRC '${src}' lies outside of the package`);
  }
  if (!statSync(file, { throwIfNoEntry: false })?.isFile()) {
    throw new StartError(`the file '${src}' does not exist in the package`);
  }
  return {
    node: env.KRT_NODE_NAME || 'node',
    src,
    packageDir,
    host: env.KRT_HOST || undefined,
    port: number(env, 'KRT_PORT_HTTP', [8080, 0, 65_535]),
    maxBody: number(env, 'KRT_MAX_BODY_BYTES', [4 * 1024 * 1024, 1, 2 ** 31]),
    maxCalls: number(env, 'KRT_MAX_CALLS', [1_024, 1, 2 ** 20]),
    idleTimeout: number(env, 'KRT_IDLE_TIMEOUT_SECONDS', [75, 1, 86_400]),
    grace: number(env, 'KRT_GRACE_SECONDS', [25, 0, 86_400]),
  };
}

/** Absolute path of the node's module. */
export function moduleFile({ packageDir, src }: Settings): string {
  return join(packageDir, src);
}
