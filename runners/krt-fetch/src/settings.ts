import path from 'node:path';
import { DEFAULT_LIMITS, type KrtLimits } from '@konstellation/krt';
import { Refusal } from './Refusal';

/** What the container contract gives to krt-fetch. */
export interface Settings {
  url: URL;
  /** `sha256:<hex>` */
  digest: string;
  token?: string;
  /** Absolute path of the folder to unpack to. */
  directory: string;
  /** Milliseconds without progress after which nothing is tried again. */
  timeout: number;
  limits: KrtLimits;
}

type Environment = Record<string, string | undefined>;

const DEFAULT_TIMEOUT_SECONDS = 60;
const MAX_TIMEOUT_SECONDS = 24 * 60 * 60;

function required(env: Environment, name: string): string {
  const value = env[name];
  if (!value) throw new Refusal(`${name} is not set`);
  return value;
}

function readUrl(env: Environment): URL {
  const text = required(env, 'KRT_PACKAGE_URL');
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw new Refusal('KRT_PACKAGE_URL is not an absolute URL');
  }
  if (!['http:', 'https:'].includes(url.protocol)) {
    throw new Refusal('KRT_PACKAGE_URL must begin with http:// or https://');
  }
  return url;
}

function readDigest(env: Environment): string {
  const digest = required(env, 'KRT_PACKAGE_DIGEST');
  if (!/^sha256:[0-9a-f]{64}$/.test(digest)) {
    throw new Refusal(
      'KRT_PACKAGE_DIGEST must look like sha256:<64 hex digits>',
    );
  }
  return digest;
}

function readDirectory(env: Environment): string {
  const directory = path.resolve(required(env, 'KRT_PACKAGE_DIR'));
  if (directory === path.dirname(directory)) {
    throw new Refusal('KRT_PACKAGE_DIR cannot be the root of the file system');
  }
  return directory;
}

function readTimeout(env: Environment): number {
  const text = env.KRT_FETCH_TIMEOUT_SECONDS;
  const seconds = text ? Number(text) : DEFAULT_TIMEOUT_SECONDS;
  if (!(seconds > 0 && seconds <= MAX_TIMEOUT_SECONDS)) {
    throw new Refusal(
      `KRT_FETCH_TIMEOUT_SECONDS must be a number from 1 to ${MAX_TIMEOUT_SECONDS}`,
    );
  }
  return seconds * 1000;
}

/** The portal's own limits, where it has others than the default. */
function readLimits(env: Environment): KrtLimits {
  const limits = { ...DEFAULT_LIMITS };
  if (!env.KRT_PACKAGE_LIMITS) return limits;
  let given: unknown;
  try {
    given = JSON.parse(env.KRT_PACKAGE_LIMITS);
  } catch {
    given = undefined;
  }
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw new Refusal('KRT_PACKAGE_LIMITS must be a JSON object');
  }
  const isLimit = (key: string): key is keyof KrtLimits => key in limits;
  for (const [key, value] of Object.entries(given)) {
    if (!isLimit(key) || typeof value !== 'number' || !(value > 0)) {
      throw new Refusal(
        `KRT_PACKAGE_LIMITS must map ${Object.keys(limits).join(
          ', ',
        )} to positive numbers`,
      );
    }
    limits[key] = value;
  }
  return limits;
}

/** @throws Refusal with one line that names the variable */
export function readSettings(env: Environment): Settings {
  return {
    url: readUrl(env),
    digest: readDigest(env),
    token: env.KRT_PACKAGE_TOKEN || undefined,
    directory: readDirectory(env),
    timeout: readTimeout(env),
    limits: readLimits(env),
  };
}
