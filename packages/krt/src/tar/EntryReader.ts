import { archiveProblem, KrtReadError } from '../problems';
import type { ByteReader } from './ByteReader';
import {
  BLOCK,
  decodeName,
  isZeroBlock,
  parseHeader,
  type TarHeader,
} from './header';
import { shown } from './paths';
import { parsePax, type PaxAttributes } from './pax';

/** Bytes of an extended header or a long name. */
const MAX_EXTENSION = 64 * 1024;
/** Zero bytes after the end mark; GNU tar pads to 10 KiB by default, others to more. */
const MAX_PADDING = 1024 * 1024;
/** Headers that hold for all entries after them; `git archive` writes one. */
const MAX_GLOBAL_HEADERS = 100;

/** Bytes that fill the last block of a content. */
export function padding(size: number): number {
  return (BLOCK - (size % BLOCK)) % BLOCK;
}

function brokenPax(message: string): KrtReadError {
  return new KrtReadError(archiveProblem('archive-pax', message));
}

/** Reads the headers of entries, with the extended headers before them taken into account. */
export class EntryReader {
  #globalHeaders = 0;

  constructor(readonly reader: ByteReader) {}

  /**
   * The header of the next entry, whose content comes next; undefined at the end of the archive, which is checked.
   * @throws KrtReadError
   */
  async next(): Promise<TarHeader | undefined> {
    let pax: PaxAttributes | undefined;
    let longName: string | undefined;
    for (;;) {
      const block =
        this.reader.readNow(BLOCK) ?? (await this.reader.read(BLOCK));
      if (isZeroBlock(block)) {
        if (pax || longName !== undefined) {
          throw brokenPax('the archive ends after an extended header');
        }
        await this.#readEnd();
        return undefined;
      }
      const header = parseHeader(block);
      if (header.type === 'x') {
        if (pax) throw brokenPax('two extended headers stand in a row');
        pax = parsePax(await this.#extension(header));
      } else if (header.type === 'g') {
        await this.#globalHeader(header);
      } else if (header.type === 'L') {
        if (longName !== undefined) {
          throw new KrtReadError(
            archiveProblem(
              'archive-long-name',
              'two long names stand in a row',
              { file: shown(longName) },
            ),
          );
        }
        longName = await this.#longName(header);
      } else {
        return resolve(header, pax, longName);
      }
    }
  }

  async #extension(header: TarHeader): Promise<Uint8Array> {
    if (header.size > MAX_EXTENSION) {
      throw brokenPax('an extended header is too large');
    }
    const content = await this.reader.read(header.size);
    await this.reader.skip(padding(header.size));
    return content;
  }

  async #longName(header: TarHeader): Promise<string> {
    const content = await this.#extension(header);
    const end = content.indexOf(0);
    // Where it does not end by itself, programs read on to the end of the block.
    if (end < 0 || content.subarray(end).some(byte => byte !== 0)) {
      throw new KrtReadError(
        archiveProblem('archive-long-name', 'a long name does not end in zero'),
      );
    }
    return decodeName(content.subarray(0, end));
  }

  async #globalHeader(header: TarHeader): Promise<void> {
    if (++this.#globalHeaders > MAX_GLOBAL_HEADERS) {
      throw brokenPax('there are too many global extended headers');
    }
    const attributes = parsePax(await this.#extension(header));
    if (Object.keys(attributes).length > 0) {
      // A comment (git archive writes one) is fine; what would hold for all files after it is not.
      throw brokenPax(
        'a global extended header sets the path or size of all files',
      );
    }
  }

  /** After one zero block: a second one, and nothing but zeros up to the end. */
  async #readEnd(): Promise<void> {
    let padded = 0;
    for await (const chunk of this.reader.rest()) {
      padded += chunk.length;
      if (padded > MAX_PADDING || chunk.some(byte => byte !== 0)) {
        throw new KrtReadError(
          archiveProblem(
            'archive-trailing-data',
            'there is data after the end of the archive',
            { hint: 'pack again; do not append to the package' },
          ),
        );
      }
    }
    if (padded < BLOCK) {
      throw new KrtReadError(
        archiveProblem('archive-truncated', 'the archive has no end mark', {
          hint: 'pack it again, or copy it again',
        }),
      );
    }
  }
}

function resolve(
  header: TarHeader,
  pax: PaxAttributes | undefined,
  longName: string | undefined,
): TarHeader {
  const name = pax?.path ?? longName ?? header.name;
  const file = shown(name);
  if (pax?.path !== undefined && longName !== undefined) {
    // Readers disagree on which of the two counts.
    throw new KrtReadError(
      archiveProblem(
        'archive-long-name',
        `the entry "${file}" has both a PAX and a GNU name`,
        { file },
      ),
    );
  }
  if (
    header.type === '\0' &&
    header.name.endsWith('/') !== name.endsWith('/')
  ) {
    // Programs decide by the one or by the other name whether this is a folder.
    throw new KrtReadError(
      archiveProblem(
        'archive-header',
        `the entry "${file}" is a file by one of its names and a folder by the other`,
        { file, hint: 'pack with `tar --format=pax`' },
      ),
    );
  }
  const size = pax?.size ?? header.size;
  // Sizes too large for the header are written as 0 there.
  if (size !== header.size && header.size !== 0) {
    throw new KrtReadError(
      archiveProblem(
        'archive-size',
        `the entry "${file}" has two different sizes`,
        { file },
      ),
    );
  }
  return { ...header, name, size };
}
