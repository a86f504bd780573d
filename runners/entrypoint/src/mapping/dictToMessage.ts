import {
  create,
  DescField,
  DescMessage,
  fromJson,
  Message,
  Registry,
} from '@bufbuild/protobuf';
import { reflect } from '@bufbuild/protobuf/reflect';
import { DictError } from './DictError';
import { Json } from './parseLosslessJson';
import { kindOf, readInteger, readMapKey, scalarReader } from './scalars';
import { holdsWellKnown, isWellKnown } from './wellKnownTypes';

/** Makes a message of what a node returned. Throws DictError. */
export type MessageReader = (
  dict: Json,
  onUnknownKey: (path: string) => void,
) => Message;

type OnUnknownKey = (path: string) => void;
type ValueReader = (
  value: Json,
  path: string,
  onUnknownKey: OnUnknownKey,
) => unknown;
type Assign = (message: Message, value: unknown) => void;

const maxDepth = 100;

/**
 * Makes the reader of one message type. Keys are field names or their JSON names, a missing key or null leaves the
 * default, keys that are no field are reported and dropped.
 */
export function createMessageReader(
  message: DescMessage,
  registry: Registry,
): MessageReader {
  const readers = new Map<DescMessage, ValueReader>();

  function readerOf(desc: DescMessage): ValueReader {
    const known = readers.get(desc);
    if (known) {
      return known;
    }
    const fields = new Map<
      string,
      { field: DescField; read: ValueReader; assign: Assign }
    >();
    const read: ValueReader = (value, path, onUnknownKey) => {
      if (!isObject(value)) {
        throw new DictError(
          path,
          `expected an object (${desc.typeName}), got ${kindOf(value)}`,
        );
      }
      if (path.length > maxDepth && path.split('.').length > maxDepth) {
        throw new DictError('', `the result is nested deeper than ${maxDepth}`);
      }
      const result = create(desc);
      for (const [key, item] of Object.entries(value)) {
        const target = fields.get(key);
        const at = path ? `${path}.${key}` : key;
        if (!target) {
          onUnknownKey(at);
        } else if (item !== null && !isEchoOfOneof(value, target.field)) {
          target.assign(result, target.read(item, at, onUnknownKey));
        }
      }
      return result;
    };
    readers.set(desc, isWellKnown(desc) ? wellKnownReader(desc) : read);
    for (const field of desc.fields) {
      const entry = holdsWellKnown(field)
        ? {
            field,
            read: wellKnownFieldReader(field),
            assign: reflectAssign(field),
          }
        : { field, read: fieldReader(field), assign: directAssign(field) };
      fields.set(field.jsonName, entry);
      fields.set(field.name, entry);
    }
    return readers.get(desc) ?? read;
  }

  function fieldReader(field: DescField): ValueReader {
    switch (field.fieldKind) {
      case 'list': {
        const read = itemReader(field);
        return (value, path, onUnknownKey) => {
          if (!Array.isArray(value)) {
            throw new DictError(
              path,
              `expected an array, got ${kindOf(value)}`,
            );
          }
          return value.map((item, index) =>
            read(item, `${path}[${index}]`, onUnknownKey),
          );
        };
      }
      case 'map': {
        const read = itemReader(field);
        return (value, path, onUnknownKey) => {
          if (!isObject(value)) {
            throw new DictError(
              path,
              `expected an object, got ${kindOf(value)}`,
            );
          }
          const entries = Object.entries(value).map(
            ([key, item]): [string, unknown] => [
              readMapKey(field.mapKey, key, path),
              read(item, `${path}.${key}`, onUnknownKey),
            ],
          );
          return Object.fromEntries(entries);
        };
      }
      default:
        return itemReader(field);
    }
  }

  function itemReader(field: DescField): ValueReader {
    if (field.message) {
      const desc = field.message;
      // Looked up when it is needed: a message may contain itself.
      return (value, path, onUnknownKey) =>
        readerOf(desc)(value, path, onUnknownKey);
    }
    if (field.enum) {
      const type = field.enum;
      return (value, path) => {
        const named =
          typeof value === 'string'
            ? type.values.find(({ name }) => name === value)
            : undefined;
        return named
          ? named.number
          : readInteger(
              value,
              path,
              -0x80000000,
              0x7fffffff,
              `enum ${type.typeName}`,
            );
      };
    }
    return field.scalar === undefined
      ? value => value
      : scalarReader(field.scalar);
  }

  function wellKnownReader(desc: DescMessage): ValueReader {
    return (value, path) => {
      try {
        return fromJson(desc, value, { registry });
      } catch (error) {
        throw new DictError(path, messageOf(error));
      }
    };
  }

  function wellKnownFieldReader(field: DescField): ValueReader {
    return (value, path) => {
      try {
        return reflect(
          field.parent,
          fromJson(field.parent, { [field.name]: value }, { registry }),
        ).get(field);
      } catch (error) {
        throw new DictError(path, messageOf(error));
      }
    };
  }

  const read = readerOf(message);
  return (dict, onUnknownKey) => {
    const result = read(dict, '', onUnknownKey);
    if (!isMessage(result)) {
      throw new DictError('', `expected an object (${message.typeName})`);
    }
    return result;
  };
}

/**
 * Requests have every member of a oneof, unset ones with their default; a handler may give them all back. So where
 * several members are there, those with a default do not count.
 */
function isEchoOfOneof(
  dict: { [key: string]: Json },
  field: DescField,
): boolean {
  if (!field.oneof || !isDefault(dict[field.name] ?? dict[field.jsonName])) {
    return false;
  }
  const given = field.oneof.fields.filter(
    ({ name, jsonName }) => name in dict || jsonName in dict,
  );
  return given.length > 1;
}

function isDefault(value: Json): boolean {
  return value === '' || value === 0 || value === false;
}

function reflectAssign(field: DescField): Assign {
  return (message, value) => reflect(field.parent, message).set(field, value);
}

/** Values are checked by their reader, so they go straight to their property. */
function directAssign(field: DescField): Assign {
  const { oneof, localName } = field;
  return oneof
    ? (message, value) =>
        Object.assign(message, {
          [oneof.localName]: { case: localName, value },
        })
    : (message, value) => Object.assign(message, { [localName]: value });
}

function isObject(value: Json): value is { [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isMessage(value: unknown): value is Message {
  return typeof value === 'object' && value !== null && '$typeName' in value;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
