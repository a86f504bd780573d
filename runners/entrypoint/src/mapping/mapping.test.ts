import { fromJson, JsonValue, toJson } from '@bufbuild/protobuf';
import { parseProto } from '../proto/parseProto';
import { createMessageReader } from './dictToMessage';
import { createMessageWriter } from './messageToDict';
import { parseLosslessJson } from './parseLosslessJson';

const proto = `
syntax = "proto3";
package t;
import "google/protobuf/timestamp.proto";
import "google/protobuf/duration.proto";
import "google/protobuf/struct.proto";
import "google/protobuf/wrappers.proto";
import "google/protobuf/any.proto";
import "google/protobuf/empty.proto";
enum Color { RED = 0; GREEN = 1; BLUE = -3; }
message Inner { string city_name = 1; Inner child = 2; }
message All {
  double a_double = 1; float a_float = 2; int32 an_int32 = 3; int64 an_int64 = 4; uint32 a_uint32 = 5;
  uint64 a_uint64 = 6; sint32 a_sint32 = 7; sint64 a_sint64 = 8; fixed32 a_fixed32 = 9; fixed64 a_fixed64 = 10;
  sfixed32 a_sfixed32 = 11; sfixed64 a_sfixed64 = 12; bool a_bool = 13; string a_string = 14; bytes some_bytes = 15;
  Color a_color = 16; Inner an_inner = 17;
  repeated double doubles = 18; repeated string strings = 19; repeated Inner inners = 20; repeated Color colors = 21;
  repeated int64 longs = 22; repeated bytes blobs = 23;
  map<string, int32> ints_by_name = 24; map<int64, Inner> inners_by_id = 25; map<bool, bytes> blobs_by_flag = 26;
  map<uint32, Color> colors_by_id = 27;
  optional int32 maybe_int = 28; optional string maybe_string = 29;
  oneof choice { string chosen_text = 30; Inner chosen_inner = 31; uint64 chosen_long = 32; }
  google.protobuf.Timestamp at = 33; google.protobuf.Duration lasting = 34; google.protobuf.Struct tree = 35;
  google.protobuf.Value anything = 36; google.protobuf.ListValue items = 37; google.protobuf.DoubleValue boxed = 38;
  google.protobuf.Empty nothing = 39; google.protobuf.Any packed = 40; repeated google.protobuf.Timestamp times = 41;
  map<string, google.protobuf.Struct> trees = 42; google.protobuf.Int64Value boxed_long = 43;
  string camelName = 44; string renamed = 45 [json_name = "other"];
}
`;

const registry = parseProto('all.proto', name =>
  name === 'all.proto' ? proto : undefined,
);
const all = registry.getMessage('t.All');
if (!all) {
  throw new Error('the proto has no t.All');
}
const write = createMessageWriter(all, registry);
const read = createMessageReader(all, registry);
const refuse = (path: string) => {
  throw new Error(`unknown key ${path}`);
};

/** What a handler gets for a message given in proto3 JSON; text, as numbers may be too long for JavaScript. */
function dictOf(json: JsonValue): string {
  return write(fromJson(all!, json, { registry }));
}

/** The proto3 JSON of what a handler returned. */
function responseOf(
  dict: string,
  onUnknownKey: (path: string) => void = refuse,
): JsonValue {
  return toJson(all!, read(parseLosslessJson(dict), onUnknownKey), {
    registry,
  });
}

describe('message to dict', () => {
  it('has every field, unset ones with their default', () => {
    expect(JSON.parse(dictOf({}))).toEqual({
      a_double: 0,
      a_float: 0,
      an_int32: 0,
      an_int64: 0,
      a_uint32: 0,
      a_uint64: 0,
      a_sint32: 0,
      a_sint64: 0,
      a_fixed32: 0,
      a_fixed64: 0,
      a_sfixed32: 0,
      a_sfixed64: 0,
      a_bool: false,
      a_string: '',
      some_bytes: '',
      a_color: 0,
      an_inner: null,
      doubles: [],
      strings: [],
      inners: [],
      colors: [],
      longs: [],
      blobs: [],
      ints_by_name: {},
      inners_by_id: {},
      blobs_by_flag: {},
      colors_by_id: {},
      maybe_int: 0,
      maybe_string: '',
      chosen_text: '',
      chosen_inner: null,
      chosen_long: 0,
      at: null,
      lasting: null,
      tree: null,
      anything: null,
      items: null,
      boxed: null,
      nothing: null,
      packed: null,
      times: [],
      trees: {},
      boxed_long: null,
      camelName: '',
      renamed: '',
    });
  });

  // field, proto3 JSON in, text in the dict
  it.each<[string, JsonValue, string]>([
    ['a_double', 0.1, '0.1'],
    ['a_double', 5, '5.0'],
    ['a_double', 1e300, '1e+300'],
    ['a_double', 'NaN', '"NaN"'],
    ['a_double', '-Infinity', '"-Infinity"'],
    ['a_float', 1.5, '1.5'],
    ['an_int32', -2147483648, '-2147483648'],
    ['an_int64', '-9223372036854775808', '-9223372036854775808'],
    ['a_uint32', 4294967295, '4294967295'],
    ['a_uint64', '18446744073709551615', '18446744073709551615'],
    ['a_sint32', -7, '-7'],
    ['a_sint64', '-9007199254740993', '-9007199254740993'],
    ['a_fixed32', 7, '7'],
    ['a_fixed64', '9007199254740993', '9007199254740993'],
    ['a_sfixed32', -7, '-7'],
    ['a_sfixed64', '-7', '-7'],
    ['a_bool', true, 'true'],
    ['a_string', 'ü "quoted" \u2028', '"ü \\"quoted\\" \u2028"'],
    ['some_bytes', 'aGk=', '"aGk="'],
    ['a_color', 'BLUE', '-3'],
    ['a_color', 99, '99'],
    [
      'an_inner',
      { cityName: 'Windsor' },
      '{"city_name":"Windsor","child":null}',
    ],
    ['doubles', [1, 2.5], '[1.0,2.5]'],
    ['strings', ['a', ''], '["a",""]'],
    [
      'inners',
      [{}, { child: {} }],
      '[{"city_name":"","child":null},{"city_name":"","child":{"city_name":"","child":null}}]',
    ],
    ['colors', ['GREEN', 'RED'], '[1,0]'],
    ['longs', ['9007199254740993'], '[9007199254740993]'],
    ['blobs', ['aGk='], '["aGk="]'],
    ['ints_by_name', { a: 1, __proto__x: 2 }, '{"a":1,"__proto__x":2}'],
    ['inners_by_id', { '-5': {} }, '{"-5":{"city_name":"","child":null}}'],
    ['blobs_by_flag', { true: 'aGk=' }, '{"true":"aGk="}'],
    ['colors_by_id', { 7: 'GREEN' }, '{"7":1}'],
    ['maybe_int', 0, '0'],
    ['chosen_text', 'x', '"x"'],
    ['chosen_inner', {}, '{"city_name":"","child":null}'],
    ['chosen_long', '7', '7'],
    ['at', '2020-04-06T09:02:09.277Z', '"2020-04-06T09:02:09.277Z"'],
    ['lasting', '1.500s', '"1.500s"'],
    ['tree', { a: [1, null, { b: 'c' }] }, '{"a":[1,null,{"b":"c"}]}'],
    ['anything', [true], '[true]'],
    ['items', [1, 'a'], '[1,"a"]'],
    ['boxed', 0, '0'],
    ['nothing', {}, '{}'],
    [
      'packed',
      { '@type': 'type.googleapis.com/t.Inner', cityName: 'x' },
      '{"city_name":"x","@type":"type.googleapis.com/t.Inner"}',
    ],
    ['times', ['2020-04-06T09:02:09Z'], '["2020-04-06T09:02:09Z"]'],
    ['trees', { one: { a: 1 } }, '{"one":{"a":1}}'],
    ['boxed_long', '9007199254740993', '9007199254740993'],
    ['camelName', 'x', '"x"'],
    ['renamed', 'x', '"x"'],
  ])('writes %s %j as %s', (field, value, expected) => {
    expect(dictOf({ [field]: value })).toContain(`"${field}":${expected}`);
  });

  it('gives what it wrote back', () => {
    const message: JsonValue = {
      aDouble: 'Infinity',
      anInt64: '-9223372036854775808',
      aUint64: '18446744073709551615',
      someBytes: '+/8=',
      aColor: 'BLUE',
      inners: [{ cityName: 'a', child: { cityName: 'b' } }],
      innersById: { '7': { cityName: 'c' } },
      chosenLong: '9007199254740993',
      at: '2020-04-06T09:02:09.277Z',
      tree: { a: [1, null] },
      boxed: 2.5,
      nothing: {},
      other: 'x',
    };
    const dict = JSON.parse(dictOf(message).replace(/:(-?\d{16,})/g, ':"$1"'));
    // Presence of a scalar is what a dict cannot say.
    delete dict.maybe_int;
    delete dict.maybe_string;
    expect(responseOf(JSON.stringify(dict))).toEqual(message);
  });
});

describe('dict to message', () => {
  // dict, proto3 JSON out
  it.each<[string, JsonValue]>([
    [
      '{"a_double": 5, "a_float": "1.5", "an_int32": 5.0, "a_bool": true}',
      { aDouble: 5, aFloat: 1.5, anInt32: 5, aBool: true },
    ],
    [
      '{"an_int64": -9223372036854775808, "a_uint64": 18446744073709551615}',
      { anInt64: '-9223372036854775808', aUint64: '18446744073709551615' },
    ],
    [
      '{"an_int64": "12", "longs": [1, "9007199254740993", 9007199254740993]}',
      { anInt64: '12', longs: ['1', '9007199254740993', '9007199254740993'] },
    ],
    [
      '{"a_string": "1234567890123456789 \\"1234567890123456789\\\\"}',
      { aString: '1234567890123456789 "1234567890123456789\\' },
    ],
    [
      '{"a_double": 1234567890123456789.5, "a_float": 0.12345678901234567}',
      { aDouble: 1234567890123456789.5, aFloat: 0.12345678901234567 },
    ],
    [
      '{"a_color": "GREEN", "colors": [1, "BLUE"]}',
      { aColor: 'GREEN', colors: ['GREEN', 'BLUE'] },
    ],
    [
      '{"some_bytes": "aGk=", "blobs_by_flag": {"false": "aGk="}}',
      { someBytes: 'aGk=', blobsByFlag: { false: 'aGk=' } },
    ],
    [
      '{"anInner": {"cityName": "by JSON name"}, "other": "x"}',
      { anInner: { cityName: 'by JSON name' }, other: 'x' },
    ],
    ['{"a_string": null, "an_inner": null, "doubles": null}', {}],
    ['{"chosen_text": "first", "chosen_long": 7}', { chosenLong: '7' }],
    [
      '{"chosen_text": "first", "chosen_long": 0, "chosen_inner": null}',
      { chosenText: 'first' },
    ],
    ['{"chosen_text": "", "chosen_long": 0}', {}],
    ['{"chosen_text": ""}', { chosenText: '' }],
    ['{"maybe_int": 0}', { maybeInt: 0 }],
    [
      '{"at": "2020-04-06T09:02:09Z", "times": ["2020-04-06T09:02:09Z"], "boxed": 1, "anything": null}',
      {
        at: '2020-04-06T09:02:09Z',
        times: ['2020-04-06T09:02:09Z'],
        boxed: 1,
      },
    ],
    [
      '{"trees": {"a": {"b": 1}}, "tree": {"c": []}, "items": [1]}',
      { trees: { a: { b: 1 } }, tree: { c: [] }, items: [1] },
    ],
  ])('reads %s', (dict, expected) => {
    expect(responseOf(dict)).toEqual(expected);
  });

  it.each([
    [
      '{"a_double": "much"}',
      "field 'a_double': expected a number (double), got a string",
    ],
    [
      '{"a_float": 1e39}',
      "field 'a_float': 1e+39 is out of the range of float",
    ],
    [
      '{"an_int32": 2147483648}',
      "field 'an_int32': 2147483648 is out of the range of int32",
    ],
    [
      '{"an_int32": 1.5}',
      "field 'an_int32': expected an integer (int32), got 1.5",
    ],
    [
      '{"an_int32": true}',
      "field 'an_int32': expected an integer (int32), got true",
    ],
    ['{"a_uint32": -1}', "field 'a_uint32': -1 is out of the range of uint32"],
    ['{"a_uint64": -1}', "field 'a_uint64': -1 is out of the range of uint64"],
    [
      '{"an_int64": 9223372036854775808}',
      "field 'an_int64': 9223372036854775808 is out of the range of int64",
    ],
    ['{"a_bool": 1}', "field 'a_bool': expected true or false, got 1"],
    ['{"a_string": 5}', "field 'a_string': expected a string, got 5"],
    [
      '{"some_bytes": "§"}',
      "field 'some_bytes': expected base64 text (bytes), got other text",
    ],
    [
      '{"a_color": "PINK"}',
      "field 'a_color': expected an integer (enum t.Color), got a string",
    ],
    [
      '{"an_inner": []}',
      "field 'an_inner': expected an object (t.Inner), got an array",
    ],
    [
      '{"inners": [{}, {"child": {"city_name": 5}}]}',
      "field 'inners[1].child.city_name': expected a string, got 5",
    ],
    ['{"doubles": 5}', "field 'doubles': expected an array, got 5"],
    [
      '{"doubles": [null]}',
      "field 'doubles[0]': expected a number (double), got null",
    ],
    [
      '{"ints_by_name": {"a": "x"}}',
      "field 'ints_by_name.a': expected an integer (int32), got a string",
    ],
    [
      '{"inners_by_id": {"x": {}}}',
      "field 'inners_by_id': the key 'x' is no int64",
    ],
    ['[]', 'expected an object (t.All), got an array'],
  ])('refuses %s', (dict, message) => {
    expect(() => responseOf(dict)).toThrow(message);
  });

  it('names what it does not understand of a timestamp', () => {
    expect(() => responseOf('{"at": "yesterday"}')).toThrow(
      "field 'at': cannot decode",
    );
  });

  it('drops unknown keys and reports them', () => {
    const unknown: string[] = [];
    const dict =
      '{"a_string": "x", "price": 1, "an_inner": {"zip": 2}, "__proto__": {"a_bool": true}}';
    expect(responseOf(dict, path => unknown.push(path))).toEqual({
      aString: 'x',
      anInner: {},
    });
    expect(unknown).toEqual(['price', 'an_inner.zip', '__proto__']);
  });

  it('refuses what is nested without end', () => {
    const deep = `${'{"child":'.repeat(5000)}{}${'}'.repeat(5000)}`;
    expect(() => responseOf(`{"an_inner": ${deep}}`)).toThrow(
      'nested deeper than 100',
    );
  });
});
