import { archiveProblem, KrtReadError } from '../problems';
import { decodeName } from './header';

/** What of a PAX extended header changes what is read. */
export interface PaxAttributes {
  path?: string;
  size?: number;
}

function broken(): KrtReadError {
  return new KrtReadError(
    archiveProblem('archive-pax', 'an extended (PAX) header is malformed'),
  );
}

/**
 * Parses the records `"%d %s=%s\n"` of a PAX extended header (POSIX.1-2001).
 * @throws KrtReadError when it is malformed or says that the entry is sparse or a link
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
    const record = decodeName(content.subarray(space + 1, end - 1));
    const equals = record.indexOf('=');
    if (equals < 1) throw broken();
    const key = record.slice(0, equals);
    const value = record.slice(equals + 1);
    if (key === 'path') {
      attributes.path = value;
    } else if (key === 'size') {
      if (!/^\d{1,15}$/.test(value)) throw broken();
      attributes.size = Number(value);
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
