import type { VersionStatus } from '@konstellation/backstage-plugin-konstellation-common';
import type { Drift } from '@konstellation/backstage-plugin-konstellation-node';
import type {
  ClusterProblem,
  PublicationRecord,
  RuntimeRecord,
  SolutionRecord,
  VersionRecord,
} from '../domain/types';
import type { ClaimOptions } from './claims';
import type { DriftPlace } from './drifts';
import type { Observation } from './observations';
import type { RuntimeObservation } from './runtimeObservations';

/** A solution as it was when its switch was decided on. */
export interface SwitchRef {
  runtime: string;
  solution: string;
  generation: number;
}

/** What was looked at, without what was seen. */
export type ReleaseRef = Omit<Observation, 'observed'>;

/**
 * What the reconciler needs of the database. Every write compares what it was decided on and does nothing when that has
 * changed meanwhile: the next round sees the new state.
 */
export interface ReconciliationStore {
  /**
   * Claims versions that have work: desired and observed differ, something is due, or a signal came for them. A claim is
   * a lease; it ends with {@link ReconciliationStore.releaseVersion} or after `leaseMillis`, also when the process is gone.
   */
  claimVersions(options: ClaimOptions): Promise<VersionRecord[]>;
  /** The work goes on. @returns false when the claim was lost */
  renewVersion(
    options: { uid: string } & Pick<ClaimOptions, 'leaseMillis' | 'owner'>,
  ): Promise<boolean>;
  releaseVersion(options: {
    uid: string;
    owner: string;
    /** When to look again although nothing changed; undefined: only when something does. */
    nextAt?: Date;
  }): Promise<void>;
  claimSolutions(options: ClaimOptions): Promise<SolutionRecord[]>;
  renewSolution(
    options: { runtime: string; id: string } & Pick<
      ClaimOptions,
      'leaseMillis' | 'owner'
    >,
  ): Promise<boolean>;
  releaseSolution(options: {
    runtime: string;
    id: string;
    owner: string;
    nextAt?: Date;
  }): Promise<void>;
  /** Writes what was seen of the namespace of a runtime. */
  recordRuntime(id: string, seen: RuntimeObservation): Promise<void>;
  /** Runtimes marked `deleting`. */
  deletingRuntimes(): Promise<RuntimeRecord[]>;

  /** Makes these due now; called by informers. */
  wakeVersion(uid: string): Promise<void>;
  /** The same for many; `unscheduled` are those that only an event would wake. */
  wakeVersions(
    uids: readonly string[],
    which: 'all' | 'unscheduled',
  ): Promise<void>;
  wakeSolution(runtime: string, id: string): Promise<void>;
  /** Makes everything due now; at start-up, after which nothing observed is believed. */
  wakeAll(): Promise<void>;
  /** Which of these uids are of versions that are there. */
  knownVersions(uids: readonly string[]): Promise<Set<string>>;

  getRuntime(id: string): Promise<RuntimeRecord | undefined>;
  /** Those of these ids that are there, by id. */
  getRuntimes(ids: readonly string[]): Promise<Map<string, RuntimeRecord>>;
  getSolution(runtime: string, id: string): Promise<SolutionRecord | undefined>;
  getVersion(uid: string): Promise<VersionRecord | undefined>;
  getPublication(id: string): Promise<PublicationRecord | undefined>;
  /** Whether a publication that callers reach, or are about to, is of this release. */
  isPublished(uid: string, revision: number): Promise<boolean>;
  /** Values of one configuration revision, decrypted: inherited and set, only those that are set. */
  configurationValues(
    versionUid: string,
    revision: number,
  ): Promise<Record<string, string>>;

  /**
   * Writes what was observed and the status derived from it, if the version is still wanted as it was looked at; with an
   * activity (`version.started`, `version.stopped`, `version.failed`, `version.recovered`; actor `system`) in the same
   * transaction when the status changed, and with the publication that was to follow.
   * @returns the status now, or undefined when something changed meanwhile
   */
  recordObserved(observation: Observation): Promise<VersionStatus | undefined>;
  /**
   * Writes why rounds fail, and the status derived from it with its activity, as {@link recordObserved} does. The next
   * observation takes it back.
   */
  recordClusterProblem(ref: ReleaseRef, problem: ClusterProblem): Promise<void>;
  /**
   * The revision that was made ready beside takes over, as a new publication where the version is published.
   * @returns false when something changed meanwhile
   */
  promoteNext(
    change: Observation & { revision: number; retireAt: Date },
  ): Promise<boolean>;
  /** The revision that did not get ready beside goes. @returns false when something changed meanwhile */
  dropNext(
    change: ReleaseRef & { revision: number; problem: string },
  ): Promise<boolean>;
  /** The release that ran before is not needed any more. */
  endRetiring(uid: string, revision: number): Promise<void>;

  /** Removes the row of a version marked `deleting`, once the cluster holds nothing of it. */
  removeVersion(uid: string): Promise<void>;
  /** Removes the row of a solution marked `deleting`. @returns false while it holds versions */
  removeSolution(runtime: string, id: string): Promise<boolean>;
  /** Removes the rows of a runtime marked `deleting`. */
  removeRuntime(id: string): Promise<void>;

  /**
   * The one statement that ends a switch: current publication becomes the wanted one, statuses of both versions are derived
   * again, the former publication ends, activities are written. Nothing when the generation has moved on.
   */
  completeSwitch(
    options: SwitchRef & { switchMillis: number; retireAt: Date },
  ): Promise<boolean>;
  /** An object that somebody else had changed or deleted was put back: an activity, or one more of the same. */
  recordDrift(place: DriftPlace, drift: Drift): Promise<void>;

  recordSwitchProblem(options: SwitchRef & { problem: string }): Promise<void>;

  /** A stable secret of this portal, made at the first call; used to derive tokens. 32 bytes. */
  signingKey(): Promise<Buffer>;
}
