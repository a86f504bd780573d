import type { VersionRecord } from '../domain/types';
import { expectedAt, resyncAt } from './lookAgain';

const NOW = new Date('2026-01-01T12:00:00Z');
const DEADLINES = {
  start: 60_000,
  stop: 40_000,
  unavailable: 30_000,
  configuration: 50_000,
};

const before = (millis: number) => new Date(NOW.getTime() - millis);

function version(change: Partial<VersionRecord>): VersionRecord {
  return {
    uid: 'uid',
    runtime: 'prices',
    solution: 'prices',
    name: 'v1',
    description: '',
    manifest: {
      krtVersion: 'v1',
      version: 'v1',
      description: '',
      entrypoint: { proto: 'public_input.proto', image: 'entrypoint' },
      config: { variables: [], files: [] },
      nodes: [],
      workflows: [],
    },
    proto: { path: '', text: '', package: '', service: '', rpcs: [] },
    files: [],
    packageDigest: `sha256:${'0'.repeat(64)}`,
    packageSize: 1,
    unpackedSize: 1,
    createdBy: 'user:default/mock',
    createdAt: before(100_000_000),
    desired: 'started',
    deleting: false,
    everStarted: true,
    generation: 1,
    desiredSince: before(0),
    configurationRevision: 1,
    status: 'STARTING',
    statusSince: before(0),
    ...change,
  };
}

const pause = (change: Partial<VersionRecord>) =>
  expectedAt(version(change), DEADLINES, NOW).getTime() - NOW.getTime();

describe('expectedAt', () => {
  it('is soon at first and ever later', () => {
    expect(pause({})).toBe(1_000);
    expect(pause({ desiredSince: before(9_000) })).toBe(1_000);
    expect(pause({ desiredSince: before(40_000) })).toBe(4_000);
    expect(pause({ desiredSince: before(10_000_000) })).toBe(15_000);
  });

  it('is when a deadline passes, where that comes first', () => {
    expect(pause({ desiredSince: before(59_000) })).toBe(1_000);
    expect(pause({ desiredSince: before(57_500) })).toBe(2_500);
    expect(pause({ desired: 'stopped', desiredSince: before(39_500) })).toBe(
      500,
    );
    expect(
      pause({
        desiredSince: before(10_000_000),
        unavailableSince: before(29_000),
      }),
    ).toBe(1_000);
    expect(
      pause({
        desiredSince: before(10_000_000),
        retiring: { revision: 1, until: new Date(NOW.getTime() + 300) },
      }),
    ).toBe(300);
  });

  it('counts from when the change was made that is waited for', () => {
    const next = {
      revision: 2,
      since: before(20_000),
      command: {
        type: 'version.configured' as const,
        actor: 'user:default/mock',
        comment: 'Because',
        publish: false,
      },
    };
    expect(pause({ desiredSince: before(10_000_000), next })).toBe(2_000);
    const observed = {
      generation: 1,
      at: '',
      present: true,
      ready: true,
      nodes: [],
      events: [],
    };
    expect(pause({ desiredSince: before(10_000_000), observed })).toBe(1_000);
  });
});

describe('resyncAt', () => {
  it('is the same for one thing, and apart for many', () => {
    expect(resyncAt('a', NOW)).toEqual(resyncAt('a', NOW));
    const pauses = Array.from(
      { length: 1_000 },
      (_, at) => resyncAt(`uid-${at}`, NOW).getTime() - NOW.getTime(),
    );
    expect(Math.min(...pauses)).toBeGreaterThanOrEqual(225_000);
    expect(Math.max(...pauses)).toBeLessThanOrEqual(375_000);
    const inOneSecond = pauses.filter(
      millis => millis >= 300_000 && millis < 301_000,
    );
    expect(inOneSecond.length).toBeLessThan(20);
  });
});
