/** @jest-environment node */
import { nodePlatform } from '../node';
import { readKrt } from '../readKrt';
import { hostileFixtures } from './__testUtils__';

jest.setTimeout(180_000);

/** Machines are shared: what takes this many times as long as it may is wrong, not slow. */
const PATIENCE = 3;

const rejections: unknown[] = [];
const remember = (error: unknown) => rejections.push(error);

describe('hostile packages', () => {
  beforeAll(() => {
    process.on('unhandledRejection', remember);
  });
  afterAll(() => {
    process.off('unhandledRejection', remember);
  });

  it('have names of their own', () => {
    const names = hostileFixtures.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });

  it.each(hostileFixtures)(
    '$name: $expect',
    async ({ krt, expect: expected, limits, most = 1_000 }) => {
      const began = performance.now();
      const { problems, manifest } = await readKrt(krt(), {
        platform: nodePlatform,
        limits,
      });
      const millis = performance.now() - began;
      const errors = problems.flatMap(({ code, severity }) =>
        severity === 'error' ? [code] : [],
      );
      const verdict = errors.length > 0 ? errors : ['accepted'];
      expect(verdict).toContain(expected);
      expect(manifest !== undefined).toBe(expected === 'accepted');
      expect(problems.length).toBeLessThanOrEqual(200);
      expect(millis).toBeLessThan(most * PATIENCE);
    },
  );

  it('leave no rejection behind', async () => {
    await new Promise(resolve => {
      setImmediate(resolve);
    });
    expect(rejections).toEqual([]);
  });
});
