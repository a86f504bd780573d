import { DEFAULT_LIMITS } from './limits';
import { toStream } from './platform';
import { KrtReadError } from './problems';
import { checkPath, PathRegister } from './tar/paths';
import { writeTar, type PackEntry } from './tar/writeTar';

/**
 * Packs files into a KRT package. The same files give the same bytes: no times, no owners, sorted by name.
 * @throws KrtReadError for a name that no reader would accept, or two that cannot lie beside each other
 * @public
 */
export async function packKrt(
  entries: readonly PackEntry[],
): Promise<Uint8Array> {
  const register = new PathRegister(DEFAULT_LIMITS.entries);
  for (const { path } of entries) {
    const { problem } = checkPath(path, DEFAULT_LIMITS);
    const collision = problem ?? register.add(path, false);
    if (collision) throw new KrtReadError(collision);
  }
  async function* tar() {
    yield writeTar(entries);
  }
  const packed = toStream(tar()).pipeThrough(new CompressionStream('gzip'));
  const bytes = new Uint8Array(await new Response(packed).arrayBuffer());
  // Byte 9 of the header names the operating system, which differs between machines (RFC 1952, 2.3.1); 255 is "unknown".
  bytes[9] = 255;
  return bytes;
}
