/** @jest-environment node */
import { crc32, gzipSync } from 'node:zlib';
import { gunzip } from './gunzip';
import { KrtReadError } from './problems';

const TEXT = Buffer.from('some text, '.repeat(100));
const MEMBER = gzipSync(TEXT);
const SIZES = [1, 2, 7, MEMBER.length - 9, MEMBER.length - 8, MEMBER.length];

async function* chunks(data: Uint8Array, size: number) {
  for (let at = 0; at < data.length; at += size) {
    yield data.subarray(at, at + size);
  }
}

async function unpack(data: Uint8Array, size: number): Promise<string> {
  const parts: Uint8Array[] = [];
  try {
    for await (const part of gunzip(chunks(data, size))) parts.push(part);
  } catch (error) {
    if (error instanceof KrtReadError) return error.problem.code;
    throw error;
  }
  return Buffer.concat(parts).toString();
}

function changed(at: number): Buffer {
  const copy = Buffer.from(MEMBER);
  copy.writeUInt8(
    copy.readUInt8(at < 0 ? copy.length + at : at) ^ 1,
    at < 0 ? copy.length + at : at,
  );
  return copy;
}

/** @param error - added to the checksum of the header */
function withHeaderFields(error = 0): Buffer {
  const fixed = Buffer.from(MEMBER.subarray(0, 10));
  fixed[3] = 0x1e;
  const header = Buffer.concat([
    fixed,
    Buffer.from([3, 0, 1, 2, 3]),
    Buffer.from('name\0comment\0'),
  ]);
  const checksum = Buffer.alloc(2);
  checksum.writeUInt16LE(((crc32(header) % 2 ** 16) + error) % 2 ** 16);
  return Buffer.concat([header, checksum, MEMBER.subarray(10)]);
}

// Byte by byte takes its time on a busy machine.
jest.setTimeout(60_000);

describe('gunzip', () => {
  it.each([
    ['a member', MEMBER, TEXT.toString()],
    ['a header with all fields', withHeaderFields(), TEXT.toString()],
    [
      'a second member',
      Buffer.concat([MEMBER, MEMBER]),
      'archive-trailing-data',
    ],
    [
      'one more byte',
      Buffer.concat([MEMBER, Buffer.from('x')]),
      'archive-trailing-data',
    ],
    [
      'zeros at the end',
      Buffer.concat([MEMBER, Buffer.alloc(100_000)]),
      'archive-trailing-data',
    ],
    ['no trailer', MEMBER.subarray(0, -8), 'archive-truncated'],
    ['half a trailer', MEMBER.subarray(0, -3), 'archive-truncated'],
    ['half of the data', MEMBER.subarray(0, 20), 'archive-truncated'],
    ['half a header', MEMBER.subarray(0, 5), 'archive-truncated'],
    ['nothing', Buffer.alloc(0), 'archive-truncated'],
    ['a header with a wrong checksum', withHeaderFields(1), 'archive-gzip'],
    ['a wrong checksum', changed(-6), 'archive-gzip'],
    ['a wrong size', changed(-2), 'archive-gzip'],
    ['another format', Buffer.from('PK\u0003\u0004 and so on'), 'archive-gzip'],
    [
      'reserved flags',
      Buffer.from([0x1f, 0x8b, 8, 0x20, 0, 0, 0, 0, 0, 0]),
      'archive-gzip',
    ],
  ])('tells %s, however it comes', async (_, data, expected) => {
    for (const size of SIZES) {
      expect(await unpack(data, size)).toBe(expected);
    }
  });

  it('passes on what its source throws', async () => {
    async function* broken() {
      yield MEMBER.subarray(0, 20);
      throw new Error('connection lost');
    }
    await expect(async () => {
      for await (const part of gunzip(broken())) void part;
    }).rejects.toThrow('connection lost');
  });

  it('ends its source when it is left', async () => {
    let ended = false;
    const member = gzipSync(Buffer.alloc(1_000_000));
    async function* source() {
      try {
        for (;;) yield member;
      } finally {
        ended = true;
      }
    }
    for await (const part of gunzip(source())) {
      expect(part.length).toBeGreaterThan(0);
      break;
    }
    expect(ended).toBe(true);
  });
});
