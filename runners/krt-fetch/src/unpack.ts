import { createReadStream } from 'node:fs';
import { mkdir, open } from 'node:fs/promises';
import path from 'node:path';
import { KrtReadError, readTar, type KrtLimits } from '@konstellation/krt';
import { nodePlatform } from '@konstellation/krt/node';
import { Refusal } from './Refusal';

const CHUNK_SIZE = 256 * 1024;

/**
 * Unpacks a package into a new folder. Only regular files are written, under names that the reader of packages has found safe,
 * each of them new: nothing outside of the folder can be reached, and nothing be overwritten.
 *
 * @param folder - must not exist
 * @returns the number of files
 * @throws Refusal for a package that the reader refuses
 */
export async function unpack(
  packageFile: string,
  folder: string,
  options: { limits: KrtLimits; signal: AbortSignal },
): Promise<number> {
  const packed = createReadStream(packageFile, { highWaterMark: CHUNK_SIZE });
  const made = new Set<string>();
  let files = 0;
  try {
    await mkdir(folder);
    for await (const entry of readTar(nodePlatform.gunzip(packed), {
      limits: options.limits,
      packedBytes: () => packed.bytesRead,
    })) {
      options.signal.throwIfAborted();
      const target = path.join(folder, ...entry.path.split('/'));
      const parent = path.dirname(target);
      if (!made.has(parent)) {
        await mkdir(parent, { recursive: true });
        made.add(parent);
      }
      const file = await open(target, 'wx', entry.executable ? 0o755 : 0o644);
      try {
        for await (const chunk of entry.content) await file.writeFile(chunk);
      } finally {
        await file.close();
      }
      files++;
    }
  } catch (error) {
    if (!(error instanceof KrtReadError)) throw error;
    throw new Refusal(`the package cannot be unpacked: ${error.message}`);
  } finally {
    packed.destroy();
  }
  return files;
}
