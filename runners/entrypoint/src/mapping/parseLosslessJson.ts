/** What JSON text holds. Integers that a double cannot hold exactly are texts of digits. */
export type Json =
  | null
  | boolean
  | number
  | string
  | Json[]
  | { [key: string]: Json };

/**
 * `JSON.parse` rounds integers above 2^53, and int64 fields may hold them. Such literals are read as text, which the
 * mapping to 64-bit fields takes like a number.
 *
 * @throws SyntaxError
 */
export function parseLosslessJson(text: string): Json {
  return JSON.parse(/\d{16}/.test(text) ? quoteLongIntegers(text) : text);
}

const number = /-?\d+(\.\d+)?([eE][-+]?\d+)?/y;

function quoteLongIntegers(text: string): string {
  const parts: string[] = [];
  let copied = 0;
  let at = 0;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === 0x22) {
      at = endOfString(text, at);
    } else if (code === 0x2d || (code >= 0x30 && code <= 0x39)) {
      number.lastIndex = at;
      const literal = number.exec(text);
      const end = literal ? number.lastIndex : at + 1;
      if (
        literal &&
        literal[1] === undefined &&
        literal[2] === undefined &&
        end - at >= 16
      ) {
        parts.push(text.slice(copied, at), '"', literal[0], '"');
        copied = end;
      }
      at = end;
    } else {
      at++;
    }
  }
  parts.push(text.slice(copied));
  return parts.join('');
}

function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length) {
    const quote = text.indexOf('"', at);
    if (quote < 0) {
      return text.length;
    }
    let backslashes = 0;
    while (text.charCodeAt(quote - 1 - backslashes) === 0x5c) {
      backslashes++;
    }
    if (backslashes % 2 === 0) {
      return quote + 1;
    }
    at = quote + 1;
  }
  return at;
}
