import type { KrtProblemCode } from '../problemCodes';
import { archiveProblem, KrtReadError } from '../problems';
import { shown } from './paths';

/** Bytes of a tar record (POSIX.1-1988 ustar interchange format). */
export const BLOCK = 512;

/** One header block, as written; names are not judged yet. */
export interface TarHeader {
  name: string;
  /** Bytes of content. */
  size: number;
  mode: number;
  type: string;
}

const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const lossyUtf8 = new TextDecoder('utf-8', { ignoreBOM: true });

/** @throws KrtReadError for a name that is not UTF-8 */
export function decodeName(bytes: Uint8Array): string {
  try {
    return strictUtf8.decode(bytes);
  } catch {
    const name = shown(lossyUtf8.decode(bytes));
    throw new KrtReadError(
      archiveProblem(
        'archive-name-encoding',
        `the name "${name}" is not UTF-8`,
        {
          file: name,
          hint: 'rename the file, or pack on a system whose file names are UTF-8',
        },
      ),
    );
  }
}

function field(block: Uint8Array, start: number, length: number): Uint8Array {
  const bytes = block.subarray(start, start + length);
  const end = bytes.indexOf(0);
  return end < 0 ? bytes : bytes.subarray(0, end);
}

/** Reads the fields of one header; problems name the entry. */
class HeaderFields {
  readonly name: string;

  constructor(readonly block: Uint8Array) {
    this.name = decodeName(field(block, 0, 100));
  }

  refuse(code: KrtProblemCode, message: string, hint?: string): KrtReadError {
    return new KrtReadError(
      archiveProblem(code, message, {
        file: this.name ? shown(this.name) : undefined,
        hint,
      }),
    );
  }

  number(start: number, length: number, what: string): number {
    const bytes = this.block.subarray(start, start + length);
    if ((bytes[0] ?? 0) >= 0x80) return this.#base256(bytes, what);
    const digits = String.fromCharCode(...bytes).replace(/^ +|[ \0]+$/g, '');
    if (!/^[0-7]*$/.test(digits) || (digits === '' && bytes[0] === 0x20)) {
      throw this.refuse(
        'archive-number',
        `the ${what} of "${shown(this.name)}" is no number`,
      );
    }
    return digits === '' ? 0 : parseInt(digits, 8);
  }

  /** How GNU tar writes what has too many octal digits: the first bit set, the rest a big-endian two's complement. */
  #base256(bytes: Uint8Array, what: string): number {
    let value = 0;
    bytes.forEach((byte, index) => {
      value = value * 256 + (index === 0 ? byte - 0x80 : byte);
    });
    // 0xff begins a negative number, and what it would give here is far beyond.
    if (value > Number.MAX_SAFE_INTEGER) {
      throw this.refuse(
        'archive-number',
        `the ${what} of "${shown(this.name)}" is negative or too large`,
      );
    }
    return value;
  }
}

/** All zero: two of them end the archive. */
export function isZeroBlock(block: Uint8Array): boolean {
  return block.every(byte => byte === 0);
}

function hasChecksum(block: Uint8Array, stated: number): boolean {
  let sum = 0;
  for (let i = 0; i < BLOCK; i++) {
    // The checksum is taken as if its own field were blanks.
    sum += i >= 148 && i < 156 ? 0x20 : block[i] ?? 0;
  }
  return sum === stated;
}

/** @throws KrtReadError when the checksum is wrong, a field is no number, or programs would read the name differently */
export function parseHeader(block: Uint8Array): TarHeader {
  const checksum = String.fromCharCode(...block.subarray(148, 156));
  const stated = /^ *([0-7]+)[ \0]*$/.exec(checksum)?.[1];
  if (stated === undefined || !hasChecksum(block, parseInt(stated, 8))) {
    throw new KrtReadError(
      archiveProblem(
        'archive-checksum',
        'the header of an entry has a wrong checksum: the file is damaged or no tar archive',
        { hint: 'make the package with `tar -czf name.krt -C folder .`' },
      ),
    );
  }
  const fields = new HeaderFields(block);
  const isUstar =
    String.fromCharCode(...block.subarray(257, 263)) === 'ustar\0';
  const prefix = field(block, 345, 155);
  if (!isUstar && prefix.length > 0) {
    throw fields.refuse(
      'archive-header',
      `the header of "${shown(
        fields.name,
      )}" is one that some programs read another name from`,
      'pack with `tar --format=pax`',
    );
  }
  // Nothing is done with these, but programs end where one of them is no number.
  fields.number(108, 8, 'owner');
  fields.number(116, 8, 'group');
  fields.number(136, 12, 'time');
  if (isUstar) {
    fields.number(329, 8, 'device number');
    fields.number(337, 8, 'device number');
  }
  return {
    name:
      prefix.length > 0 ? `${decodeName(prefix)}/${fields.name}` : fields.name,
    size: fields.number(124, 12, 'size'),
    mode: fields.number(100, 8, 'mode'),
    type: String.fromCharCode(block[156] ?? 0),
  };
}
