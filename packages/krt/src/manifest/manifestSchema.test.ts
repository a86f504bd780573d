import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parse } from 'yaml';
import Ajv from 'ajv';
import { validateManifest } from '../validateManifest';
import { manifestJsonSchema } from './manifestSchema';

const file = resolve(__dirname, '../../krt.schema.json');
const validate = new Ajv({ strict: false }).compile(manifestJsonSchema());

const V1 = `version: 1
description: Estimates prices.
entrypoint:
  proto: public_input.proto
  image: konstellation/entrypoint:0.1.0
config:
  variables:
nodes:
  - name: etl
    image: konstellation/python:0.1.0
    src: src/etl.py
    gpu: yes
workflows:
  - name: price
    entrypoint: Estimate
    sequential: [etl]
`;
const V2 = `krtVersion: v2
version: mail
description: Sorts mail.
entrypoint: { proto: a.proto, image: "a:1" }
workflows:
  - name: sort
    entrypoint: Sort
    exitpoint: etl
    nodes:
      - { name: etl, image: "a:1", src: a.py, subscriptions: [entrypoint] }
`;

describe('krt.schema.json', () => {
  it('is what the rules give', () => {
    const text = `${JSON.stringify(manifestJsonSchema(), null, 2)}\n`;
    // Write it again after a change of the rules: UPDATE_SCHEMA=1
    if (process.env.UPDATE_SCHEMA) writeFileSync(file, text);
    expect(readFileSync(file, 'utf8')).toBe(text);
  });

  it.each([
    ['v1', V1],
    ['v2', V2],
    ['stated v1', `krtVersion: v1\n${V1}`],
  ])('accepts what the validator accepts: %s', (_, text) => {
    expect(validateManifest(text).problems).toEqual([]);
    expect([validate(parse(text)), validate.errors]).toEqual([true, null]);
  });

  it.each([
    ['a field with a typo', V1.replace('sequential', 'sequental')],
    ['a name that is too long', V1.replace('etl\n', 'e23456789012345678901\n')],
    ['a name in capitals', V1.replace('name: price', 'name: Price')],
    ['a missing field', V1.replace(/description.*\n/, '')],
    ['no nodes', V1.replace(/nodes:[^]*workflows/, 'nodes: []\nworkflows')],
    ['fields of v2', V1.replace('sequential: [etl]', 'exitpoint: etl')],
    ['an unknown format', V2.replace('v2', 'v3')],
    ['fields of v1', V2.replace('exitpoint: etl', 'sequential: [etl]')],
    ['no subscriptions', V2.replace('[entrypoint]', '[]')],
    ['replicas of zero', V2.replace('src: a.py', 'src: a.py, replicas: 0')],
  ])('refuses what the validator refuses: %s', (_, text) => {
    expect(
      validateManifest(text).problems.some(p => p.severity === 'error'),
    ).toBe(true);
    expect(validate(parse(text))).toBe(false);
  });
});
