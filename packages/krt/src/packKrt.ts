import { DEFAULT_LIMITS } from './limits';
import { toStream } from './platform';
import { KrtReadError } from './problems';
import { checkPath, PathRegister } from './tar/paths';
import { tarChunks, type PackEntry } from './tar/writeTar';

/** @throws KrtReadError for a name that no reader would accept, or two that cannot lie beside each other */
export function checkNames(paths: Iterable<string>): void {
  const register = new PathRegister(DEFAULT_LIMITS.entries);
  for (const path of paths) {
    const { problem } = checkPath(path, DEFAULT_LIMITS);
    const collision = problem ?? register.add(path, false);
    if (collision) throw new KrtReadError(collision);
  }
}

/** Byte 9 of the header of gzip names the operating system, which differs between machines (RFC 1952, 2.3.1); 255 is "unknown". */
export function hideSystem(gzip: Uint8Array): void {
  gzip[9] = 255;
}

async function* once(content: Uint8Array) {
  yield content;
}

/**
 * Packs files into a KRT package. The same files give the same bytes: no times, no owners, sorted by name.
 * @throws KrtReadError for a name that no reader would accept, or two that cannot lie beside each other
 * @public
 */
export async function packKrt(
  entries: readonly PackEntry[],
): Promise<Uint8Array> {
  checkNames(entries.map(({ path }) => path));
  const files = entries.map(entry => ({
    ...entry,
    size: entry.content.length,
    content: once(entry.content),
  }));
  const packed = toStream(tarChunks(files)).pipeThrough(
    new CompressionStream('gzip'),
  );
  const bytes = new Uint8Array(await new Response(packed).arrayBuffer());
  hideSystem(bytes);
  return bytes;
}
