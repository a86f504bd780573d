import { BLOCK } from './header';

const encoder = new TextEncoder();

/** A file to pack. @public */
export interface PackEntry {
  path: string;
  content: Uint8Array;
  executable?: boolean;
}

function put(block: Uint8Array, at: number, text: string): void {
  block.set(encoder.encode(text), at);
}

function octal(value: number, length: number): string {
  return `${value.toString(8).padStart(length - 1, '0')}\0`;
}

function header(name: string, size: number, mode: number, type: string) {
  const block = new Uint8Array(BLOCK);
  put(block, 0, name);
  put(block, 100, octal(mode, 8));
  put(block, 108, octal(0, 8));
  put(block, 116, octal(0, 8));
  put(block, 124, octal(size, 12));
  put(block, 136, octal(0, 12));
  put(block, 148, '        ');
  put(block, 156, type);
  put(block, 257, 'ustar\x0000');
  const sum = block.reduce((total, byte) => total + byte, 0);
  put(block, 148, `${sum.toString(8).padStart(6, '0')}\0 `);
  return block;
}

/** A PAX record counts its own length. */
function paxRecord(key: string, value: string): Uint8Array {
  const body = encoder.encode(` ${key}=${value}\n`);
  let length = body.length + 1;
  while (String(length).length + body.length !== length) {
    length = String(length).length + body.length;
  }
  return encoder.encode(`${length} ${key}=${value}\n`);
}

/** A file to pack, whose content comes in chunks. @public */
export interface PackFile {
  path: string;
  /** Bytes. */
  size: number;
  executable?: boolean;
  content: AsyncIterable<Uint8Array>;
}

/** Fills the last block. */
function filler(size: number): Uint8Array {
  return new Uint8Array((BLOCK - (size % BLOCK)) % BLOCK);
}

/** Names that do not fit into 100 bytes of ASCII are written as PAX. */
function* headers({ path, size, executable }: PackFile) {
  const ascii = /^[\u0020-\u007e]{1,100}$/.test(path);
  if (!ascii) {
    const record = paxRecord('path', path);
    yield header('pax', record.length, 0o644, 'x');
    yield record;
    yield filler(record.length);
  }
  const name = ascii
    ? path
    : path.replace(/[^\u0020-\u007e]/g, '_').slice(0, 100);
  yield header(name, size, executable ? 0o755 : 0o644, '0');
}

/**
 * A tar archive that depends on names and contents alone: sorted, without times and owners.
 * @throws RangeError when a content is not as long as it was said to be
 */
export async function* tarChunks(
  files: readonly PackFile[],
): AsyncGenerator<Uint8Array, void, undefined> {
  const sorted = [...files].sort((a, b) =>
    a.path < b.path ? -1 : Number(a.path > b.path),
  );
  for (const file of sorted) {
    yield* headers(file);
    let written = 0;
    for await (const chunk of file.content) {
      written += chunk.length;
      yield chunk;
    }
    if (written !== file.size) {
      throw new RangeError(
        `"${file.path}" changed while it was packed: ${written} bytes instead of ${file.size}`,
      );
    }
    yield filler(file.size);
  }
  yield new Uint8Array(2 * BLOCK);
}
