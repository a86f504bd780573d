import type {
  Condition,
  Version,
} from '@konstellation/backstage-plugin-konstellation-common';
import { judge } from './goals';

type Seen = Pick<Version, 'status' | 'deleting'> & {
  conditions?: Array<Pick<Condition, 'type' | 'status' | 'reason'>>;
};

/** A version of which nothing else is looked at. */
function version({ status, deleting, conditions = [] }: Seen): Version {
  const command = { allowed: true };
  return {
    uid: 'u',
    name: 'v1',
    runtime: 'prices',
    solution: 'prices',
    description: '',
    status,
    statusMessage: '',
    conditions: conditions.map(condition => ({
      ...condition,
      message: `because ${condition.reason}`,
      lastTransitionTime: '2026-01-31T08:00:00.000Z',
    })),
    manifest: {
      krtVersion: 'v1',
      version: 'v1',
      description: '',
      entrypoint: { proto: 'p.proto', image: 'i' },
      config: { variables: [], files: [] },
      nodes: [],
      workflows: [],
    },
    configuration: {
      completed: true,
      missing: [],
      unconfirmed: [],
      revision: 1,
    },
    packageDigest: '',
    packageSize: 0,
    createdBy: 'user:default/ana',
    createdAt: '2026-01-31T08:00:00.000Z',
    statusSince: '2026-01-31T08:00:00.000Z',
    deleting,
    commands: {
      start: command,
      stop: command,
      publish: command,
      unpublish: command,
      configure: command,
      delete: command,
    },
  };
}

const condition = (type: string, reason: string, isTrue = true) => ({
  type,
  reason,
  status: isTrue ? ('True' as const) : ('False' as const),
});
const switching = condition('Switching', 'InProgress');
const available = condition('Available', 'AllNodesReady');
const applied = (reason: string) =>
  condition('ConfigurationApplied', reason, reason === 'Current');

describe('judge', () => {
  const cases: Array<[Parameters<typeof judge>[0], string, Seen, Seen?]> = [
    ['started', 'reached', { status: 'STARTED' }],
    ['started', 'reached', { status: 'PUBLISHED' }],
    ['started', 'waiting', { status: 'CREATED' }],
    ['started', 'waiting', { status: 'STOPPED' }, { status: 'STOPPING' }],
    ['started', 'v1 failed', { status: 'ERROR' }],
    [
      'started',
      'v1 was stopped meanwhile',
      { status: 'STOPPING' },
      { status: 'STARTING' },
    ],
    ['started', 'v1 is being deleted', { status: 'STOPPED', deleting: true }],
    ['published', 'reached', { status: 'PUBLISHED' }],
    ['published', 'waiting', { status: 'STARTED' }],
    ['published', 'waiting', { status: 'PUBLISHED', conditions: [switching] }],
    [
      'published',
      'waiting',
      { status: 'PUBLISHED', conditions: [applied('InProgress')] },
    ],
    // A change that was dropped before is no news.
    [
      'published',
      'reached',
      { status: 'PUBLISHED', conditions: [applied('Dropped')] },
    ],
    [
      'published',
      'because Dropped',
      { status: 'PUBLISHED', conditions: [applied('Dropped')] },
      { status: 'PUBLISHED', conditions: [applied('InProgress')] },
    ],
    [
      'published',
      'v1 is not to be published any more',
      { status: 'STARTED' },
      { status: 'STARTED', conditions: [switching] },
    ],
    [
      'published',
      'v1 was stopped meanwhile',
      { status: 'STOPPED' },
      { status: 'STARTING', conditions: [switching] },
    ],
    ['configured', 'reached', { status: 'STOPPED' }],
    [
      'configured',
      'waiting',
      { status: 'ERROR', conditions: [applied('InProgress')] },
    ],
    [
      'configured',
      'because Dropped',
      { status: 'STARTED', conditions: [applied('Dropped'), available] },
    ],
    [
      'configured',
      'reached',
      { status: 'STARTED', conditions: [applied('Current'), available] },
    ],
    // The release before was ended first.
    [
      'configured',
      'waiting',
      { status: 'STARTING', conditions: [applied('Current')] },
    ],
    [
      'configured',
      'v1 failed',
      { status: 'ERROR', conditions: [applied('Current')] },
    ],
    [
      'configured',
      'waiting',
      {
        status: 'PUBLISHED',
        conditions: [applied('Current'), available, switching],
      },
    ],
    ['unpublished', 'waiting', { status: 'PUBLISHED' }],
    ['unpublished', 'reached', { status: 'STARTED' }],
    ['stopped', 'reached', { status: 'STOPPED', deleting: true }],
    ['stopped', 'waiting', { status: 'STOPPING' }],
    ['stopped', 'v1 failed', { status: 'ERROR' }],
  ];

  it.each(
    cases.map(([goal, expected, seen, before]) => ({
      goal,
      expected,
      seen,
      before,
    })),
  )(
    '$goal: $expected of $seen after $before',
    ({ goal, expected, seen, before }) => {
      const verdict = judge(goal, version(seen), before && version(before));
      expect(typeof verdict === 'string' ? verdict : verdict.failed).toBe(
        expected,
      );
    },
  );
});
