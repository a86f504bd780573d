import { packKrt } from '@konstellation/krt';

/** Keys packages declare: none, or some. */
export const KEYS = [[], ['CURRENCY'], ['CURRENCY', 'TOKEN']] as const;

const bytes = (text: string) => new TextEncoder().encode(text);
const packed = new Map<string, Promise<Uint8Array>>();

function pack(version: string, keys: readonly string[]): Promise<Uint8Array> {
  return packKrt([
    {
      path: 'krt.yml',
      content: bytes(`version: ${version}
description: Estimates prices
entrypoint:
  proto: public_input.proto
  image: konstellation/kre-entrypoint:1.0.0
config:
  variables: [${keys.join(', ')}]
nodes:
  - name: model
    image: konstellation/kre-py:1.22.0
    src: src/model.py
workflows:
  - name: price
    entrypoint: Estimate
    sequential: [model]
`),
    },
    {
      path: 'public_input.proto',
      content: bytes(
        'syntax = "proto3"; package price; message In { string a = 1; } message Out {} service Prices { rpc Estimate (In) returns (Out); }',
      ),
    },
    {
      path: 'src/model.py',
      content: bytes('def handler(ctx, data): return {}'),
    },
  ]);
}

/** A package of a version that declares these keys; packed once. */
export function packageOf(
  version: string,
  keys: readonly string[],
): Promise<Uint8Array> {
  const name = `${version}/${keys.join()}`;
  const known = packed.get(name) ?? pack(version, keys);
  packed.set(name, known);
  return known;
}
