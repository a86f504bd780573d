import {
  DescField,
  DescMessage,
  Message,
  Registry,
  ScalarType,
  toJson,
} from '@bufbuild/protobuf';
import { base64Encode } from '@bufbuild/protobuf/wire';
import { isReflectMessage, reflect } from '@bufbuild/protobuf/reflect';
import { isWrapperDesc } from '@bufbuild/protobuf/wkt';
import { holdsWellKnown, isWellKnown } from './wellKnownTypes';

/** Writes a message as the JSON text that nodes get. */
export type MessageWriter = (message: Message) => string;

type ValueWriter = (value: unknown) => string;
type Properties = Record<string, unknown>;

const maxDepth = 100;

/**
 * Makes the writer of one message type. It goes straight from message to text: 64-bit integers become plain JSON
 * integers, which no JavaScript number could carry.
 *
 * Keys are the names of the proto; every field is there, unset ones with their default (messages: null); enums are
 * integers, bytes are base64.
 */
export function createMessageWriter(
  message: DescMessage,
  registry: Registry,
): MessageWriter {
  const writers = new Map<DescMessage, MessageWriter>();
  let depth = 0;

  function writerOf(desc: DescMessage): MessageWriter {
    const known = writers.get(desc);
    if (known) {
      return known;
    }
    let write: MessageWriter;
    if (isWellKnown(desc)) {
      write = value => JSON.stringify(toJson(desc, value, { registry }));
    } else {
      const fields: Array<[string, (message: Message) => string]> = [];
      write = value => {
        if (++depth > maxDepth) {
          depth = 0;
          throw new Error(
            `the message '${desc.typeName}' is nested deeper than ${maxDepth}`,
          );
        }
        let text = '{';
        for (let index = 0; index < fields.length; index++) {
          text +=
            (index ? ',' : '') + fields[index][0] + fields[index][1](value);
        }
        depth--;
        return `${text}}`;
      };
      // Known before its fields are looked at: a message may contain itself.
      writers.set(desc, write);
      for (const field of desc.fields) {
        fields.push([`${JSON.stringify(field.name)}:`, fieldWriter(field)]);
      }
    }
    writers.set(desc, write);
    return write;
  }

  function fieldWriter(field: DescField): (message: Message) => string {
    const read = reader(field);
    const write = holdsWellKnown(field) ? undefined : valueWriter(field);
    return write
      ? owner => write(read(owner))
      : owner => writeWellKnown(field, owner);
  }

  function valueWriter(field: DescField): ValueWriter {
    switch (field.fieldKind) {
      case 'list': {
        const write = itemWriter(field);
        return value =>
          Array.isArray(value) ? `[${value.map(write).join(',')}]` : '[]';
      }
      case 'map': {
        const write = itemWriter(field);
        return value =>
          `{${Object.entries(isProperties(value) ? value : {})
            .map(([key, item]) => `${JSON.stringify(key)}:${write(item)}`)
            .join(',')}}`;
      }
      default: {
        const write = itemWriter(field);
        const absent =
          field.fieldKind === 'message' ? 'null' : write(defaultOf(field));
        return value => (value === undefined ? absent : write(value));
      }
    }
  }

  function itemWriter(field: DescField): ValueWriter {
    if (field.message) {
      const write = writerOf(field.message);
      return value => (isMessage(value) ? write(value) : 'null');
    }
    return field.scalar === undefined ? String : scalarWriter(field.scalar);
  }

  function writeWellKnown(field: DescField, owner: Message): string {
    const whole = reflect(field.parent, owner);
    if (field.fieldKind === 'message' && !whole.isSet(field)) {
      return 'null';
    }
    const value = whole.get(field);
    if (isReflectMessage(value) && isWrapperDesc(value.desc)) {
      const [wrapped] = value.desc.fields;
      return scalarWriter(wrapped.scalar)(value.get(wrapped));
    }
    // By way of a message with this field alone: such messages are kept in forms that only their owner knows.
    const part = reflect(field.parent);
    part.set(field, value);
    const json = toJson(field.parent, part.message, {
      registry,
      useProtoFieldName: true,
      alwaysEmitImplicit: true,
    });
    return JSON.stringify(isProperties(json) ? json[field.name] : null);
  }

  return writerOf(message);
}

function reader(field: DescField): (message: Message) => unknown {
  const { oneof, localName } = field;
  if (!oneof) {
    return message => propertyOf(message, localName);
  }
  return message => {
    const chosen = propertyOf(message, oneof.localName);
    return propertyOf(chosen, 'case') === localName
      ? propertyOf(chosen, 'value')
      : undefined;
  };
}

function propertyOf(owner: unknown, name: string): unknown {
  return isProperties(owner) ? owner[name] : undefined;
}

function isProperties(value: unknown): value is Properties {
  return typeof value === 'object' && value !== null;
}

function isMessage(value: unknown): value is Message {
  return isProperties(value) && typeof value.$typeName === 'string';
}

function scalarWriter(scalar: ScalarType): ValueWriter {
  switch (scalar) {
    case ScalarType.STRING:
      return value => JSON.stringify(value);
    case ScalarType.BYTES:
      return value =>
        value instanceof Uint8Array ? `"${base64Encode(value)}"` : '""';
    case ScalarType.DOUBLE:
    case ScalarType.FLOAT:
      return writeFloat;
    default:
      return String;
  }
}

/** `5` stays a float for languages that tell them apart: `5.0`. NaN and infinities are text, as in proto3 JSON. */
function writeFloat(value: unknown): string {
  if (!Number.isFinite(value)) {
    return `"${value}"`;
  }
  const text = String(value);
  return Number.isInteger(value) && !text.includes('e') ? `${text}.0` : text;
}

function defaultOf(field: DescField): unknown {
  if (field.fieldKind === 'enum') {
    return field.getDefaultValue() ?? field.enum.values[0].number;
  }
  if (field.fieldKind !== 'scalar') {
    return undefined;
  }
  const declared = field.getDefaultValue();
  if (declared !== undefined) {
    return declared;
  }
  switch (field.scalar) {
    case ScalarType.STRING:
      return '';
    case ScalarType.BOOL:
      return false;
    case ScalarType.BYTES:
      return new Uint8Array();
    default:
      return 0;
  }
}
