import { DescField, DescMessage } from '@bufbuild/protobuf';

/** Messages with a JSON form of their own in proto3 JSON. In dicts they have the same. */
const names = new Set([
  'google.protobuf.Any',
  'google.protobuf.Duration',
  'google.protobuf.Timestamp',
  'google.protobuf.FieldMask',
  'google.protobuf.Struct',
  'google.protobuf.Value',
  'google.protobuf.ListValue',
  'google.protobuf.DoubleValue',
  'google.protobuf.FloatValue',
  'google.protobuf.Int64Value',
  'google.protobuf.UInt64Value',
  'google.protobuf.Int32Value',
  'google.protobuf.UInt32Value',
  'google.protobuf.BoolValue',
  'google.protobuf.StringValue',
  'google.protobuf.BytesValue',
]);

export function isWellKnown(message: DescMessage): boolean {
  return names.has(message.typeName);
}

/** Whether the field holds a message with a JSON form of its own, alone, in a list or in a map. */
export function holdsWellKnown(field: DescField): boolean {
  return field.message !== undefined && isWellKnown(field.message);
}
