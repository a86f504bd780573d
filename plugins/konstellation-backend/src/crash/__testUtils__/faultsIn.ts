import type {
  Call,
  Fault,
  FaultPlan,
} from '../../__testUtils__/simulation/faults/FaultPlan';

/** One of so many calls is one at which the portal dies and, coming back, dies again; within so many calls of its next life. */
const AGAIN_EVERY = 4;
const AGAIN_WITHIN = 80;

/** Faults of a call, as far as they make sense for it. */
function faultsOf(call: Call): Fault[] {
  const { at, seam, isWrite, canBeStale, canBeOlder } = call;
  return [
    { call: at, is: 'kill-before' },
    { call: at, is: 'kill-after' },
    ...(at % AGAIN_EVERY === 0
      ? [
          {
            call: at,
            is: 'kill-after',
            again: (at * 37) % AGAIN_WITHIN,
          } as const,
        ]
      : []),
    { call: at, is: 'unavailable' },
    ...(isWrite ? [{ call: at, is: 'lost' } as const] : []),
    ...(isWrite && seam === 'cluster'
      ? [{ call: at, is: 'conflict' } as const]
      : []),
    ...(canBeStale ? [{ call: at, is: 'stale' } as const] : []),
    ...(canBeOlder ? [{ call: at, is: 'older' } as const] : []),
  ];
}

/** Calls without those that are the same as one before, with nothing changed in between. */
function distinct(calls: Call[]): Call[] {
  const known = new Set<string>();
  return calls.filter(({ step, seam, label }) => {
    const key = `${step} ${seam} ${label}`;
    const isNew = !known.has(key);
    known.add(key);
    return isNew;
  });
}

/** Everything that can go wrong in what was recorded, one thing at a time. */
export function faultsIn({ calls, events }: FaultPlan): Fault[] {
  return [
    ...distinct(calls).flatMap(faultsOf),
    ...events.flatMap(({ at }): Fault[] => [
      { event: at, is: 'dropped' },
      { event: at, is: 'duplicated' },
      { event: at, is: 'gone' },
    ]),
  ];
}
