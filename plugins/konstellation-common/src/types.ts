import type { KrtManifest, KrtProblem } from '@konstellation/krt';

/**
 * What a version is, as callers see it: derived from desired and observed state, never assigned.
 * @public
 */
export type VersionStatus =
  | 'CREATED'
  | 'STARTING'
  | 'STARTED'
  | 'PUBLISHED'
  | 'STOPPING'
  | 'STOPPED'
  | 'ERROR';

/**
 * A condition in the sense of the Kubernetes API conventions.
 * @public
 */
export interface Condition {
  /** `Ready`, `Available`, `Switching`, `Configured` … */
  type: string;
  status: 'True' | 'False' | 'Unknown';
  /** CamelCase, stable; for programs. */
  reason: string;
  /** A sentence for people: what is the case and what to do next. */
  message: string;
  /** ISO 8601. */
  lastTransitionTime: string;
  observedGeneration?: number;
}

/** Where a solution is called from outside; exists from creation on. @public */
export interface Address {
  /** Absolute URL without trailing slash. */
  http: string;
  /** `host:port` */
  grpc: string;
}

/** @public */
export interface Solution {
  id: string;
  name: string;
  /** Name of the version that is published now. */
  publishedVersion?: string;
  address: Address;
  /** True while it is being deleted. */
  deleting?: boolean;
}

/** @public */
export interface CreateSolutionRequest {
  /** Unique in the runtime; part of the address. */
  id: string;
  name: string;
}

/** Most pods one node can have. @public */
export const MAX_REPLICAS = 1_000;

/** Percent of the requested CPU that autoscaling aims at where nothing is said. @public */
export const DEFAULT_CPU_TARGET = 80;

/** What the owner of a runtime can set without a new version. @public */
export interface RuntimeSettings {
  /** Origins of web pages that may call predictions, e.g. `https://shop.example.com`, or `*`. */
  origins?: string[];
  /** Kubernetes resource quota, e.g. `{"limits.memory": "8Gi"}`. */
  quota?: Record<string, string>;
  /** What pods may reach outside of the runtime. */
  egress?: Array<{ cidr: string; ports?: number[] }>;
  resources?: ResourceSettings;
  scaling?: ScalingSettings;
  placement?: PlacementSettings;
  /** Where it says nothing, what the configuration of the portal says. */
  gpu?: GpuSettings;
}

/**
 * How many pods run a node. The cluster scales between bounds where a maximum is set; otherwise there is a fixed number, 1 by default.
 * @public
 */
export interface NodeScaling {
  /** A fixed number of pods, 1 to {@link MAX_REPLICAS}. */
  replicas?: number;
  /** Instead of a fixed number. */
  autoscaling?: {
    /** 1 by default. */
    min?: number;
    /** At least 2, not less than `min`, at most {@link MAX_REPLICAS}. */
    max: number;
    /** Use of the requested CPU that is aimed at, in percent: 1 to 100, 80 by default. */
    cpu?: number;
  };
  /** How pods are replaced. */
  rollout?: RolloutSettings;
}

/**
 * Pods, or a percentage of them such as `25%`. Not both can be 0. By default one more and none less; for nodes with a GPU none more and
 * one less.
 * @public
 */
export interface RolloutSettings {
  maxSurge: number | string;
  maxUnavailable: number | string;
}

/** Of all nodes and the entrypoint, with overrides by the name of the node; `entrypoint` is the entrypoint. @public */
export interface ScalingSettings extends NodeScaling {
  nodes?: Record<string, NodeScaling>;
}

/** A toleration of Kubernetes: pods may run where a taint keeps others away. @public */
export interface Toleration {
  /** Of the taint; all taints where it is not said and the operator is `Exists`. */
  key?: string;
  /** `Equal` by default. */
  operator?: 'Exists' | 'Equal';
  value?: string;
  /** All effects where it is not said. */
  effect?: 'NoSchedule' | 'PreferNoSchedule' | 'NoExecute';
  /** How long a pod stays when a taint with the effect `NoExecute` comes. */
  tolerationSeconds?: number;
}

/** Where pods may run: on cluster nodes with these labels, and with these taints too. @public */
export interface NodePlacement {
  nodeSelector?: Record<string, string>;
  tolerations?: Toleration[];
}

/** Of all pods, with overrides by the name of the node, each of which replaces that part of what is said for all. @public */
export interface PlacementSettings extends NodePlacement {
  nodes?: Record<string, NodePlacement>;
}

/** What a node with `gpu: true` in krt.yml gets, besides what all nodes get. @public */
export interface GpuSettings {
  /** Name of the extended resource, `nvidia.com/gpu` by default. */
  resource?: string;
  /** How many of it each pod gets: 1 to 64, 1 by default. */
  count?: number;
  /** By default the taint that has the name of the resource. */
  tolerations?: Toleration[];
  nodeSelector?: Record<string, string>;
}

/** A ResourceQuota of a namespace: amounts by resource. @public */
export interface NamespaceQuota {
  name: string;
  hard: Record<string, string>;
  used: Record<string, string>;
}

/** Requests and limits of every container, with per-node overrides. @public */
export interface ResourceSettings {
  requests?: Record<string, string>;
  limits?: Record<string, string>;
  nodes?: Record<
    string,
    { requests?: Record<string, string>; limits?: Record<string, string> }
  >;
}

/** @public */
export interface Runtime {
  id: string;
  name: string;
  description?: string;
  /** Entity ref, e.g. `user:default/ana`. */
  owner: string;
  labels: Record<string, string>;
  cluster: string;
  /** Kubernetes namespace. */
  namespace: string;
  /**
   * True where the namespace was there before the runtime and stays after it: on clusters where the portal may make none. Its
   * labels and quotas are its owner's.
   */
  namespaceBound: boolean;
  /** Quotas of such a namespace, as last seen; absent where they could not be read. */
  namespaceQuotas?: NamespaceQuota[];
  settings: RuntimeSettings;
  /** Worst news first: `ERROR` when any version is in error or published and not available. */
  status: 'EMPTY' | 'IDLE' | 'RUNNING' | 'PUBLISHED' | 'ERROR' | 'DELETING';
  solutions: Solution[];
  /** Of the first solution. */
  publishedVersion?: string;
  /** Of the first solution. */
  address: Address;
  versionCounts: { total: number; started: number; error: number };
  /**
   * `NamespaceReady`: whether versions can run in its namespace; where not, with the command that mends it. `Deleting`: what
   * its end waits for.
   */
  conditions: Condition[];
  /** Opaque key: the channel `konstellation:<signal>` says when something of this runtime changed. */
  signal: string;
  createdBy: string;
  createdAt: string;
}

/** @public */
export interface VersionConfigurationState {
  completed: boolean;
  /** Declared keys that have no value. */
  missing: string[];
  /** Inherited keys that someone with `konstellation.configuration.update` has yet to confirm. */
  unconfirmed: string[];
  /** What the next start would run with. */
  revision: number;
  /** What the started release runs with; absent while it is stopped. */
  runningRevision?: number;
  /** A revision that is being made ready beside the running one. */
  applyingRevision?: number;
}

/** @public */
export interface Version {
  uid: string;
  name: string;
  runtime: string;
  solution: string;
  description: string;
  status: VersionStatus;
  /** One sentence under the status: what it waits for, or why it failed and what to do. */
  statusMessage: string;
  conditions: Condition[];
  manifest: KrtManifest;
  configuration: VersionConfigurationState;
  packageDigest: string;
  /** Bytes, packed. */
  packageSize: number;
  createdBy: string;
  createdAt: string;
  /** Since when it has this status; ISO 8601. */
  statusSince: string;
  publishedBy?: string;
  publishedAt?: string;
  /** True while it waits to be published as soon as every node is ready. */
  publishWhenReady?: boolean;
  /** True while it is being deleted. */
  deleting?: boolean;
  /** Commands that would be accepted now; those that would not, with the words of the refusal. */
  commands: Record<VersionCommand, { allowed: boolean; reason?: string }>;
}

/** @public */
export type VersionCommand =
  | 'start'
  | 'stop'
  | 'publish'
  | 'unpublish'
  | 'configure'
  | 'delete';

/** @public */
export interface VersionConfiguration {
  revision: number;
  completed: boolean;
  /** False where the caller may not read values: then none are in the answer, though they may be set. */
  valuesVisible: boolean;
  /** In the order of the manifest. `value` is absent when unset or when the caller may not read values. */
  entries: Array<{
    key: string;
    type: 'variable' | 'file';
    isSet: boolean;
    value?: string;
    /** Name of the version this value was taken over from at upload. */
    inheritedFrom?: string;
    unconfirmed?: boolean;
  }>;
}

/** What a revision did to a key. Values are never part of it. @public */
export type ConfigurationChange =
  | 'set'
  | 'changed'
  | 'removed'
  | 'inherited'
  | 'confirmed';

/** One change of a version's configuration. @public */
export interface ConfigurationRevision {
  /** From 0, which is what was taken over at upload. */
  revision: number;
  createdBy: string;
  createdAt: string;
  comment: string;
  changes: Array<{ key: string; change: ConfigurationChange }>;
  /** The next start would run with it. */
  current: boolean;
  /** The started release runs with it. */
  running: boolean;
}

/** A change of the configuration. @public */
export interface UpdateConfigurationRequest {
  /** Key to text; an empty text is no value. Keys that are not named stay as they are. */
  values?: Record<string, string>;
  /** The same as the text of an `.env` file; `values` win over it. */
  env?: string;
  comment: string;
  /** Inherited keys that take effect from now on. */
  confirm?: string[];
  /**
   * How a started version gets it: with a second release beside the running one, so that no call is lost, or by
   * ending the running one first, where there is no room for two.
   */
  replace?: 'beside' | 'pause';
}

/** What a change of the configuration would do. @public */
export interface ConfigurationPreview {
  changes: Array<{ key: string; change: ConfigurationChange }>;
  /** Declared keys that would be without a value. */
  missing: string[];
  /**
   * `nothing`: no value would change; `next-start`: it takes effect when the version is started; `beside`: a second release
   * is made ready and takes over; `publication`: as `beside`, and callers from outside are switched to it.
   */
  effect: 'nothing' | 'next-start' | 'beside' | 'publication';
  /** Nodes that would run anew, the entrypoint first. */
  restarts: string[];
  /** Whether the quota of the runtime has room for a second release; without a quota it always has. */
  hasRoom: boolean;
  /** Resources of the quota: what is used, what a second release needs besides, what the limit is. */
  quota: Array<{
    resource: string;
    used: string;
    needed: string;
    limit: string;
    hasRoom: boolean;
  }>;
}

/** @public */
export type NodeStatus =
  | 'STOPPED'
  | 'STARTING'
  | 'READY'
  | 'DEGRADED'
  | 'ERROR'
  | 'STOPPING';

/** @public */
export interface PodReport {
  name: string;
  phase: string;
  ready: boolean;
  restarts: number;
  reason?: string;
  message?: string;
  startedAt?: string;
  lastTermination?: {
    exitCode: number;
    reason: string;
    at: string;
    message?: string;
    /** Of one that was killed for its memory: the bytes it used when it was measured last, where the cluster measures. */
    memory?: number;
  };
}

/** A box of the workflow graph. @public */
export interface NodeReport {
  name: string;
  /** `node` runs code of the package; the entrypoint is ours. */
  type: 'entrypoint' | 'node';
  image: string;
  src?: string;
  status: NodeStatus;
  /** A sentence: why it is not ready, and what to do. */
  reason?: string;
  readyReplicas: number;
  /** How many there are to be now. */
  replicas: number;
  /** Bounds between which the cluster scales; absent for a fixed number. */
  autoscaling?: { min: number; max: number };
  pods: PodReport[];
  /** 1-based line of the node in krt.yml. */
  line?: number;
}

/** @public */
export interface WorkflowReport {
  name: string;
  /** The rpc of the proto. */
  rpc: string;
  nodes: NodeReport[];
  /** Names of nodes; `exit` stands for the answer to the caller. */
  edges: Array<{ from: string; to: string }>;
}

/** @public */
export interface EventReport {
  at: string;
  type: 'Normal' | 'Warning';
  reason: string;
  message: string;
  node?: string;
  pod?: string;
  count: number;
}

/** Answer of `GET …/versions/{version}/status`. @public */
export interface VersionStatusReport {
  version: string;
  status: VersionStatus;
  statusMessage: string;
  conditions: Condition[];
  workflows: WorkflowReport[];
  events: EventReport[];
}

/** One line of NDJSON of `GET …/logs`. @public */
export interface LogLine {
  at: string;
  node: string;
  workflow?: string;
  pod: string;
  container: string;
  level: 'debug' | 'info' | 'warn' | 'error';
  message: string;
  /** True for a marker the portal itself inserts, e.g. for a gap. */
  marker?: boolean;
}

/** A release made accessible. @public */
export interface Publication {
  id: string;
  runtime: string;
  solution: string;
  version: string;
  versionUid: string;
  packageDigest: string;
  configurationRevision: number;
  comment: string;
  publishedBy: string;
  publishedAt: string;
  /** Absent while it is the current one. */
  endedAt?: string;
  current: boolean;
  /** Its version was deleted: it stays in the history, without roll back. */
  packageDeleted: boolean;
  /** How long callers took to see it: from command to first answer of the release, milliseconds. */
  switchMillis?: number;
}

/** @public */
export type ActivityType =
  | 'runtime.created'
  | 'runtime.updated'
  | 'runtime.deleted'
  | 'runtime.drift-corrected'
  | 'solution.created'
  | 'solution.deleted'
  | 'version.created'
  | 'version.configured'
  | 'version.configuration-applied'
  | 'version.configuration-dropped'
  | 'version.publication-dropped'
  | 'version.start'
  | 'version.started'
  | 'version.stop'
  | 'version.stopped'
  | 'version.publish'
  | 'version.published'
  | 'version.unpublish'
  | 'version.unpublished'
  | 'version.rollback'
  | 'version.failed'
  | 'version.recovered'
  | 'version.deleted';

/** @public */
export interface Activity {
  id: string;
  at: string;
  /** `user:default/ana`, `service:ci` or `system`. */
  actor: string;
  type: ActivityType;
  runtime: string;
  solution?: string;
  version?: string;
  from?: string;
  to?: string;
  comment: string;
  /** How often it happened, where that was more than once; the last time is `lastAt`. */
  count?: number;
  lastAt?: string;
}

/** @public */
export interface Page<T> {
  items: T[];
  nextCursor?: string;
}

/** A cluster that runtimes can be created in. @public */
export interface ClusterChoice {
  name: string;
  /** Namespaces without a runtime, where the portal may make none; elsewhere each runtime gets a new one. */
  freeNamespaces?: string[];
}

/** @public */
export interface CreateRuntimeRequest {
  id: string;
  name: string;
  description?: string;
  owner?: string;
  labels?: Record<string, string>;
  cluster?: string;
  /** One of the namespaces of a cluster where the portal may make none; by default the first that is free. */
  namespace?: string;
  settings?: RuntimeSettings;
}

/**
 * What is wrong with a setting of a runtime, as `error.code`; `error.setting` is its path. Each is described in docs/scaling.md.
 * @public
 */
export type SettingsProblem =
  | 'gpu-count'
  | 'gpu-resource'
  | 'label'
  | 'node-name'
  | 'rollout'
  | 'scaling-ambiguous'
  | 'scaling-bounds'
  | 'scaling-cpu'
  | 'scaling-replicas'
  | 'toleration'
  | 'too-many';

/**
 * `error.code` of refusals that programs may want to tell apart. They stay as they are.
 *
 * - `namespace-not-selectable`: the cluster has no list of namespaces to choose from
 * - `namespace-unknown`: it is not in the list of the cluster
 * - `namespace-taken`: another runtime has it
 * - `no-free-namespace`: all of the list are taken
 * - `namespace-not-ready`: pods would not be safe in it, so nothing is started
 * - `quota-of-namespace`: the quota is that of the namespace, which its owner sets
 * - those of settings: {@link SettingsProblem}
 * @public
 */
export type RefusalCode =
  | 'namespace-not-selectable'
  | 'namespace-unknown'
  | 'namespace-taken'
  | 'no-free-namespace'
  | 'namespace-not-ready'
  | 'quota-of-namespace'
  | SettingsProblem;

/** @public */
export type UpdateRuntimeRequest = Partial<
  Pick<
    CreateRuntimeRequest,
    'name' | 'description' | 'owner' | 'labels' | 'settings'
  >
>;

/** Documentation of a package: markdown files below docs/ and in the root. @public */
export interface VersionDocs {
  files: Array<{ path: string; mediaType: string; size: number }>;
  /** Path of the file to show first. */
  index?: string;
}

/** An rpc of the package with what a caller needs to call it. @public */
export interface RpcSchema {
  workflow: string;
  /** Fully qualified service name. */
  service: string;
  rpc: string;
  requestType: string;
  responseType: string;
  /** JSON Schema of the request. */
  requestSchema: Record<string, unknown>;
  /** An example request that fits the schema. */
  example: Record<string, unknown>;
}

/** Answer of `GET …/schema`. @public */
export interface VersionSchema {
  proto: string;
  rpcs: RpcSchema[];
}

/** Answer of `POST …/predict/{rpc}`. @public */
export interface PredictionResult {
  /** HTTP status the entrypoint answered with. */
  status: number;
  /** Parsed JSON body. */
  body: unknown;
  millis: number;
  traceId?: string;
}

export type { KrtManifest, KrtProblem };
