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

function padded(content: Uint8Array): Uint8Array {
  const rest = content.length % BLOCK;
  if (rest === 0) return content;
  const whole = new Uint8Array(content.length + BLOCK - rest);
  whole.set(content);
  return whole;
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

/**
 * Writes a tar archive that depends on names and contents alone: sorted, without times and owners. Names that do not fit
 * into 100 bytes of ASCII are written as PAX.
 */
export function writeTar(entries: readonly PackEntry[]): Uint8Array {
  const parts: Uint8Array[] = [];
  const sorted = [...entries].sort((a, b) =>
    a.path < b.path ? -1 : Number(a.path > b.path),
  );
  for (const { path, content, executable } of sorted) {
    const ascii = /^[\u0020-\u007e]{1,100}$/.test(path);
    if (!ascii) {
      const record = paxRecord('path', path);
      parts.push(header('pax', record.length, 0o644, 'x'), padded(record));
    }
    parts.push(
      header(
        ascii ? path : path.replace(/[^\u0020-\u007e]/g, '_').slice(0, 100),
        content.length,
        executable ? 0o755 : 0o644,
        '0',
      ),
      padded(content),
    );
  }
  parts.push(new Uint8Array(2 * BLOCK));
  const whole = new Uint8Array(
    parts.reduce((total, part) => total + part.length, 0),
  );
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
