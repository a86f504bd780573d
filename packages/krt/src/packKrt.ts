import { toStream } from './platform';
import { writeTar, type PackEntry } from './tar/writeTar';

/**
 * Packs files into a KRT package. The same files give the same bytes: no times, no owners, sorted by name.
 * @public
 */
export async function packKrt(
  entries: readonly PackEntry[],
): Promise<Uint8Array> {
  async function* tar() {
    yield writeTar(entries);
  }
  const packed = toStream(tar()).pipeThrough(new CompressionStream('gzip'));
  const bytes = new Uint8Array(await new Response(packed).arrayBuffer());
  // Byte 9 of the header names the operating system, which differs between machines (RFC 1952, 2.3.1); 255 is "unknown".
  bytes[9] = 255;
  return bytes;
}
