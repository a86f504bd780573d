import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { download } from './download';
import { PartialPackage } from './PartialPackage';
import { Refusal } from './Refusal';
import { retry } from './retry';
import type { Settings } from './settings';
import { unpack } from './unpack';

/** Milliseconds without a byte after which an attempt is given up. */
const STALL = 20_000;

/** What was fetched. */
export interface FetchedPackage {
  /** Bytes of the package. */
  size: number;
  files: number;
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error &&
    'code' in error &&
    typeof error.code === 'string'
    ? error.code
    : undefined;
}

/** Puts a folder in the place of another one, which may be missing, empty, or left from an earlier run. */
async function replace(
  directory: string,
  unpacked: string,
  aside: string,
): Promise<void> {
  try {
    await rename(directory, aside);
  } catch (error) {
    if (codeOf(error) === 'EBUSY') {
      throw new Refusal(
        'KRT_PACKAGE_DIR is a mount itself; it must be a folder below one',
      );
    }
    if (codeOf(error) !== 'ENOENT') throw error;
  }
  await rename(unpacked, directory);
}

/**
 * Fetches, verifies and unpacks a package. The folder appears whole or not at all; what is written meanwhile lies beside it and
 * is removed in any case, also what a killed run before has left.
 *
 * @throws Refusal, or an error of the file system
 */
export async function fetchPackage(
  settings: Settings,
  options: {
    signal: AbortSignal;
    onRetry: (reason: string, pauseMs: number) => void;
  },
): Promise<FetchedPackage> {
  const { directory, limits, timeout } = settings;
  const { signal } = options;
  const parent = path.dirname(directory);
  const prefix = `.${path.basename(directory)}.fetch-`;
  await mkdir(parent, { recursive: true });
  for (const name of await readdir(parent)) {
    if (name.startsWith(prefix)) {
      await rm(path.join(parent, name), { recursive: true, force: true });
    }
  }
  const work = await mkdtemp(path.join(parent, prefix));
  try {
    const file = path.join(work, 'package.krt');
    const partial = await PartialPackage.create(file, {
      digest: settings.digest,
      maxBytes: limits.packedSize,
    });
    const stall = Math.min(STALL, timeout);
    const size = await retry(
      onProgress =>
        download({ ...settings, partial, signal, onProgress, stall }),
      { ...options, timeout },
    ).finally(() => partial.close());
    const unpacked = path.join(work, 'unpacked');
    const files = await unpack(file, unpacked, { limits, signal });
    await replace(directory, unpacked, path.join(work, 'before'));
    return { size, files };
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}
