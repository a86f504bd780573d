import type { LogArchive } from '../database/LogArchiveStore';
import type { ContainerInstance } from './instances';
import { missedRuns } from './notes';

const KEPT = new Date('2026-01-01T00:00:00Z');

function run(
  restart: number,
  more: Partial<ContainerInstance> = {},
): ContainerInstance {
  return {
    namespace: 'kre-test',
    pod: 'p',
    container: 'main',
    node: 'model',
    instance: `containerd://${restart}`,
    restart,
    startedAt: new Date('2026-01-02T00:00:00Z'),
    previous: false,
    ended: false,
    terminating: false,
    graceMillis: 30_000,
    ...more,
  };
}

function archive(restart: number): LogArchive {
  return {
    versionUid: 'uid',
    pod: 'p',
    container: 'main',
    node: 'model',
    instance: `containerd://${restart}`,
    restart,
    lines: 1,
    bytes: 10,
    lastAt: new Date('2026-01-02T00:00:00Z'),
    capturedAt: new Date('2026-01-02T00:00:00Z'),
    complete: true,
    following: false,
    revision: 1,
  };
}

const gaps = (shown: ContainerInstance[], known: LogArchive[] = []) =>
  missedRuns('uid', shown, known, KEPT).map(({ instance }) => instance);

describe('missedRuns', () => {
  it('misses nothing of what is shown or known', () => {
    expect(gaps([run(0)])).toEqual([]);
    expect(gaps([run(0, { previous: true }), run(1)])).toEqual([]);
    expect(gaps([run(1, { previous: true }), run(2)], [archive(0)])).toEqual(
      [],
    );
  });

  it('misses what was before the first that is shown', () => {
    expect(gaps([run(2, { previous: true }), run(3)])).toEqual(['missed-0-1']);
    expect(gaps([run(4, { previous: true }), run(5)], [archive(1)])).toEqual([
      'missed-2-3',
    ]);
  });

  it('misses the one before a last one that waits to be started again, which is shown alone', () => {
    expect(gaps([run(1, { ended: true })])).toEqual(['missed-0-0']);
  });

  it('looks at each container for itself', () => {
    expect(gaps([run(0), run(1, { container: 'other' })])).toEqual([
      'missed-0-0',
    ]);
  });

  it('does not miss what would not be kept any more', () => {
    const startedAt = new Date('2025-12-01T00:00:00Z');
    expect(gaps([run(3, { startedAt })])).toEqual([]);
    // Not every cluster says when.
    expect(gaps([run(3, { startedAt: new Date(0) })])).toEqual(['missed-0-2']);
  });
});
