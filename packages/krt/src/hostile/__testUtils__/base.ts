import { Buffer } from 'node:buffer';
import { createGzip, gzipSync } from 'node:zlib';
import { Readable } from 'node:stream';
import { tarEntry } from '../../__testUtils__/tarEntry';
import type { KrtProblemCode } from '../../problemCodes';
import type { KrtLimits } from '../../types';

/** One package, and what is said of it. */
export interface HostileFixture {
  name: string;
  /** The code of an error, or `accepted`. */
  expect: KrtProblemCode | 'accepted';
  krt: () => AsyncIterable<Uint8Array>;
  limits?: Partial<KrtLimits>;
  /** Milliseconds it may take; 1,000 by default. */
  most?: number;
  /** Too large to be written down, or made in a long time. */
  isLarge?: boolean;
}

export const MANIFEST = `version: price-v1
description: Estimates prices.
entrypoint:
  proto: public_input.proto
  image: konstellation/entrypoint:0.1.0
nodes:
  - name: etl
    image: konstellation/python:0.1.0
    src: src/etl.py
workflows:
  - name: price
    entrypoint: Estimate
    sequential: [etl]
`;

export const PROTO = `syntax = "proto3";
package prices;
message Request { double size = 1; }
message Response { double price = 1; }
service Prices { rpc Estimate (Request) returns (Response); }
`;

export const END = Buffer.alloc(1024);

/** What every package needs, with some files replaced or left out. */
export function baseEntries(
  change: Record<string, string | Buffer | undefined> = {},
): Buffer[] {
  const files: Record<string, string | Buffer | undefined> = {
    'krt.yml': MANIFEST,
    'public_input.proto': PROTO,
    'src/etl.py': 'def handler(ctx, data): return data',
    'docs/README.md': '# Prices',
    ...change,
  };
  return Object.entries(files).flatMap(([name, content]) =>
    content === undefined ? [] : [tarEntry({ name, content })],
  );
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  // In pieces, as they come from a network.
  for (let at = 0; at < bytes.length; at += 64 * 1024) {
    yield bytes.subarray(at, at + 64 * 1024);
  }
}

export function gzipped(tar: Uint8Array): AsyncIterable<Uint8Array> {
  return once(gzipSync(tar));
}

export function bytesOf(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  return once(bytes);
}

/** A package that is never in memory as a whole. */
export function gzippedStream(
  tar: AsyncIterable<Uint8Array>,
): AsyncIterable<Uint8Array> {
  return Readable.from(tar).pipe(createGzip({ level: 1 }));
}

/** A package with these entries after those every package needs. */
export function withEntries(
  ...entries: Buffer[]
): () => AsyncIterable<Uint8Array> {
  return () => gzipped(Buffer.concat([...baseEntries(), ...entries, END]));
}

/** A package with another krt.yml. */
export function withManifest(
  content: string | Buffer,
): () => AsyncIterable<Uint8Array> {
  return () =>
    gzipped(Buffer.concat([...baseEntries({ 'krt.yml': content }), END]));
}

/** A package with other protos. */
export function withProtos(
  protos: Record<string, string | Buffer>,
): () => AsyncIterable<Uint8Array> {
  return () => gzipped(Buffer.concat([...baseEntries(protos), END]));
}
