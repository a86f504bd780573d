import { archiveProblem, KrtReadError } from '../problems';
import { decodeName } from './header';

/** What of a PAX extended header changes what is read. */
export interface PaxAttributes {
  path?: string;
  size?: number;
}

/** How the standard calls UTF-8; names in any other encoding would be read differently by different programs. */
const UTF8 = 'ISO-IR 10646 2000 UTF-8';

const TIME = /^-?\d{1,15}(\.\d{0,20})?$/;
const ID = /^\d{1,15}$/;
/** Nothing is done with these, but programs end where one of them is no number. */
const NUMBERS: Record<string, RegExp | undefined> = Object.assign(
  Object.create(null),
  { mtime: TIME, atime: TIME, ctime: TIME, uid: ID, gid: ID },
);

function broken(message = 'an extended (PAX) header is malformed') {
  return new KrtReadError(archiveProblem('archive-pax', message));
}

function readSize(value: string): number {
  if (!/^\d{1,15}$/.test(value)) throw broken();
  return Number(value);
}

/**
 * Parses the records `"%d %s=%s\n"` of a PAX extended header (POSIX.1-2001). Values that change nothing here, like extended
 * attributes, may be binary.
 * @throws KrtReadError when it is malformed or says that the entry is sparse
 */
export function parsePax(content: Uint8Array): PaxAttributes {
  const attributes: PaxAttributes = {};
  let at = 0;
  while (at < content.length) {
    const space = content.indexOf(0x20, at);
    if (space < 0 || space - at > 10) throw broken();
    const lengthText = String.fromCharCode(...content.subarray(at, space));
    if (!/^[1-9]\d*$/.test(lengthText)) throw broken();
    const end = at + Number(lengthText);
    if (end > content.length || end <= space + 1 || content[end - 1] !== 0x0a) {
      throw broken();
    }
    const equals = content.indexOf(0x3d, space);
    if (equals <= space + 1 || equals >= end) throw broken();
    const key = decodeName(content.subarray(space + 1, equals));
    const value = content.subarray(equals + 1, end - 1);
    if (key === 'path') {
      attributes.path = decodeName(value);
      if (attributes.path === '') throw broken();
    } else if (key === 'size') {
      attributes.size = readSize(decodeName(value));
    } else if (key === 'hdrcharset' && decodeName(value) !== UTF8) {
      throw broken('an extended (PAX) header says that names are not UTF-8');
    } else if (NUMBERS[key]?.test(decodeName(value)) === false) {
      throw broken(`the ${key} in an extended (PAX) header is no number`);
    } else if (key.startsWith('GNU.sparse.')) {
      throw new KrtReadError(
        archiveProblem('archive-entry-type', 'an entry is a sparse file', {
          hint: 'pack without --sparse',
        }),
      );
    }
    at = end;
  }
  return attributes;
}
