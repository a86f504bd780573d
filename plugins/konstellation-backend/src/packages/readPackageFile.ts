import { NotFoundError } from '@backstage/errors';
import { DEFAULT_LIMITS, readTar } from '@konstellation/krt';
import { nodePlatform } from '@konstellation/krt/node';
import type { PackageStore } from './PackageStore';

/** Bytes of a file that is read out of a package to be shown. */
const MAX_SHOWN = 16 * 1024 * 1024;

/**
 * Reads one file out of a stored package; nothing is unpacked to disk.
 * @throws NotFoundError
 */
export async function readPackageFile(
  store: PackageStore,
  digest: string,
  path: string,
): Promise<Buffer> {
  const opened = await store.open(digest);
  if (!opened) throw new NotFoundError('the package is not stored any more');
  try {
    const tar = nodePlatform.gunzip(opened.stream);
    for await (const file of readTar(tar, { limits: DEFAULT_LIMITS })) {
      if (file.path !== path) continue;
      if (file.size > MAX_SHOWN) break;
      const chunks: Uint8Array[] = [];
      for await (const chunk of file.content) chunks.push(Buffer.from(chunk));
      return Buffer.concat(chunks);
    }
  } finally {
    opened.stream.destroy();
  }
  throw new NotFoundError(
    `the package has no file "${path}" that can be shown`,
  );
}
