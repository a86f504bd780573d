import type {
  ConfigurationPreview,
  LogLine,
  PredictionResult,
} from '@konstellation/backstage-plugin-konstellation-common';
import type { ClusterClient } from '@konstellation/backstage-plugin-konstellation-node';
import type { RuntimeRecord, VersionRecord } from '../domain/types';
import type { LogArchiver } from '../logs/LogArchiver';

/** Brings clusters to what the database wants. */
export interface Reconciler {
  start(): Promise<void>;
  /** Ends after the rounds that are running, within a bound. */
  stop(): Promise<void>;
  /** There may be work: look now. */
  wake(): void;
}

/** Keeps what containers wrote beyond the end of their pods. */
export type PodLogs = Pick<LogArchiver, 'observe' | 'beforeRemoval'>;

/** Finds the cluster of a runtime. @throws ServiceUnavailableError for a name nobody configured */
export type Clusters = (name: string) => ClusterClient;

export interface LogFilter {
  workflow?: string;
  node?: string;
  level?: LogLine['level'];
  since?: string;
  follow?: boolean;
}

/** Whether the quota of a runtime has room for a second release of a version. */
export type QuotaRoom = Pick<ConfigurationPreview, 'hasRoom' | 'quota'>;

/** What callers ask of running versions. */
export interface ClusterOperations {
  readLogs(
    runtime: RuntimeRecord,
    version: VersionRecord,
    filter: LogFilter,
    signal: AbortSignal,
  ): AsyncIterable<LogLine>;
  /** Calls an rpc through the portal, published or not. */
  predict(
    runtime: RuntimeRecord,
    version: VersionRecord,
    rpc: string,
    body: unknown,
    signal: AbortSignal,
  ): Promise<PredictionResult>;
  /** Why nothing may be started in the namespace of a runtime, as it is now; undefined where it may. */
  whyNotStarted(runtime: RuntimeRecord): Promise<string | undefined>;
  /** Whether another release of the version fits beside what runs. */
  roomFor(runtime: RuntimeRecord, version: VersionRecord): Promise<QuotaRoom>;
}
