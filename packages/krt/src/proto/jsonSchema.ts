import protobuf from 'protobufjs';

type Schema = Record<string, unknown>;
type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** Levels of nested messages an example shows. */
const EXAMPLE_DEPTH = 4;
/** Fields an example shows in all; messages may refer to messages in any number. */
const EXAMPLE_FIELDS = 500;
/** Message types a schema may need; what is beyond describes no request that anyone writes. */
export const MAX_DEFINITIONS = 1_000;

const SCALARS: Record<string, { schema: Schema; example: Json }> = {
  double: { schema: { type: 'number' }, example: 0 },
  float: { schema: { type: 'number' }, example: 0 },
  int32: { schema: { type: 'integer', format: 'int32' }, example: 0 },
  sint32: { schema: { type: 'integer', format: 'int32' }, example: 0 },
  sfixed32: { schema: { type: 'integer', format: 'int32' }, example: 0 },
  uint32: { schema: { type: 'integer', minimum: 0 }, example: 0 },
  fixed32: { schema: { type: 'integer', minimum: 0 }, example: 0 },
  // proto3 JSON writes 64-bit integers as text and reads both.
  int64: { schema: { type: ['string', 'integer'] }, example: '0' },
  sint64: { schema: { type: ['string', 'integer'] }, example: '0' },
  sfixed64: { schema: { type: ['string', 'integer'] }, example: '0' },
  uint64: { schema: { type: ['string', 'integer'] }, example: '0' },
  fixed64: { schema: { type: ['string', 'integer'] }, example: '0' },
  bool: { schema: { type: 'boolean' }, example: false },
  string: { schema: { type: 'string' }, example: 'text' },
  bytes: {
    schema: { type: 'string', contentEncoding: 'base64' },
    example: '',
  },
};

/** Well-known types have a JSON of their own (protobuf JSON mapping). */
const WELL_KNOWN: Record<string, { schema: Schema; example: Json }> = {
  '.google.protobuf.Timestamp': {
    schema: { type: 'string', format: 'date-time' },
    example: '2020-01-01T00:00:00Z',
  },
  '.google.protobuf.Duration': {
    schema: { type: 'string', pattern: '^-?\\d+(\\.\\d+)?s$' },
    example: '1s',
  },
  '.google.protobuf.Any': {
    schema: {
      type: 'object',
      properties: { '@type': { type: 'string' } },
      required: ['@type'],
    },
    example: { '@type': 'type.googleapis.com/google.protobuf.Empty' },
  },
  '.google.protobuf.Struct': { schema: { type: 'object' }, example: {} },
  '.google.protobuf.Value': { schema: {}, example: 'any' },
  '.google.protobuf.ListValue': { schema: { type: 'array' }, example: [] },
  '.google.protobuf.FieldMask': { schema: { type: 'string' }, example: '' },
  '.google.protobuf.Empty': { schema: { type: 'object' }, example: {} },
  '.google.protobuf.StringValue': {
    schema: { type: 'string' },
    example: 'text',
  },
  '.google.protobuf.BytesValue': { schema: { type: 'string' }, example: '' },
  '.google.protobuf.BoolValue': { schema: { type: 'boolean' }, example: true },
  '.google.protobuf.Int32Value': { schema: { type: 'integer' }, example: 0 },
  '.google.protobuf.UInt32Value': { schema: { type: 'integer' }, example: 0 },
  '.google.protobuf.Int64Value': { schema: { type: 'string' }, example: '0' },
  '.google.protobuf.UInt64Value': { schema: { type: 'string' }, example: '0' },
  '.google.protobuf.FloatValue': { schema: { type: 'number' }, example: 0 },
  '.google.protobuf.DoubleValue': { schema: { type: 'number' }, example: 0 },
};

function reference(type: protobuf.Type): string {
  return type.fullName.replace(/^\./, '');
}

function singleSchema(field: protobuf.Field, pending: protobuf.Type[]): Schema {
  const resolved = field.resolvedType;
  if (resolved instanceof protobuf.Enum) {
    return { enum: Object.keys(resolved.values) };
  }
  if (resolved instanceof protobuf.Type) {
    const wellKnown = WELL_KNOWN[resolved.fullName];
    if (wellKnown) return wellKnown.schema;
    pending.push(resolved);
    return { $ref: `#/$defs/${reference(resolved)}` };
  }
  return SCALARS[field.type]?.schema ?? {};
}

function fieldSchema(field: protobuf.Field, pending: protobuf.Type[]): Schema {
  let schema = singleSchema(field, pending);
  if (field.map) schema = { type: 'object', additionalProperties: schema };
  else if (field.repeated) schema = { type: 'array', items: schema };
  return field.comment ? { ...schema, description: field.comment } : schema;
}

function messageSchema(type: protobuf.Type, pending: protobuf.Type[]): Schema {
  return {
    type: 'object',
    ...(type.comment ? { description: type.comment } : {}),
    properties: Object.fromEntries(
      type.fieldsArray.map(field => [field.name, fieldSchema(field, pending)]),
    ),
    additionalProperties: false,
  };
}

/**
 * JSON Schema (2020-12) of a message in the JSON mapping of proto3, with field names as written in the proto.
 * @throws RangeError when it needs more than {@link MAX_DEFINITIONS} message types
 */
export function jsonSchemaOf(type: protobuf.Type): Schema {
  const pending: protobuf.Type[] = [];
  const schema = messageSchema(type, pending);
  const definitions = new Map<string, Schema>();
  for (let next = pending.pop(); next; next = pending.pop()) {
    const name = reference(next);
    if (definitions.has(name)) continue;
    if (definitions.size === MAX_DEFINITIONS) {
      throw new RangeError(
        `"${reference(
          type,
        )}" is made of more than ${MAX_DEFINITIONS} message types`,
      );
    }
    definitions.set(name, messageSchema(next, pending));
  }
  return {
    ...schema,
    ...(definitions.size > 0 ? { $defs: Object.fromEntries(definitions) } : {}),
  };
}

/** How much of an example may still be written. */
interface Budget {
  fields: number;
}

function singleExample(
  field: protobuf.Field,
  depth: number,
  budget: Budget,
): Json {
  const resolved = field.resolvedType;
  if (resolved instanceof protobuf.Enum) {
    return Object.keys(resolved.values)[0] ?? 0;
  }
  if (resolved instanceof protobuf.Type) {
    return (
      WELL_KNOWN[resolved.fullName]?.example ??
      (depth < EXAMPLE_DEPTH ? messageExample(resolved, depth + 1, budget) : {})
    );
  }
  return (
    statedExample(field) ??
    (field.type === 'string' ? field.name : SCALARS[field.type]?.example) ??
    null
  );
}

/** What a comment `example: <json>` says. */
function statedExample(field: protobuf.Field): Json | undefined {
  const stated = /\bexample:\s*(.+)$/m.exec(field.comment ?? '')?.[1];
  if (stated === undefined) return undefined;
  try {
    return JSON.parse(stated);
  } catch {
    // A sentence that happens to begin like that.
    return undefined;
  }
}

function mapKeyExample(field: protobuf.MapField): string {
  if (field.keyType === 'string') return 'key';
  return field.keyType === 'bool' ? 'true' : '1';
}

function messageExample(
  type: protobuf.Type,
  depth: number,
  budget: Budget,
): { [key: string]: Json } {
  const example = new Map<string, Json>();
  for (const field of type.fieldsArray) {
    // Of a oneof only the first can be set.
    if (field.partOf && field.partOf.fieldsArray[0] !== field) continue;
    if (budget.fields-- <= 0) break;
    const value = singleExample(field, depth, budget);
    if (field instanceof protobuf.MapField) {
      example.set(field.name, { [mapKeyExample(field)]: value });
    } else if (!field.repeated || Array.isArray(value)) {
      example.set(field.name, value);
    } else {
      example.set(field.name, [value]);
    }
  }
  return Object.fromEntries(example);
}

/**
 * An example request. A comment `example: <json>` at a field that is no message is taken as its value; for a repeated field it
 * is the list or one entry.
 */
export function exampleOf(type: protobuf.Type): Record<string, unknown> {
  return messageExample(type, 0, { fields: EXAMPLE_FIELDS });
}
