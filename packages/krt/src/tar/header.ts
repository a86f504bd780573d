import type { KrtProblemCode } from '../problemCodes';
import { archiveProblem, KrtReadError } from '../problems';
import { shown } from './paths';

/** Bytes of a tar record (POSIX.1-1988 ustar interchange format). */
export const BLOCK = 512;

/** `ustar` and a zero byte, where the newer headers have it. */
const USTAR = [0x75, 0x73, 0x74, 0x61, 0x72, 0];

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

/** Nearly every name: without a decoder, which costs more than the name. */
function asciiOf(bytes: Uint8Array): string | undefined {
  let text = '';
  for (const byte of bytes) {
    if (byte > 0x7e) return undefined;
    text += String.fromCharCode(byte);
  }
  return text;
}

/** @throws KrtReadError for a name that is not UTF-8 */
export function decodeName(bytes: Uint8Array): string {
  const ascii = asciiOf(bytes);
  if (ascii !== undefined) return ascii;
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

const BLANK = 0x20;
const ZERO = 0x30;

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
    const { block } = this;
    const end = start + length;
    if ((block[start] ?? 0) >= 0x80) {
      return this.#base256(block.subarray(start, end), what);
    }
    let at = start;
    while (at < end && block[at] === BLANK) at++;
    let value = 0;
    let digit = (block[at] ?? 0) - ZERO;
    const first = at;
    while (at < end && digit >= 0 && digit < 8) {
      value = value * 8 + digit;
      digit = (block[++at] ?? 0) - ZERO;
    }
    const isEmpty = at === first;
    while (at < end && (block[at] === BLANK || block[at] === 0)) at++;
    // Blanks alone are no number, zeros alone are none.
    if (at < end || (isEmpty && block[start] === BLANK)) {
      throw this.refuse(
        'archive-number',
        `the ${what} of "${shown(this.name)}" is no number`,
      );
    }
    return value;
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
  return block[0] === 0 && block.every(byte => byte === 0);
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
  const isUstar = USTAR.every((byte, index) => block[257 + index] === byte);
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
  // A time before 1970 is a negative number in base 256.
  if (block[136] !== 0xff) fields.number(136, 12, 'time');
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
