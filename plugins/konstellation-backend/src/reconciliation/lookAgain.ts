import { createHash } from 'node:crypto';
import type { Deadlines } from '../domain/deriveVersionStatus';
import type { VersionRecord } from '../domain/types';

/** Drift that no event tells of is mended after about so long. */
const RESYNC_MILLIS = 300_000;
/** By how much of that the times of different things lie apart. */
const SPREAD = 0.5;

/** While something is expected: events tell of it at once, this is for the one that was lost. */
const SOONEST_MILLIS = 1_000;
const LATEST_MILLIS = 15_000;
/** Looked at again after this part of the time that has been waited. */
const PART_OF_WAIT = 0.1;

const after = (time: Date, millis: number) => new Date(time.getTime() + millis);

export function earliest(
  a: Date | undefined,
  b: Date | undefined,
): Date | undefined {
  if (!a || !b) return a ?? b;
  return a < b ? a : b;
}

/**
 * When to look again at something that is as it should be. What was looked at together, as after a start, comes apart from
 * then on: a portal with many runtimes has a little to do all the time, instead of much at once while callers wait.
 * @param key - names it among all others
 */
export function resyncAt(key: string, now: Date): Date {
  const hash = createHash('sha256').update(key).digest().readUInt32BE(0);
  const place = hash / 2 ** 32 - 0.5;
  return after(now, Math.round(RESYNC_MILLIS * (1 + SPREAD * place)));
}

/**
 * How long to wait until something that is waited for is looked at again: ever longer the longer it takes.
 * @param waited - milliseconds so far
 * @param soonest - the shortest pause, in milliseconds
 */
export function pauseAfter(waited: number, soonest = SOONEST_MILLIS): number {
  return Math.min(Math.max(waited * PART_OF_WAIT, soonest), LATEST_MILLIS);
}

/** Since when what is wanted of a version has been waited for. */
function waitedSince(version: VersionRecord, now: Date): Date {
  const { desired, desiredSince, next, unavailableSince, observed } = version;
  if (next) return next.since;
  // It was ready when it was looked at the last time.
  if (desired === 'started' && observed?.ready) return now;
  return unavailableSince ?? desiredSince;
}

/**
 * When to look again at a version that is not yet as it should be: often at first, ever more rarely the longer it takes, and
 * when a deadline has passed.
 */
export function expectedAt(
  version: VersionRecord,
  deadlines: Deadlines,
  now: Date,
): Date {
  const waited = now.getTime() - waitedSince(version, now).getTime();
  const { desired, desiredSince, unavailableSince, next, retiring } = version;
  const phase = desired === 'started' ? deadlines.start : deadlines.stop;
  const times = [
    after(now, Math.round(pauseAfter(waited))),
    after(desiredSince, phase),
    ...(unavailableSince
      ? [after(unavailableSince, deadlines.unavailable)]
      : []),
    ...(next ? [after(next.since, deadlines.configuration)] : []),
    ...(retiring ? [retiring.until] : []),
  ].filter(time => time > now);
  return new Date(Math.min(...times.map(time => time.getTime())));
}
