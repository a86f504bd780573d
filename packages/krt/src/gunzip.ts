import { Readable } from 'node:stream';
import { crc32, createInflateRaw } from 'node:zlib';
import { archiveProblem, KrtReadError } from './problems';
import { ByteReader } from './tar/ByteReader';

const CHUNK_SIZE = 256 * 1024;
/** Bytes zlib may be ahead of its reader, and its source ahead of it. */
const AHEAD = 4 * CHUNK_SIZE;
const OPTIONS = {
  chunkSize: CHUNK_SIZE,
  // By default it waits for each chunk to be taken before it goes on with the next.
  readableHighWaterMark: AHEAD,
  writableHighWaterMark: AHEAD,
};
/** CRC-32 and size, four bytes each (RFC 1952, 2.3.1). */
const TRAILER_SIZE = 8;
/** Bytes of the name or comment a header may hold. */
const MAX_HEADER_TEXT = 64 * 1024;

/** Flags of the header (RFC 1952, 2.3.1). */
const FLAG = { headerCrc: 2, extra: 4, name: 8, comment: 16 };

function damaged(): KrtReadError {
  return new KrtReadError(
    archiveProblem(
      'archive-gzip',
      'the file is no gzip archive, or it is damaged',
      { hint: 'make the package with `tar -czf name.krt -C folder .`' },
    ),
  );
}

function truncated(): KrtReadError {
  return new KrtReadError(
    archiveProblem(
      'archive-truncated',
      'the package ends in the middle: it is not complete',
      { hint: 'copy or pack it again' },
    ),
  );
}

function trailingData(): KrtReadError {
  return new KrtReadError(
    archiveProblem(
      'archive-trailing-data',
      'there is data after the end of the gzip stream',
      { hint: 'pack again; do not append to the package' },
    ),
  );
}

async function skipText(
  read: (length: number) => Promise<Uint8Array>,
): Promise<void> {
  for (let length = 0; length < MAX_HEADER_TEXT; length++) {
    const [byte] = await read(1);
    if (byte === 0) return;
  }
  throw damaged();
}

/** Reads the header of a member up to its compressed data. */
async function skipHeader(reader: ByteReader): Promise<void> {
  let checksum = 0;
  const read = async (length: number) => {
    const bytes = await reader.read(length);
    checksum = crc32(bytes, checksum);
    return bytes;
  };
  const [id1, id2, method, flags = 0] = await read(10);
  // The upper three flags are reserved and must be zero.
  if (id1 !== 0x1f || id2 !== 0x8b || method !== 8 || flags > 0x1f) {
    throw damaged();
  }
  const has = (flag: number) => Math.floor(flags / flag) % 2 === 1;
  if (has(FLAG.extra)) {
    const [low = 0, high = 0] = await read(2);
    await read(low + 256 * high);
  }
  if (has(FLAG.name)) await skipText(read);
  if (has(FLAG.comment)) await skipText(read);
  if (has(FLAG.headerCrc)) {
    const expected = checksum % 2 ** 16;
    const [low = 0, high = 0] = await reader.read(2);
    if (low + 256 * high !== expected) throw damaged();
  }
}

/** Passes chunks on; knows how many bytes there were, and the last of them. */
class Tail {
  length = 0;
  bytes: Uint8Array = new Uint8Array(0);

  async *follow(
    source: AsyncIterable<Uint8Array>,
  ): AsyncGenerator<Uint8Array, void, undefined> {
    for await (const chunk of source) {
      this.length += chunk.length;
      this.bytes =
        chunk.length >= TRAILER_SIZE
          ? chunk.slice(-TRAILER_SIZE)
          : Buffer.concat([this.bytes, chunk]).subarray(-TRAILER_SIZE);
      yield chunk;
    }
  }
}

/** Code of an error of zlib, whichever realm's Error it is. */
function zlibCode(error: unknown): string | undefined {
  return typeof error === 'object' &&
    error !== null &&
    'code' in error &&
    typeof error.code === 'string' &&
    error.code.startsWith('Z_')
    ? error.code
    : undefined;
}

/**
 * Unpacks exactly one gzip member. Its frame is read here and only the compressed data is left to zlib, since `createGunzip`
 * reads a second member as if it belonged to the first, and which data after the end it overlooks depends on Node's version.
 * @throws KrtReadError when the member is damaged or cut off, or when anything follows it
 */
export async function* gunzip(
  packed: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  const reader = new ByteReader(packed);
  const tail = new Tail();
  const source = Readable.from(tail.follow(reader.rest()), {
    objectMode: true,
    highWaterMark: 2,
  });
  const inflate = createInflateRaw(OPTIONS);
  source.once('error', error => inflate.destroy(error));
  let checksum = 0;
  let size = 0;
  try {
    await skipHeader(reader);
    const unpacked: AsyncIterable<Buffer> = source.pipe(inflate);
    for await (const chunk of unpacked) {
      checksum = crc32(chunk, checksum);
      size += chunk.length;
      yield chunk;
    }
    // zlib stops at the end of its data and leaves what follows: the trailer, and nothing else.
    source.unpipe(inflate);
    for await (const rest of source) void rest;
  } catch (error) {
    const code = zlibCode(error);
    if (!code) throw error;
    throw code === 'Z_BUF_ERROR' ? truncated() : damaged();
  } finally {
    inflate.destroy();
    source.destroy();
    await reader.close();
  }
  const after = tail.length - inflate.bytesWritten;
  if (after < TRAILER_SIZE) throw truncated();
  if (after > TRAILER_SIZE) throw trailingData();
  const trailer = Buffer.from(tail.bytes);
  if (
    trailer.readUInt32LE(0) !== checksum ||
    trailer.readUInt32LE(4) !== size % 2 ** 32
  ) {
    throw damaged();
  }
}
