import { Backoff } from './Backoff';

describe('Backoff', () => {
  it('waits longer each time, up to half a minute, and begins anew', () => {
    const backoff = new Backoff(() => 1);
    const waits = Array.from({ length: 9 }, () => backoff.next());
    expect(waits).toEqual([
      500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000,
    ]);
    backoff.reset();
    expect(backoff.next()).toBe(500);
  });

  it('never comes back at once, and not always at the same time', () => {
    expect(new Backoff(() => 0).next()).toBe(50);
    expect(new Backoff(() => 0.5).next()).toBe(275);
  });

  it('ends its pause where nobody waits any more', async () => {
    const end = new AbortController();
    const pause = new Backoff(() => 1).pause(end.signal);
    end.abort();
    await expect(pause).resolves.toBeUndefined();
  });
});
