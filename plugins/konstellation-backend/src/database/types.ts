import type { VersionStatus } from '@konstellation/backstage-plugin-konstellation-common';
import type {
  ActivityRecord,
  ObservedState,
  PublicationRecord,
  RuntimeRecord,
  SolutionRecord,
  VersionRecord,
} from '../domain/types';

/**
 * What the reconciler needs of the database. Every write compares what it was decided on and does nothing when that has
 * changed meanwhile: the next round sees the new state.
 */
export interface ReconciliationStore {
  /**
   * Claims versions that have work: desired and observed differ, something is due, or a signal came for them. A claim is
   * a lease; it ends with {@link ReconciliationStore.releaseVersion} or after `leaseMillis`, also when the process is gone.
   */
  claimVersions(options: {
    limit: number;
    leaseMillis: number;
    owner: string;
  }): Promise<VersionRecord[]>;
  releaseVersion(options: {
    uid: string;
    owner: string;
    /** When to look again although nothing changed; undefined: only when something does. */
    nextAt?: Date;
  }): Promise<void>;
  claimSolutions(options: {
    limit: number;
    leaseMillis: number;
    owner: string;
  }): Promise<SolutionRecord[]>;
  releaseSolution(options: {
    runtime: string;
    id: string;
    owner: string;
    nextAt?: Date;
  }): Promise<void>;
  /** Runtimes marked `deleting`. */
  deletingRuntimes(): Promise<RuntimeRecord[]>;

  /** Makes these due now; called by informers. */
  wakeVersion(uid: string): Promise<void>;
  wakeSolution(runtime: string, id: string): Promise<void>;
  /** Makes everything due now; at start-up, after which nothing observed is believed. */
  wakeAll(): Promise<void>;

  getRuntime(id: string): Promise<RuntimeRecord | undefined>;
  getSolution(runtime: string, id: string): Promise<SolutionRecord | undefined>;
  getVersion(uid: string): Promise<VersionRecord | undefined>;
  versionsOfSolution(
    runtime: string,
    solution: string,
  ): Promise<VersionRecord[]>;
  getPublication(id: string): Promise<PublicationRecord | undefined>;
  /** Values of one configuration revision: inherited and set, only those that are set. */
  configurationValues(
    versionUid: string,
    revision: number,
  ): Promise<Record<string, string>>;

  /**
   * Writes what was observed and the status derived from it, if the version still has this generation; with an activity
   * (`version.started`, `version.stopped`, `version.failed`, `version.recovered`; actor `system`) in the same transaction
   * when the status changed.
   * @returns the status now, or undefined when the generation has moved on
   */
  recordObserved(options: {
    uid: string;
    generation: number;
    observed: ObservedState;
  }): Promise<VersionStatus | undefined>;
  /** Removes the row of a version marked `deleting`, once the cluster holds nothing of it. */
  removeVersion(uid: string): Promise<void>;
  /** Removes the row of a runtime marked `deleting` that holds no version any more. */
  removeRuntime(id: string): Promise<void>;

  /**
   * The one statement that ends a switch: current publication becomes the wanted one, statuses of both versions are derived
   * again, the former publication ends, activities are written. Nothing when the generation has moved on.
   */
  completeSwitch(options: {
    runtime: string;
    solution: string;
    generation: number;
    switchMillis: number;
  }): Promise<boolean>;
  recordSwitchProblem(options: {
    runtime: string;
    solution: string;
    generation: number;
    problem?: string;
  }): Promise<void>;

  /** A stable secret of this portal, made at the first call; used to derive tokens. 32 bytes. */
  signingKey(): Promise<Buffer>;
}

export type {
  ActivityRecord,
  PublicationRecord,
  RuntimeRecord,
  SolutionRecord,
  VersionRecord,
};
