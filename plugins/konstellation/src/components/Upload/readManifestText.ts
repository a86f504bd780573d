import { ByteQueue } from './ByteQueue';

const BLOCK = 512;
const MANIFEST_NAMES = new Set(['krt.yml', 'krt.yaml']);
const MAXIMUM_MANIFEST_BYTES = 256 * 1024;

/**
 * Text of krt.yml in a package that was refused, to show the lines that its problems name.
 *
 * Answers undefined where it cannot be had: what is wrong may well be the archive.
 */
export async function readManifestText(
  krt: Blob,
  signal?: AbortSignal,
): Promise<string | undefined> {
  if (typeof DecompressionStream === 'undefined') {
    return undefined;
  }
  try {
    const unpacked = krt
      .stream()
      .pipeThrough(new DecompressionStream('gzip'), { signal });
    return await findManifest(unpacked.getReader());
  } catch {
    return undefined;
  }
}

async function findManifest(
  reader: ReadableStreamDefaultReader<Uint8Array>,
): Promise<string | undefined> {
  const bytes = new ByteQueue(reader);
  try {
    for (;;) {
      const header = await bytes.take(BLOCK);
      if (!header || header.every(byte => byte === 0)) {
        return undefined;
      }
      const name = readText(header.subarray(0, 100)).replace(/^\.\//, '');
      const size = parseInt(readText(header.subarray(124, 136)).trim(), 8) || 0;
      if (MANIFEST_NAMES.has(name)) {
        return size <= MAXIMUM_MANIFEST_BYTES
          ? readWhole(await bytes.take(size))
          : undefined;
      }
      await bytes.skip(Math.ceil(size / BLOCK) * BLOCK);
    }
  } finally {
    await reader.cancel();
  }
}

function readText(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end));
}

function readWhole(bytes: Uint8Array | undefined): string | undefined {
  return bytes && new TextDecoder().decode(bytes);
}
