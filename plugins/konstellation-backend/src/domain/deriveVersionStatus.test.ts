import { deriveVersionStatus } from './deriveVersionStatus';
import type { StatusFacts } from './statusFacts';
import type { ObservedState } from './types';

const deadlines = {
  start: 60_000,
  stop: 30_000,
  unavailable: 10_000,
  configuration: 60_000,
};
const begun = new Date('2026-01-01T00:00:00Z');
const after = (seconds: number) => new Date(begun.getTime() + seconds * 1_000);

const facts: StatusFacts = {
  published: false,
  wanted: false,
  switching: false,
  missing: [],
  unconfirmed: [],
  placeDeleting: false,
};

const started = {
  desired: 'started' as const,
  deleting: false,
  everStarted: true,
  generation: 2,
  desiredSince: begun,
  configurationRevision: 1,
  releaseRevision: 1,
  statusSince: begun,
};
const stopped = { ...started, desired: 'stopped' as const };

function seen(change: Partial<ObservedState>): ObservedState {
  return {
    generation: 2,
    at: begun.toISOString(),
    present: true,
    ready: false,
    nodes: [],
    events: [],
    ...change,
  };
}

function derive(
  version: Parameters<typeof deriveVersionStatus>[0],
  seconds = 1,
  change: Partial<StatusFacts> = {},
) {
  return deriveVersionStatus(
    version,
    { ...facts, ...change },
    deadlines,
    after(seconds),
  );
}

describe('deriveVersionStatus', () => {
  it('is CREATED until it was started once', () => {
    const created = { ...stopped, everStarted: false };
    expect(derive(created, 1, { missing: ['CURRENCY'] })).toMatchObject({
      status: 'CREATED',
      message: 'Not configured: 1 value missing (CURRENCY)',
    });
    expect(derive(created).message).toBe('Ready to start');
  });

  it('is STARTING while nothing says otherwise, and ERROR after the deadline', () => {
    expect(derive(started).status).toBe('STARTING');
    const failing = {
      ...started,
      observed: seen({
        problem: {
          reason: 'CrashLoopBackOff',
          message: 'it ended with exit code 1',
          node: 'model',
        },
      }),
    };
    expect(derive(failing, 59)).toMatchObject({
      status: 'STARTING',
      message: 'model: it ended with exit code 1',
    });
    const late = derive(failing, 60);
    expect(late.status).toBe('ERROR');
    expect(late.message).toContain('model: it ended with exit code 1');
    expect(late.conditions).toContainEqual(
      expect.objectContaining({
        type: 'Available',
        status: 'False',
        reason: 'CrashLoopBackOff',
      }),
    );
  });

  it('does not believe what was seen for an earlier command', () => {
    const observed = seen({ generation: 1, ready: true });
    expect(derive({ ...started, observed }).status).toBe('STARTING');
  });

  it('is STARTED when all is ready, survives a short absence, then ERROR, then recovers', () => {
    const ready = { ...started, observed: seen({ ready: true }) };
    expect(derive(ready, 3_600).status).toBe('STARTED');
    const absent = {
      ...started,
      observed: seen({}),
      unavailableSince: after(100),
    };
    expect(derive(absent, 109).status).toBe('STARTED');
    expect(derive(absent, 110).status).toBe('ERROR');
    expect(derive(ready, 120).status).toBe('STARTED');
  });

  it('stays PUBLISHED while it is not available, and says so', () => {
    const absent = {
      ...started,
      observed: seen({}),
      unavailableSince: begun,
    };
    const result = derive(absent, 3_600, { published: true, wanted: true });
    expect(result.status).toBe('PUBLISHED');
    expect(result.message).toMatch(/^Published, but not available/);
    expect(result.conditions).toContainEqual(
      expect.objectContaining({ type: 'Available', status: 'False' }),
    );
  });

  it('is STOPPED only when everything is gone', () => {
    expect(derive({ ...stopped, observed: seen({}) }).status).toBe('STOPPING');
    expect(derive({ ...stopped, observed: seen({}) }, 31).status).toBe('ERROR');
    const gone = { ...stopped, observed: seen({ present: false }) };
    expect(derive(gone, 31).status).toBe('STOPPED');
  });

  it('says what keeps the cluster from being looked at, and fails in time', () => {
    const clusterProblem = {
      reason: 'ClusterUnavailable',
      message: 'the cluster "eu" cannot be reached.',
    };
    expect(derive({ ...started, clusterProblem })).toMatchObject({
      status: 'STARTING',
      message: 'The cluster "eu" cannot be reached',
    });
    expect(derive({ ...started, clusterProblem }, 60).status).toBe('ERROR');
    expect(derive({ ...stopped, clusterProblem }, 31)).toMatchObject({
      status: 'ERROR',
      message:
        'It could not be stopped in time. The cluster "eu" cannot be reached. Stopping goes on; see its events.',
    });
  });

  it('stays STARTED while nobody can see it, as unknown', () => {
    const unseen = {
      ...started,
      observed: seen({ ready: true }),
      clusterProblem: { reason: 'Forbidden', message: 'no right to list pods' },
    };
    const result = derive(unseen, 3_600);
    expect(result).toMatchObject({
      status: 'STARTED',
      message: 'Ready when it was last seen. No right to list pods',
    });
    expect(result.conditions).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ type: 'Reconciled', status: 'False' }),
        expect.objectContaining({ type: 'Available', status: 'Unknown' }),
      ]),
    );
  });

  it('says when a newer configuration waits for the next start', () => {
    const newer = {
      ...started,
      configurationRevision: 2,
      observed: seen({ ready: true }),
    };
    expect(derive(newer).conditions).toContainEqual(
      expect.objectContaining({
        type: 'ConfigurationApplied',
        status: 'False',
        reason: 'NextStart',
      }),
    );
  });
});
