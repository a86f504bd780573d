import type { VersionRecord } from './types';

/** A configuration revision of a started version that has workloads, and why. */
export interface WantedRevision {
  revision: number;
  /** `running`: what the version is; `next`: made ready to take over; `retiring`: ran before, until callers have left. */
  role: 'running' | 'next' | 'retiring';
}

/** The revisions of a version that are to have workloads, the running one first; none while it is to be stopped. */
export function wantedRevisions(
  version: Pick<
    VersionRecord,
    'desired' | 'releaseRevision' | 'next' | 'retiring'
  >,
): WantedRevision[] {
  const { desired, releaseRevision, next, retiring } = version;
  if (desired !== 'started' || releaseRevision === undefined) return [];
  const wanted: WantedRevision[] = [
    { revision: releaseRevision, role: 'running' },
  ];
  if (next && next.revision !== releaseRevision) {
    wanted.push({ revision: next.revision, role: 'next' });
  }
  // Gone back to while it retires: it is the next one then.
  if (
    retiring &&
    wanted.every(({ revision }) => revision !== retiring.revision)
  ) {
    wanted.push({ revision: retiring.revision, role: 'retiring' });
  }
  return wanted;
}
