/** @jest-environment node */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { nodePlatform } from '../node';
import { readKrt } from '../readKrt';
import { END, baseEntries, bytesOf } from './__testUtils__/base';
import { paxRecord, tarEntry } from '../__testUtils__/tarEntry';
import { askOracles, missingOracles } from './__testUtils__/oracles';

jest.setTimeout(900_000);

/** How many ways packages are changed. */
const RUNS = Number(process.env.KRT_MUTATIONS ?? 10_000);
const BLOCK = 512;

const root = resolve(__dirname, '../../../..');
const example = (name: string) =>
  gunzipSync(readFileSync(join(root, 'examples/price-estimator', name)));

/** Real archives: ours, one with PAX and GNU names, one with a folder. */
const originals: Buffer[] = [
  example('price-estimator-v1.krt'),
  Buffer.concat([
    tarEntry({ name: 'd/', type: '5' }),
    tarEntry({ name: 'p', type: 'x', content: paxRecord('path', 'd/a') }),
    tarEntry({ name: 'a', content: 'abc' }),
    tarEntry({ name: '././@LongLink', type: 'L', content: 'd/long\0' }),
    tarEntry({ name: 'd/lo', content: 'x'.repeat(600), magic: 'ustar  \0' }),
    ...baseEntries(),
    END,
  ]),
];

/** Where the headers are. */
function headersOf(tar: Buffer): number[] {
  const offsets: number[] = [];
  for (let at = 0; at + BLOCK <= tar.length && tar[at] !== 0; ) {
    offsets.push(at);
    const size = Number.parseInt(tar.toString('latin1', at + 124, at + 135), 8);
    at += BLOCK + Math.ceil((size || 0) / BLOCK) * BLOCK;
  }
  return offsets;
}

function repair(tar: Buffer, at: number): void {
  tar.write('        ', at + 148, 'latin1');
  let sum = 0;
  for (let i = at; i < at + BLOCK; i++) sum += tar[i] ?? 0;
  tar.write(`${sum.toString(8).padStart(6, '0')}\0 `, at + 148, 'latin1');
}

type Mutation =
  | { kind: 'header'; header: number; at: number; value: number; good: boolean }
  | { kind: 'byte'; at: number; value: number }
  | { kind: 'cut'; at: number }
  | { kind: 'repeat'; from: number; blocks: number; to: number }
  | { kind: 'swap'; a: number; b: number }
  | { kind: 'packed'; at: number; value: number };

const natural = fc.nat({ max: 1_000_000 });
const byte = fc.oneof(
  fc.integer({ min: 0, max: 255 }),
  // What headers are made of.
  fc.constantFrom(...[...'0123567890xLgKSDM/.\\ \0'].map(c => c.charCodeAt(0))),
);
const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('header' as const),
      header: natural,
      // Fields from the name to the prefix.
      at: fc.integer({ min: 0, max: 500 }),
      value: byte,
      good: fc.boolean(),
    }),
  },
  fc.record({ kind: fc.constant('byte' as const), at: natural, value: byte }),
  fc.record({ kind: fc.constant('cut' as const), at: natural }),
  fc.record({
    kind: fc.constant('repeat' as const),
    from: natural,
    blocks: fc.integer({ min: 1, max: 4 }),
    to: natural,
  }),
  fc.record({ kind: fc.constant('swap' as const), a: natural, b: natural }),
  fc.record({ kind: fc.constant('packed' as const), at: natural, value: byte }),
);

function change(original: Buffer, mutations: readonly Mutation[]): Buffer {
  let tar = Buffer.from(original);
  const packed: Array<{ at: number; value: number }> = [];
  for (const each of mutations) {
    const blocks = Math.max(1, Math.floor(tar.length / BLOCK));
    switch (each.kind) {
      case 'header': {
        const headers = headersOf(tar);
        const at = headers[each.header % Math.max(1, headers.length)] ?? 0;
        if (at + BLOCK > tar.length) break;
        tar[at + each.at] = each.value;
        if (each.good) repair(tar, at);
        break;
      }
      case 'byte':
        tar[each.at % Math.max(1, tar.length)] = each.value;
        break;
      case 'cut':
        tar = tar.subarray(0, each.at % (tar.length + 1));
        break;
      case 'repeat': {
        const from = (each.from % blocks) * BLOCK;
        const to = (each.to % blocks) * BLOCK;
        const part = tar.subarray(from, from + each.blocks * BLOCK);
        tar = Buffer.concat([tar.subarray(0, to), part, tar.subarray(to)]);
        break;
      }
      case 'swap': {
        const a = (each.a % blocks) * BLOCK;
        const b = (each.b % blocks) * BLOCK;
        const first = Buffer.from(tar.subarray(a, a + BLOCK));
        tar.copy(tar, a, b, b + BLOCK);
        first.copy(tar, b);
        break;
      }
      default:
        packed.push(each);
    }
  }
  const krt = gzipSync(tar, { level: 1 });
  for (const { at, value } of packed) krt[at % krt.length] = value;
  return krt;
}

describe('packages changed at random', () => {
  const accepted = new Map<string, Buffer>();
  const listings = new Map<string, Array<{ path: string; size: number }>>();

  it(`are read without a crash or a hang (${RUNS} ways)`, async () => {
    let count = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.nat({ max: originals.length - 1 }),
        fc.array(mutation, { minLength: 1, maxLength: 3 }),
        async (which, mutations) => {
          const krt = change(originals[which] ?? END, mutations);
          const began = performance.now();
          const { problems, files } = await readKrt(bytesOf(krt), {
            platform: nodePlatform,
          });
          const millis = performance.now() - began;
          if (millis > 1_000) throw new Error(`it took ${millis} ms`);
          // The archive was read to its end, whatever its files say.
          if (!problems.some(({ code }) => code.startsWith('archive-'))) {
            const name = String(count++);
            accepted.set(name, krt);
            listings.set(
              name,
              files
                .map(({ path, size }) => ({ path, size }))
                .sort((a, b) => (a.path < b.path ? -1 : 1)),
            );
          }
        },
      ),
      { numRuns: RUNS, seed: Number(process.env.KRT_SEED ?? 20_261_124) },
    );
    expect(count).toBeGreaterThan(RUNS / 100);
  });

  const itWithOracles = missingOracles().length > 0 ? it.skip : it;
  itWithOracles(
    'and where they are accepted, GNU tar and Python read the same',
    () => {
      const answers = askOracles(accepted);
      const differing = [...answers].flatMap(([name, { tar, python }]) => {
        const ours = JSON.stringify(listings.get(name));
        return [['tar', tar] as const, ['python', python] as const].flatMap(
          ([program, theirs]) =>
            JSON.stringify(theirs) === ours
              ? []
              : [
                  {
                    program,
                    ours,
                    theirs: JSON.stringify(theirs),
                    krt: process.env.KRT_SHOW
                      ? accepted.get(name)?.toString('base64')
                      : undefined,
                  },
                ],
        );
      });
      // eslint-disable-next-line jest/no-standalone-expect -- it is in a test
      expect(differing.slice(0, 3)).toEqual([]);
    },
  );
});
