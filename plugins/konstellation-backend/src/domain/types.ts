import type { KrtFile, KrtManifest, KrtProto } from '@konstellation/krt';
import type {
  ActivityType,
  Condition,
  EventReport,
  NamespaceQuota,
  NodeReport,
  RuntimeSettings,
  VersionStatus,
} from '@konstellation/backstage-plugin-konstellation-common';

/** A runtime as the database knows it. */
export interface RuntimeRecord {
  id: string;
  name: string;
  description: string;
  owner: string;
  labels: Record<string, string>;
  cluster: string;
  namespace: string;
  /** The namespace is one of those the cluster has for the portal: it is used, and neither made, changed nor deleted. */
  bound: boolean;
  settings: RuntimeSettings;
  /** Opaque key of the signal channel. */
  signal: string;
  /** Counts changes of anything below the runtime; carried by signals. */
  revision: number;
  deleting: boolean;
  /** As last written by the reconciler. */
  observed?: ObservedRuntime;
  createdBy: string;
  createdAt: Date;
}

interface ObservedFact {
  /** CamelCase, stable. */
  reason: string;
  message: string;
  /** Since when; ISO 8601. */
  since: string;
}

/** What was last seen of the namespace of a runtime. */
export interface ObservedRuntime {
  /** Whether versions can run in it; undefined where nothing was ever in the way. */
  namespace?: ObservedFact & { ready: boolean };
  /** Of a namespace that is not the portal's; undefined where they could not be read. */
  quotas?: NamespaceQuota[];
  /** What its end waits for. */
  removal?: ObservedFact;
}

/** A solution, with what is published and what should be. */
export interface SolutionRecord {
  runtime: string;
  id: string;
  name: string;
  /** What commands want; differs from `publication` while a switch goes on. */
  wantedPublication?: string;
  /** What callers were seen to reach. */
  publication?: string;
  /** Counts publish, unpublish and roll back; commands compare and set it. */
  generation: number;
  /** When the wanted publication was last changed. */
  switchRequestedAt?: Date;
  /** Why the last attempt to switch did not come through, in a sentence. */
  switchProblem?: string;
  /** Set by delete; the row goes when its versions and its address are gone. */
  deleting: boolean;
}

/** What is to happen once a release is ready, and in whose name. */
export interface PendingCommand {
  actor: string;
  comment: string;
  type: 'version.publish' | 'version.rollback' | 'version.configured';
  /** Make it accessible, also where the version is not published now. */
  publish: boolean;
}

/** What the cluster was last seen to run of a version. */
export interface ObservedState {
  /** Generation of the version this was observed for. */
  generation: number;
  at: string;
  /** True when anything of any release is still there, terminating included. */
  present: boolean;
  /** Every node of the wanted release got ready, as the cluster has seen it last, and each still has a pod that is. */
  ready: boolean;
  nodes: NodeReport[];
  events: EventReport[];
  /** The worst problem seen, in a sentence for people, with what to do. */
  problem?: { reason: string; message: string; node?: string };
  /** Of the release that is made ready beside the running one. */
  next?: {
    revision: number;
    ready: boolean;
    /** Nodes that are not ready yet. */
    waiting: string[];
    problem?: { reason: string; message: string; node?: string };
  };
}

/** Why a cluster could not be brought to what is wanted: in a word, and in a sentence with what to do. */
export interface ClusterProblem {
  reason: string;
  message: string;
}

/** A version as the database knows it. */
export interface VersionRecord {
  uid: string;
  runtime: string;
  solution: string;
  name: string;
  description: string;
  manifest: KrtManifest;
  proto: KrtProto;
  files: KrtFile[];
  packageDigest: string;
  packageSize: number;
  unpackedSize: number;
  createdBy: string;
  createdAt: Date;

  /** What commands want. */
  desired: 'stopped' | 'started';
  /** Set by delete; the row goes when the cluster holds nothing of it any more. */
  deleting: boolean;
  /** Tells CREATED from STOPPED. */
  everStarted: boolean;
  /** Counts commands; every command compares and sets it. */
  generation: number;
  /** When `desired` last changed: deadlines count from here. */
  desiredSince: Date;
  /** Configuration revision the next start runs with: the newest one, or the one a roll back went to. */
  configurationRevision: number;
  /** Revision the started release runs with; undefined while stopped. */
  releaseRevision?: number;
  /** Made at each start; part of the token krt-fetch gets. */
  startId?: string;
  /** A revision that is made ready beside the running one, and takes over then. */
  next?: { revision: number; since: Date; command: PendingCommand };
  /** Why the last such revision was dropped. */
  nextProblem?: string;
  /** The revision that ran before: it stays until callers have left it. */
  retiring?: { revision: number; until: Date };
  /** It is published as soon as every node is ready. */
  publishWhenReady?: PendingCommand;

  /** As last written by the reconciler. */
  observed?: ObservedState;
  /** Since when a started version has not been available; undefined while it is. */
  unavailableSince?: Date;
  /** Why the last rounds failed; undefined once one came through. What was observed is from before. */
  clusterProblem?: ClusterProblem;
  /** Derived from all of the above by deriveVersionStatus at each write, kept for lists and filters. */
  status: VersionStatus;
  statusSince: Date;
}

/** Result of deriveVersionStatus. */
export interface DerivedStatus {
  status: VersionStatus;
  message: string;
  conditions: Condition[];
}

/** A publication: a release made accessible. */
export interface PublicationRecord {
  id: string;
  runtime: string;
  solution: string;
  versionUid: string;
  version: string;
  packageDigest: string;
  configurationRevision: number;
  comment: string;
  publishedBy: string;
  /** When the command was given. */
  requestedAt: Date;
  /** When callers were first seen to reach it; undefined when it never came through. */
  publishedAt?: Date;
  endedAt?: Date;
  switchMillis?: number;
  /** Its version is gone: no roll back to it. */
  packageDeleted: boolean;
}

/** One line of the activity log. */
export interface ActivityRecord {
  id: string;
  at: Date;
  actor: string;
  type: ActivityType;
  runtime: string;
  solution?: string;
  version?: string;
  from?: string;
  to?: string;
  comment: string;
  /** What it is about, where the same again within a day is counted instead of told anew. */
  subject?: string;
  count?: number;
  lastAt?: Date;
}
