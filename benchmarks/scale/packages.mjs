// What packages of real solutions look like once they were read: small ones and large ones, through the reader of the product.
import { packKrt, readKrt } from '@konstellation/krt';

const STEPS = [
  'clean-input',
  'join-features',
  'encode-categories',
  'predict-price',
  'predict-demand',
  'calibrate',
  'explain-result',
  'mask-personal',
];
export const KEYS = ['CURRENCY', 'REGION', 'FEATURE_STORE_URL', 'API_TOKEN'];

const bytes = text => new TextEncoder().encode(text);

function manifest(steps) {
  const nodes = steps.map(
    name => `  - name: ${name}
    image: konstellation/kre-py:1.22.0
    src: src/${name}/main.py`,
  );
  const workflow = (name, rpc, of) =>
    `  - name: ${name}\n    entrypoint: ${rpc}\n    sequential:\n${of
      .map(step => `      - ${step}`)
      .join('\n')}`;
  return `version: v1
description: Prices and demand for a market, with what the estimates rest on
entrypoint:
  proto: public_input.proto
  image: konstellation/kre-entrypoint:1.0.0
config:
  variables:
${KEYS.map(key => `    - ${key}`).join('\n')}
nodes:
${nodes.join('\n')}
workflows:
${workflow('estimate-price', 'EstimatePrice', steps)}
${workflow('explain-price', 'ExplainPrice', steps.slice(0, 2))}
`;
}

function proto() {
  const fields = Array.from(
    { length: 24 },
    (_, at) =>
      `  // What is known of the ${at + 1}th feature of a house.\n  ${
        at % 3 ? 'double' : 'string'
      } feature_${at + 1} = ${at + 1};`,
  );
  return `syntax = "proto3";
package market;

message House {
${fields.join('\n')}
}
message Estimate {
  double amount = 1;
  double lower = 2;
  double upper = 3;
  repeated string because = 4;
}
service Market {
  rpc EstimatePrice (House) returns (Estimate);
  rpc ExplainPrice (House) returns (Estimate);
}
`;
}

function entries(steps, assets) {
  return [
    { path: 'krt.yml', content: bytes(manifest(steps)) },
    { path: 'public_input.proto', content: bytes(proto()) },
    { path: 'docs/README.md', content: bytes('# Market\n') },
    ...steps.flatMap(name => [
      {
        path: `src/${name}/main.py`,
        content: bytes(`def handler(ctx, data):\n    return data  # ${name}\n`),
      },
      {
        path: `src/${name}/requirements.txt`,
        content: bytes('numpy==2.1.3\n'),
      },
    ]),
    ...Array.from({ length: assets }, (_, at) => ({
      path: `assets/regions/region-${String(at).padStart(4, '0')}.json`,
      content: bytes(`{"region":${at}}\n`),
    })),
  ];
}

/** @returns `{ manifest, proto, files, unpackedSize }` of packages with 3 to 8 nodes and 10 to 200 files */
export async function readPackages() {
  const packages = [];
  for (const [steps, assets] of [
    [3, 0],
    [4, 12],
    [5, 24],
    [6, 60],
    [7, 100],
    [8, 180],
  ]) {
    const packed = await packKrt(entries(STEPS.slice(0, steps), assets));
    const read = await readKrt(new Blob([packed]).stream());
    if (!read.manifest) throw new Error(read.problems[0]?.message);
    packages.push(read);
  }
  return packages;
}
