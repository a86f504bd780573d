import {
  DescEnum,
  DescField,
  DescMessage,
  ScalarType,
} from '@bufbuild/protobuf';

/** A JSON Schema (2020-12). */
export type JsonSchema = Record<string, unknown>;

/** Schemas of messages and enums in proto3 JSON, by type name; those used are collected as they are referred to. */
export class SchemaCollection {
  readonly schemas: Record<string, JsonSchema> = {};

  /** A reference to the message's schema, or the schema itself where the type has a form of its own. */
  ofMessage(message: DescMessage): JsonSchema {
    const wellKnown = wellKnownSchema(message);
    if (wellKnown) {
      return wellKnown;
    }
    if (!(message.typeName in this.schemas)) {
      const properties: Record<string, JsonSchema> = {};
      // There before its fields are looked at: a message may contain itself.
      this.schemas[message.typeName] = { type: 'object', properties };
      for (const field of message.fields) {
        properties[field.jsonName] = this.ofField(field);
      }
    }
    return reference(message.typeName);
  }

  private ofEnum(type: DescEnum): JsonSchema {
    this.schemas[type.typeName] ??= {
      type: 'string',
      enum: type.values.map(({ name }) => name),
    };
    return reference(type.typeName);
  }

  private ofField(field: DescField): JsonSchema {
    switch (field.fieldKind) {
      case 'list':
        return { type: 'array', items: this.ofItem(field) };
      case 'map':
        return { type: 'object', additionalProperties: this.ofItem(field) };
      default:
        return this.ofItem(field);
    }
  }

  private ofItem(field: DescField): JsonSchema {
    if (field.message) {
      return this.ofMessage(field.message);
    }
    if (field.enum) {
      return this.ofEnum(field.enum);
    }
    return field.scalar === undefined ? {} : scalarSchema(field.scalar);
  }
}

function reference(typeName: string): JsonSchema {
  return { $ref: `#/components/schemas/${typeName}` };
}

function scalarSchema(scalar: ScalarType): JsonSchema {
  switch (scalar) {
    case ScalarType.STRING:
      return { type: 'string' };
    case ScalarType.BOOL:
      return { type: 'boolean' };
    case ScalarType.BYTES:
      return { type: 'string', contentEncoding: 'base64' };
    case ScalarType.DOUBLE:
      return { type: 'number', format: 'double' };
    case ScalarType.FLOAT:
      return { type: 'number', format: 'float' };
    case ScalarType.UINT32:
    case ScalarType.FIXED32:
      return { type: 'integer', minimum: 0, maximum: 4294967295 };
    case ScalarType.INT64:
    case ScalarType.SINT64:
    case ScalarType.SFIXED64:
    case ScalarType.UINT64:
    case ScalarType.FIXED64:
      // proto3 JSON writes 64-bit integers as text and reads both.
      return { type: ['string', 'integer'], pattern: '^-?[0-9]+$' };
    default:
      return { type: 'integer', format: 'int32' };
  }
}

function wellKnownSchema({
  typeName,
  fields,
}: DescMessage): JsonSchema | undefined {
  switch (typeName) {
    case 'google.protobuf.Timestamp':
      return { type: 'string', format: 'date-time' };
    case 'google.protobuf.Duration':
      return { type: 'string', pattern: '^-?[0-9]+(\\.[0-9]+)?s$' };
    case 'google.protobuf.FieldMask':
      return { type: 'string' };
    case 'google.protobuf.Struct':
      return { type: 'object' };
    case 'google.protobuf.ListValue':
      return { type: 'array' };
    case 'google.protobuf.Value':
      return {};
    case 'google.protobuf.Any':
      return {
        type: 'object',
        properties: { '@type': { type: 'string' } },
        required: ['@type'],
      };
    default: {
      const isWrapper = /^google\.protobuf\.\w+Value$/.test(typeName);
      const scalar = isWrapper ? fields[0].scalar : undefined;
      return scalar === undefined ? undefined : scalarSchema(scalar);
    }
  }
}
