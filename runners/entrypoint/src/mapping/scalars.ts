import { ScalarType } from '@bufbuild/protobuf';
import { base64Decode } from '@bufbuild/protobuf/wire';
import { DictError } from './DictError';
import { Json } from './parseLosslessJson';

/** Reads the value of one field as its property wants it; `path` is for the error. Throws DictError. */
export type ScalarReader = (value: Json, path: string) => unknown;

export function scalarReader(scalar: ScalarType): ScalarReader {
  const name = ScalarType[scalar].toLowerCase();
  switch (scalar) {
    case ScalarType.STRING:
      return (value, path) => {
        if (typeof value !== 'string') {
          throw new DictError(path, `expected a string, got ${kindOf(value)}`);
        }
        // A lone half of a surrogate pair has no UTF-8; proto strings must have one.
        return /[\ud800-\udfff]/.test(value)
          ? Buffer.from(value).toString()
          : value;
      };
    case ScalarType.BOOL:
      return (value, path) => {
        if (typeof value !== 'boolean') {
          throw new DictError(
            path,
            `expected true or false, got ${kindOf(value)}`,
          );
        }
        return value;
      };
    case ScalarType.BYTES:
      return readBytes;
    case ScalarType.DOUBLE:
    case ScalarType.FLOAT:
      return (value, path) => readFloat(value, path, name);
    case ScalarType.INT64:
    case ScalarType.SINT64:
    case ScalarType.SFIXED64:
      return (value, path) =>
        readLong(value, path, -(2n ** 63n), 2n ** 63n - 1n, name);
    case ScalarType.UINT64:
    case ScalarType.FIXED64:
      return (value, path) => readLong(value, path, 0n, 2n ** 64n - 1n, name);
    case ScalarType.UINT32:
    case ScalarType.FIXED32:
      return (value, path) => readInteger(value, path, 0, 0xffffffff, name);
    default:
      return (value, path) =>
        readInteger(value, path, -0x80000000, 0x7fffffff, name);
  }
}

export function readInteger(
  value: Json,
  path: string,
  least: number,
  most: number,
  type: string,
): number {
  const number =
    typeof value === 'string' && /^-?\d+$/.test(value) ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isInteger(number)) {
    throw new DictError(
      path,
      `expected an integer (${type}), got ${kindOf(value)}`,
    );
  }
  if (number < least || number > most) {
    throw new DictError(path, `${value} is out of the range of ${type}`);
  }
  return number;
}

function readLong(
  value: Json,
  path: string,
  least: bigint,
  most: bigint,
  type: string,
): bigint {
  const isIntegral =
    typeof value === 'number'
      ? Number.isInteger(value)
      : typeof value === 'string' && /^-?\d+$/.test(value);
  if (!isIntegral || (typeof value !== 'number' && typeof value !== 'string')) {
    throw new DictError(
      path,
      `expected an integer (${type}), got ${kindOf(value)}`,
    );
  }
  const long = BigInt(value);
  if (long < least || long > most) {
    throw new DictError(path, `${value} is out of the range of ${type}`);
  }
  return long;
}

function readFloat(value: Json, path: string, type: string): number {
  if (typeof value === 'number') {
    if (type === 'float' && Math.abs(value) > 3.4028234663852886e38) {
      throw new DictError(path, `${value} is out of the range of float`);
    }
    return value;
  }
  const isText =
    typeof value === 'string' &&
    /^(NaN|-?Infinity|-?\d+(\.\d+)?([eE][-+]?\d+)?)$/.test(value);
  if (!isText) {
    throw new DictError(
      path,
      `expected a number (${type}), got ${kindOf(value)}`,
    );
  }
  return Number(value);
}

function readBytes(value: Json, path: string): Uint8Array {
  if (typeof value !== 'string') {
    throw new DictError(
      path,
      `expected base64 text (bytes), got ${kindOf(value)}`,
    );
  }
  try {
    return base64Decode(value);
  } catch {
    throw new DictError(path, 'expected base64 text (bytes), got other text');
  }
}

export function readMapKey(
  type: ScalarType | undefined,
  key: string,
  path: string,
): string {
  if (type === undefined || type === ScalarType.STRING) {
    return key;
  }
  const isKey =
    type === ScalarType.BOOL
      ? key === 'true' || key === 'false'
      : /^-?\d+$/.test(key);
  if (!isKey) {
    throw new DictError(
      path,
      `the key '${key}' is no ${ScalarType[type].toLowerCase()}`,
    );
  }
  return key;
}

export function kindOf(value: Json): string {
  if (value === null) {
    return 'null';
  }
  if (Array.isArray(value)) {
    return 'an array';
  }
  switch (typeof value) {
    case 'string':
      return 'a string';
    case 'object':
      return 'an object';
    default:
      return String(value);
  }
}
