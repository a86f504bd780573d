import { RATIO_FLOOR } from '../limits';
import { archiveProblem, KrtReadError } from '../problems';
import type { KrtLimits } from '../types';
import { BLOCK, decodeName, isZeroBlock, parseHeader } from './header';
import type { TarHeader } from './header';
import { parsePax } from './pax';
import type { PaxAttributes } from './pax';
import { ByteReader } from './ByteReader';
import { checkPath, PathRegister } from './paths';

/** Bytes of an extended header or a long name. */
const MAX_EXTENSION = 64 * 1024;
/** Zero bytes after the end mark; GNU tar pads to 10 KiB by default, others to more. */
const MAX_PADDING = 1024 * 1024;

/**
 * A regular file of the archive, with a name that is safe to create below a folder.
 * @public
 */
export interface TarFile {
  path: string;
  /** Bytes. */
  size: number;
  executable: boolean;
  /** To be read before the next file is asked for; what is left is skipped. */
  content: AsyncIterable<Uint8Array>;
}

/** @internal */
export interface ReadTarOptions {
  limits: KrtLimits;
  /** Packed bytes read so far; the ratio is checked against it. */
  packedBytes?: () => number;
}

function refuse(code: string, message: string, hint?: string): KrtReadError {
  return new KrtReadError(archiveProblem(code, message, { hint }));
}

const TYPE_NAMES: Record<string, string> = {
  '1': 'a hard link',
  '2': 'a symbolic link',
  '3': 'a character device',
  '4': 'a block device',
  '6': 'a FIFO',
  S: 'a sparse file',
};

/**
 * Reads a tar archive (ustar, PAX and GNU long names) in one pass and yields its regular files. Whatever could be read in two
 * ways, or lead outside of a folder it is unpacked to, is refused.
 * @throws KrtReadError
 */
export async function* readTar(
  source: AsyncIterable<Uint8Array>,
  options: ReadTarOptions,
): AsyncGenerator<TarFile, void, undefined> {
  const { limits } = options;
  const reader = new ByteReader(source);
  const register = new PathRegister();
  let entries = 0;
  let unpacked = 0;
  let pax: PaxAttributes | undefined;
  let longName: string | undefined;

  function count(size: number) {
    unpacked += size;
    if (unpacked > limits.unpackedSize) {
      throw refuse(
        'archive-unpacked-size',
        `unpacked, the package has more than ${limits.unpackedSize} bytes`,
        'leave out what the solution does not need',
      );
    }
  }

  function checkRatio() {
    const packed = options.packedBytes?.();
    if (packed === undefined || reader.consumed <= RATIO_FLOOR) return;
    if (reader.consumed / Math.max(packed, 1) > limits.ratio) {
      throw refuse(
        'archive-ratio',
        `the package unpacks to more than ${limits.ratio} times its size`,
      );
    }
  }

  for (;;) {
    const block = await reader.read(BLOCK);
    if (isZeroBlock(block)) {
      if (pax || longName !== undefined) {
        throw refuse(
          'archive-pax',
          'the archive ends after an extended header',
        );
      }
      await readEnd(reader);
      return;
    }
    const header = parseHeader(block);
    if (++entries > limits.entries) {
      throw refuse(
        'archive-entries',
        `the package has more than ${limits.entries} entries`,
      );
    }

    if (header.type === 'x' || header.type === 'g' || header.type === 'L') {
      if (header.size > MAX_EXTENSION) {
        throw refuse('archive-pax', 'an extended header is too large');
      }
      const content = await reader.read(header.size);
      await reader.skip(padding(header.size));
      if (header.type === 'x') {
        if (pax) throw refuse('archive-pax', 'two extended headers in a row');
        pax = parsePax(content);
      } else if (header.type === 'L') {
        if (longName !== undefined) {
          throw refuse('archive-long-name', 'two long names in a row');
        }
        const end = content.indexOf(0);
        longName = decodeName(end < 0 ? content : content.subarray(0, end));
      } else if (Object.keys(parsePax(content)).length > 0) {
        // A comment (git archive writes one) is fine; what would hold for all files after it is not.
        throw refuse(
          'archive-pax',
          'a global extended header sets the path or size of all files',
        );
      }
      continue;
    }

    const { name, size } = resolve(header, pax, longName);
    pax = undefined;
    longName = undefined;
    const directory =
      header.type === '5' || (isFile(header) && name.endsWith('/'));
    if (!directory && !isFile(header)) {
      throw refuse(
        'archive-entry-type',
        `the entry "${name}" is ${
          TYPE_NAMES[header.type] ?? `of the unknown type "${header.type}"`
        }`,
        'put the file itself into the package',
      );
    }
    const checked = checkPath(name, limits);
    if (checked.problem) throw new KrtReadError(checked.problem);
    if (directory && size > 0) {
      throw refuse(
        'archive-folder-content',
        `the folder "${name}" has content`,
      );
    }
    if (checked.path === '') {
      if (directory) continue;
      throw refuse('archive-path-outside', 'an entry has no name');
    }
    const collision = register.add(checked.path, directory);
    if (collision) throw new KrtReadError(collision);
    if (directory) continue;

    count(size);
    const content = reader.take(size, checkRatio);
    yield {
      path: checked.path,
      size,
      // eslint-disable-next-line no-bitwise -- mode bits
      executable: (header.mode & 0o111) !== 0,
      content,
    };
    // What the consumer did not read is read here, so that sizes and bounds hold all the same.
    for await (const rest of content) void rest;
    await reader.skip(padding(size));
  }
}

function isFile(header: TarHeader): boolean {
  return header.type === '0' || header.type === '\0' || header.type === '7';
}

function padding(size: number): number {
  return (BLOCK - (size % BLOCK)) % BLOCK;
}

function resolve(
  header: TarHeader,
  pax: PaxAttributes | undefined,
  longName: string | undefined,
): { name: string; size: number } {
  if (pax?.path !== undefined && longName !== undefined) {
    // Readers disagree on which of the two counts.
    throw refuse('archive-long-name', 'an entry has both a PAX and a GNU name');
  }
  if (
    pax?.size !== undefined &&
    pax.size !== header.size &&
    header.size !== 0
  ) {
    throw refuse(
      'archive-size',
      `the entry "${header.name}" has two different sizes`,
    );
  }
  return {
    name: pax?.path ?? longName ?? header.name,
    size: pax?.size ?? header.size,
  };
}

/** After one zero block: a second one, and nothing but zeros up to the end. */
async function readEnd(reader: ByteReader): Promise<void> {
  let padded = 0;
  for await (const chunk of reader.rest()) {
    padded += chunk.length;
    if (padded > MAX_PADDING || chunk.some(byte => byte !== 0)) {
      throw refuse(
        'archive-trailing-data',
        'there is data after the end of the archive',
        'pack again; do not append to the package',
      );
    }
  }
  if (padded < BLOCK) {
    throw refuse('archive-truncated', 'the archive has no end mark');
  }
}
