import { parseProto } from './parseProto';

function parse(files: Record<string, string>) {
  return parseProto('a.proto', name => files[name]);
}

describe('parseProto', () => {
  it('describes services, nested types and fields as protoc does', () => {
    const registry = parse({
      'a.proto': `
        syntax = "proto3"; // syntax = "proto2";
        package house.v1;
        import "google/protobuf/timestamp.proto";
        message Request {
          enum Kind { UNKNOWN = 0; FLAT = 1; }
          message Room { uint32 size = 1; }
          repeated Room rooms = 1;
          map<string, Room> rooms_by_name = 2;
          optional int32 floor = 3;
          oneof owner { string person = 4; string firm = 5; }
          Kind kind = 6;
          google.protobuf.Timestamp at = 7;
          repeated int32 unpacked = 8 [packed = false];
        }
        message Response {}
        service Prices { rpc Estimate(Request) returns (Response); rpc Watch(Request) returns (stream .house.v1.Response) {}; }
      `,
    });
    const request = registry.getMessage('house.v1.Request');
    expect(
      request?.fields.map(
        field => `${field.name} ${field.fieldKind} ${field.jsonName}`,
      ),
    ).toEqual([
      'rooms list rooms',
      'rooms_by_name map roomsByName',
      'floor scalar floor',
      'person scalar person',
      'firm scalar firm',
      'kind enum kind',
      'at message at',
      'unpacked list unpacked',
    ]);
    expect(request?.oneofs.map(({ name }) => name)).toEqual(['owner']);
    expect(request?.field.floor.presence).not.toBe(
      request?.field.kind.presence,
    );
    expect(request?.nestedMessages.map(({ typeName }) => typeName)).toEqual([
      'house.v1.Request.Room',
    ]);
    const service = registry.getService('house.v1.Prices');
    expect(
      service?.methods.map(
        method =>
          `${method.name} ${method.methodKind} ${method.output.typeName}`,
      ),
    ).toEqual([
      'Estimate unary house.v1.Response',
      'Watch server_streaming house.v1.Response',
    ]);
  });

  it('reads imports, each file with its own package', () => {
    const registry = parse({
      'a.proto':
        'syntax = "proto3"; import "lib/b.proto"; service S { rpc R(b.In) returns (b.In); }',
      'lib/b.proto':
        'syntax = "proto3"; package b; message In { string x = 1; }',
    });
    expect(registry.getService('S')?.methods[0].input.typeName).toBe('b.In');
  });

  it('keeps what proto2 says', () => {
    const registry = parse({
      'a.proto':
        'syntax = "proto2"; message M { required int32 a = 1; optional string b = 2 [default = "none"]; }',
    });
    const field = registry.getMessage('M')?.field.b;
    expect(field?.fieldKind === 'scalar' && field.getDefaultValue()).toBe(
      'none',
    );
  });

  it.each([
    [
      { 'a.proto': 'syntax = "proto3";\nmessage M {\n  strin\n}' },
      /^a\.proto: .*line 4/,
    ],
    [
      { 'a.proto': 'syntax = "proto3"; message M { Missing m = 1; }' },
      /^a\.proto: .*Missing/,
    ],
    [
      { 'a.proto': 'syntax = "proto3"; import "b.proto";' },
      "the proto 'b.proto' does not exist in the package",
    ],
    [
      { 'a.proto': 'edition = "2023"; message M {}' },
      'editions are not supported',
    ],
    [{}, "the proto 'a.proto' does not exist"],
  ])('says what is wrong with %j', (files, message) => {
    expect(() => parse(files)).toThrow(message);
  });
});
