import { archiveProblem, KrtReadError } from '../problems';

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

/** @throws KrtReadError for a name that is not UTF-8 */
export function decodeName(bytes: Uint8Array): string {
  try {
    return strictUtf8.decode(bytes);
  } catch {
    throw new KrtReadError(
      archiveProblem('archive-name-encoding', 'a file name is not UTF-8', {
        hint: 'rename the file, or pack on a system whose file names are UTF-8',
      }),
    );
  }
}

function text(block: Uint8Array, start: number, length: number): string {
  const field = block.subarray(start, start + length);
  const end = field.indexOf(0);
  return decodeName(end < 0 ? field : field.subarray(0, end));
}

function octal(
  block: Uint8Array,
  start: number,
  length: number,
  what: string,
): number {
  const field = block.subarray(start, start + length);
  if ((field[0] ?? 0) >= 0x80) {
    throw new KrtReadError(
      archiveProblem(
        'archive-number',
        `the ${what} of an entry is written in base 256`,
        {
          hint: 'pack with `tar --format=pax`, which writes large sizes as text',
        },
      ),
    );
  }
  const digits = String.fromCharCode(...field).replace(/^ +|[ \0]+$/g, '');
  if (!/^[0-7]*$/.test(digits)) {
    throw new KrtReadError(
      archiveProblem('archive-number', `the ${what} of an entry is no number`),
    );
  }
  return digits === '' ? 0 : parseInt(digits, 8);
}

/** All zero: two of them end the archive. */
export function isZeroBlock(block: Uint8Array): boolean {
  return block.every(byte => byte === 0);
}

/** @throws KrtReadError when the checksum is wrong or a field is no number */
export function parseHeader(block: Uint8Array): TarHeader {
  const stated = octal(block, 148, 8, 'checksum');
  let sum = 0;
  for (let i = 0; i < BLOCK; i++) {
    // The checksum is taken as if its own field were blanks.
    sum += i >= 148 && i < 156 ? 0x20 : block[i] ?? 0;
  }
  if (sum !== stated) {
    throw new KrtReadError(
      archiveProblem(
        'archive-checksum',
        'the header of an entry has a wrong checksum: the file is damaged or no tar archive',
        { hint: 'make the package with `tar -czf name.krt -C folder .`' },
      ),
    );
  }
  const magic = text(block, 257, 6);
  const prefix = magic === 'ustar' ? text(block, 345, 155) : '';
  const name = text(block, 0, 100);
  return {
    name: prefix ? `${prefix}/${name}` : name,
    size: octal(block, 124, 12, 'size'),
    mode: octal(block, 100, 8, 'mode'),
    type: String.fromCharCode(block[156] ?? 0),
  };
}
