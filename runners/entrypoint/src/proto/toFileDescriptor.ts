import { create } from '@bufbuild/protobuf';
import {
  DescriptorProto,
  DescriptorProtoSchema,
  EnumDescriptorProto,
  EnumDescriptorProtoSchema,
  FieldDescriptorProto,
  FieldDescriptorProto_Label,
  FieldDescriptorProto_Type,
  FieldDescriptorProtoSchema,
  FileDescriptorProto,
  FileDescriptorProtoSchema,
  ServiceDescriptorProto,
  ServiceDescriptorProtoSchema,
} from '@bufbuild/protobuf/wkt';
import {
  Enum,
  Field,
  MapField,
  ReflectionObject,
  Service,
  Type,
} from 'protobufjs';

/** One parsed source file, with its types resolved. */
export interface ProtoSource {
  /** Path, as other files import it. */
  name: string;
  syntax: 'proto2' | 'proto3';
  package: string;
  imports: string[];
  /** What the file declares outside of any message. */
  declarations: ReflectionObject[];
}

const scalarTypes: Record<string, FieldDescriptorProto_Type> = {
  double: FieldDescriptorProto_Type.DOUBLE,
  float: FieldDescriptorProto_Type.FLOAT,
  int64: FieldDescriptorProto_Type.INT64,
  uint64: FieldDescriptorProto_Type.UINT64,
  int32: FieldDescriptorProto_Type.INT32,
  fixed64: FieldDescriptorProto_Type.FIXED64,
  fixed32: FieldDescriptorProto_Type.FIXED32,
  bool: FieldDescriptorProto_Type.BOOL,
  string: FieldDescriptorProto_Type.STRING,
  bytes: FieldDescriptorProto_Type.BYTES,
  uint32: FieldDescriptorProto_Type.UINT32,
  sfixed32: FieldDescriptorProto_Type.SFIXED32,
  sfixed64: FieldDescriptorProto_Type.SFIXED64,
  sint32: FieldDescriptorProto_Type.SINT32,
  sint64: FieldDescriptorProto_Type.SINT64,
};

/**
 * The descriptor protoc would make of the file, as far as serving it needs one: no custom options, no source info.
 * `protobufjs/ext/descriptor` is not used because it drops imports and mixes files of one package.
 */
export function toFileDescriptor(source: ProtoSource): FileDescriptorProto {
  return create(FileDescriptorProtoSchema, {
    name: source.name,
    package: source.package,
    syntax: source.syntax,
    dependency: source.imports,
    messageType: source.declarations.filter(isType).map(toMessage),
    enumType: source.declarations.filter(isEnum).map(toEnum),
    service: source.declarations.filter(isService).map(toService),
  });
}

function isType(object: ReflectionObject): object is Type {
  return object instanceof Type;
}

function isEnum(object: ReflectionObject): object is Enum {
  return object instanceof Enum;
}

function isService(object: ReflectionObject): object is Service {
  return object instanceof Service;
}

function toMessage(type: Type): DescriptorProto {
  if ('group' in type && type.group) {
    throw new Error(`the group '${type.name}' is not supported, use a message`);
  }
  const nested = type.nestedArray;
  // The oneofs that stand for `optional` come last, as in protoc.
  const oneofs = [...type.oneofsArray].sort(
    (one, other) =>
      Number(isSynthetic(one.fieldsArray)) -
      Number(isSynthetic(other.fieldsArray)),
  );
  return create(DescriptorProtoSchema, {
    name: type.name,
    field: type.fieldsArray.map(field =>
      toField(
        field,
        oneofs.findIndex(oneof => oneof === field.partOf),
      ),
    ),
    oneofDecl: oneofs.map(({ name }) => ({ name })),
    nestedType: [
      ...nested.filter(isType).map(toMessage),
      ...type.fieldsArray.flatMap(field =>
        field instanceof MapField ? [toMapEntry(field, field.keyType)] : [],
      ),
    ],
    enumType: nested.filter(isEnum).map(toEnum),
  });
}

function isSynthetic(fields: Field[]): boolean {
  return fields.some(field => field.getOption('proto3_optional') === true);
}

function toField(field: Field, oneofIndex: number): FieldDescriptorProto {
  const jsonName = field.getOption('json_name');
  const defaultValue = field.getOption('default');
  const packed = field.getOption('packed');
  return create(FieldDescriptorProtoSchema, {
    name: field.name,
    number: field.id,
    label: labelOf(field),
    ...(field instanceof MapField
      ? {
          type: FieldDescriptorProto_Type.MESSAGE,
          typeName: `${field.parent?.fullName ?? ''}.${mapEntryName(field)}`,
        }
      : typeOf(field)),
    jsonName: typeof jsonName === 'string' ? jsonName : toJsonName(field.name),
    ...(oneofIndex >= 0 ? { oneofIndex } : {}),
    ...(field.getOption('proto3_optional') === true
      ? { proto3Optional: true }
      : {}),
    ...(defaultValue !== undefined
      ? { defaultValue: String(defaultValue) }
      : {}),
    ...(typeof packed === 'boolean' ? { options: { packed } } : {}),
  });
}

function labelOf(field: Field): FieldDescriptorProto_Label {
  if (field.repeated || field instanceof MapField) {
    return FieldDescriptorProto_Label.REPEATED;
  }
  return field.required
    ? FieldDescriptorProto_Label.REQUIRED
    : FieldDescriptorProto_Label.OPTIONAL;
}

function typeOf(field: Field): {
  type: FieldDescriptorProto_Type;
  typeName?: string;
} {
  const { resolvedType } = field;
  if (!resolvedType) {
    return { type: scalarTypes[field.type] };
  }
  return {
    type:
      resolvedType instanceof Enum
        ? FieldDescriptorProto_Type.ENUM
        : FieldDescriptorProto_Type.MESSAGE,
    typeName: resolvedType.fullName,
  };
}

function toMapEntry(field: Field, keyType: string): DescriptorProto {
  return create(DescriptorProtoSchema, {
    name: mapEntryName(field),
    field: [
      {
        name: 'key',
        number: 1,
        label: FieldDescriptorProto_Label.OPTIONAL,
        type: scalarTypes[keyType],
        jsonName: 'key',
      },
      {
        name: 'value',
        number: 2,
        label: FieldDescriptorProto_Label.OPTIONAL,
        ...typeOf(field),
        jsonName: 'value',
      },
    ],
    options: { mapEntry: true },
  });
}

/** `prices_by_city` → `PricesByCityEntry`, as protoc names it. */
function mapEntryName(field: Field): string {
  return `${field.name.replace(/(?:^|_)(.)/g, (_, letter: string) =>
    letter.toUpperCase(),
  )}Entry`;
}

/** `prices_by_city` → `pricesByCity`. */
function toJsonName(name: string): string {
  return name.replace(/_+(.?)/g, (_, letter: string) => letter.toUpperCase());
}

function toEnum(type: Enum): EnumDescriptorProto {
  return create(EnumDescriptorProtoSchema, {
    name: type.name,
    value: Object.entries(type.values).map(([name, number]) => ({
      name,
      number,
    })),
    ...(type.getOption('allow_alias') === true
      ? { options: { allowAlias: true } }
      : {}),
  });
}

function toService(service: Service): ServiceDescriptorProto {
  return create(ServiceDescriptorProtoSchema, {
    name: service.name,
    method: service.methodsArray.map(method => ({
      name: method.name,
      inputType: method.resolvedRequestType?.fullName ?? method.requestType,
      outputType: method.resolvedResponseType?.fullName ?? method.responseType,
      clientStreaming: method.requestStream === true,
      serverStreaming: method.responseStream === true,
    })),
  });
}
