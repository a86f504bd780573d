import fc from 'fast-check';
import { timeKey } from '../domain/timeKey';
import { lastLines, mergeLines, packLines, unpackLines } from './lines';
import { behind, linesAfter, type LogPosition } from './times';

/** A log as a container writes it: times do not go back, several lines may have the same. */
const log = fc
  .array(fc.record({ step: fc.nat(2), text: fc.string({ maxLength: 3 }) }), {
    maxLength: 30,
  })
  .map(steps => {
    let at = Date.parse('2026-01-01T00:00:00Z');
    return steps.map(({ step, text }) => {
      at += step;
      return { at: new Date(at).toISOString(), text };
    });
  });

describe('mergeLines', () => {
  it('makes one log of any two readings of it that leave no hole', () => {
    fc.assert(
      fc.property(log, fc.nat(), fc.nat(), (lines, a, b) => {
        // One read from the beginning, and ended somewhere; the other began before that, at an instant.
        const end = lines.length === 0 ? 0 : a % (lines.length + 1);
        const from = lines[end === 0 ? 0 : b % end]?.at ?? '';
        const one = lines.slice(0, end);
        const other = lines.filter(line => line.at >= from);
        expect(mergeLines(one, other)).toEqual(lines);
        expect(mergeLines(other, one)).toEqual(lines);
        expect(mergeLines(lines, one)).toEqual(lines);
      }),
    );
  });

  it('does not depend on the order', () => {
    const readings = fc.tuple(
      log,
      fc.array(fc.boolean(), { minLength: 90, maxLength: 90 }),
    );
    fc.assert(
      fc.property(readings, ([lines, chosen]) => {
        const [a = [], b = [], c = []] = [0, 30, 60].map(at =>
          lines.filter((_line, index) => chosen[at + index]),
        );
        const times = (list: typeof lines) => list.map(({ at }) => at);
        expect(times(mergeLines(mergeLines(a, b), c))).toEqual(
          times(mergeLines(a, mergeLines(c, b))),
        );
      }),
    );
  });
});

describe('lastLines', () => {
  it('keeps what fits from the end, and cuts what never does', () => {
    const at = '2026-01-01T00:00:00Z';
    const lines = ['a', 'bb', 'ccc'].map(text => ({ at, text }));
    const kept = (maxLines: number, maxBytes: number) =>
      lastLines(lines, { maxLines, maxBytes }).map(({ text }) => text);
    expect(kept(10, 100)).toEqual(['a', 'bb', 'ccc']);
    expect(kept(2, 100)).toEqual(['bb', 'ccc']);
    expect(kept(10, 5)).toEqual(['bb', 'ccc']);
    expect(kept(10, 2)).toEqual(['cc']);
    expect(lastLines([], { maxLines: 1, maxBytes: 1 })).toEqual([]);
  });
});

describe('packLines', () => {
  it('gives back what was packed', async () => {
    await fc.assert(
      fc.asyncProperty(log, async lines => {
        expect(await unpackLines(await packLines(lines))).toEqual(lines);
      }),
      { numRuns: 30 },
    );
  });
});

describe('timeKey', () => {
  it('sorts times whatever their digits and zones', () => {
    const times = [
      '2026-01-01T00:00:00Z',
      '2026-01-01T01:00:00.1+01:00',
      '2026-01-01T00:00:00.12Z',
      '2026-01-01T00:00:00.123Z',
      '2026-01-01T00:00:00.123456789Z',
      '2026-01-01T00:00:01Z',
    ];
    const keys = times.map(timeKey);
    expect([...keys].sort()).toEqual(keys);
    expect(new Set(keys).size).toBe(times.length);
  });
});

describe('linesAfter', () => {
  it('goes on behind any line, also of those with the same time', async () => {
    const read = async (
      lines: Array<{ at: string; text: string }>,
      from: LogPosition | undefined,
    ) => {
      const source = async function* source() {
        // A cluster may begin earlier than it was asked to, but not within an instant.
        yield* lines;
      };
      const found = [];
      for await (const line of linesAfter(from, source())) found.push(line);
      return found;
    };
    await fc.assert(
      fc.asyncProperty(log, fc.nat(), async (lines, n) => {
        const end = n % (lines.length + 1);
        let position: LogPosition | undefined;
        for (const line of lines.slice(0, end)) {
          position = behind(line, position);
        }
        expect(await read(lines, position)).toEqual(lines.slice(end));
      }),
    );
  });
});
