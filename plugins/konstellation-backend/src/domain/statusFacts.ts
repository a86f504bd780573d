import type { VersionRecord } from './types';

/** Everything a status is derived from, besides the version itself. */
export interface StatusFacts {
  /** The publication callers were seen to reach is of this version. */
  published: boolean;
  /** The publication commands want is of this version. */
  wanted: boolean;
  /** A switch of the solution goes on. */
  switching: boolean;
  switchProblem?: string;
  /** Declared keys without a value. */
  missing: readonly string[];
  unconfirmed: readonly string[];
  /** Id of one of the last publications of its solution, which is of this version. */
  neededFor?: string;
  /** Its runtime or solution is being deleted. */
  placeDeleting: boolean;
}

/** What of a version a status is derived from. */
export type VersionFacts = Pick<
  VersionRecord,
  | 'desired'
  | 'deleting'
  | 'everStarted'
  | 'generation'
  | 'desiredSince'
  | 'observed'
  | 'unavailableSince'
  | 'clusterProblem'
  | 'configurationRevision'
  | 'releaseRevision'
  | 'next'
  | 'nextProblem'
  | 'publishWhenReady'
  | 'statusSince'
>;
