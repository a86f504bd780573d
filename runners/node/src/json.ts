import { isTypedArray } from 'node:util/types';

/** Digits that may not fit into a number exactly. */
const LONG_INTEGER = /\d{16}/;

/** Gives what the text says where a whole number would lose digits (ECMAScript, JSON.parse source text access). */
function reviver(this: unknown, _key: string, ...rest: unknown[]): unknown {
  const [value, context] = rest;
  if (typeof value !== 'number' || Number.isSafeInteger(value)) return value;
  const source: unknown =
    typeof context === 'object' && context !== null && 'source' in context
      ? context.source
      : undefined;
  return typeof source === 'string' && /^-?\d+$/.test(source)
    ? BigInt(source)
    : value;
}

/** JSON; whole numbers beyond 2^53 become a bigint. @throws SyntaxError */
export function parseJson(text: string): unknown {
  return LONG_INTEGER.test(text) ? JSON.parse(text, reviver) : JSON.parse(text);
}

const rawJson: unknown = Reflect.get(JSON, 'rawJSON');

function bigintToJson(value: bigint): unknown {
  return typeof rawJson === 'function' ? rawJson(String(value)) : String(value);
}

/** The collections of JavaScript, which JSON.stringify would write as `{}` or with indices as keys. */
function plain(value: object): unknown {
  if (value instanceof Map) return Object.fromEntries(value);
  if (value instanceof Set) return [...value];
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  return isTypedArray(value) ? [...value] : value;
}

function replacer(this: unknown, key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return bigintToJson(value);
  if (typeof value === 'number' && !Number.isFinite(value)) {
    return String(value);
  }
  if (typeof value !== 'object' || value === null) return value;
  // A Buffer has been turned into an object by now.
  const original: unknown = Reflect.get(Object(this), key);
  return original instanceof Uint8Array ? plain(original) : plain(value);
}

/**
 * JSON as the container contract wants it: bigint as digits, bytes as base64, what is not finite as text; maps become
 * objects, sets and numeric arrays lists.
 *
 * @throws TypeError for what refers to itself
 */
export function toJson(value: unknown): string {
  return JSON.stringify(value, replacer);
}
