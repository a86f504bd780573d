/**
 * The same reader with what Node has built in: zlib and its own hash, several times as fast.
 *
 * @packageDocumentation
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { createGzip } from 'node:zlib';
import { gunzip } from './gunzip';
import { checkNames, hideSystem } from './packKrt';
import type { KrtPlatform } from './platform';
import { readKrt, type ReadKrtOptions } from './readKrt';
import { tarChunks, type PackFile } from './tar/writeTar';
import type { KrtReadResult } from './types';

/** @public */
export const nodePlatform: KrtPlatform = {
  sha256() {
    const hash = createHash('sha256');
    return {
      update: bytes => {
        hash.update(bytes);
      },
      hex: () => hash.digest('hex'),
    };
  },
  gunzip,
};

/** Reads a package from a file. @public */
export function readKrtFile(
  path: string,
  options: Omit<ReadKrtOptions, 'platform'> = {},
): Promise<KrtReadResult> {
  return readKrt(createReadStream(path, { highWaterMark: 256 * 1024 }), {
    ...options,
    platform: nodePlatform,
  });
}

/**
 * Packs files of any size, a chunk at a time. The same files give the same bytes.
 * @throws KrtReadError for a name that no reader would accept; RangeError for a file that changes meanwhile
 * @public
 */
export async function* packFiles(
  files: readonly PackFile[],
): AsyncGenerator<Uint8Array, void, undefined> {
  checkNames(files.map(({ path }) => path));
  const source = Readable.from(tarChunks(files), { objectMode: true });
  const gzip = createGzip();
  source.once('error', error => gzip.destroy(error));
  const packed: AsyncIterable<Buffer> = source.pipe(gzip);
  let isFirst = true;
  try {
    for await (const chunk of packed) {
      if (isFirst) hideSystem(chunk);
      isFirst = false;
      yield chunk;
    }
  } finally {
    source.destroy();
    gzip.destroy();
  }
}
