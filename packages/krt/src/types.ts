/**
 * One thing wrong with a package. Lines and columns count from 1.
 * @public
 */
export interface KrtProblem {
  /** Path inside the manifest (`nodes[0].src`) or empty for the archive. */
  path: string;
  line?: number;
  column?: number;
  /** Stable, kebab-case; one of `PROBLEM_CODES`. */
  code: string;
  severity: 'error' | 'warning';
  message: string;
  /** How to mend it. */
  hint?: string;
  /** File of the archive it is about. */
  file?: string;
}

/** @public */
export interface KrtNode {
  name: string;
  image: string;
  src: string;
  gpu: boolean;
  /** 1-based line in krt.yml. */
  line?: number;
}

/** @public */
export interface KrtWorkflow {
  name: string;
  /** An rpc of the proto. */
  entrypoint: string;
  /** Names of nodes, in the order they are called. The same node may stand twice. */
  sequential: string[];
}

/** What manifests of all formats say. @public */
export interface KrtManifestBase {
  version: string;
  description: string;
  entrypoint: { proto: string; image: string };
  config: { variables: string[]; files: string[] };
}

/** Workflows that call nodes one after another. @public */
export interface KrtManifestV1 extends KrtManifestBase {
  krtVersion: 'v1';
  nodes: KrtNode[];
  workflows: KrtWorkflow[];
}

/** A node of a workflow that branches. @public */
export interface KrtBranchingNode extends KrtNode {
  /** `entrypoint`, the name of a node of the same workflow, or `node.channel`. */
  subscriptions: string[];
  /** Processes that share the messages of the node. */
  replicas: number;
  objectStore?: { name: string; scope: 'workflow' | 'project' };
}

/** @public */
export interface KrtBranchingWorkflow {
  name: string;
  /** An rpc of the proto. */
  entrypoint: string;
  /** The node whose message is the answer. */
  exitpoint: string;
  nodes: KrtBranchingNode[];
}

/** Workflows whose nodes subscribe to each other. @public */
export interface KrtManifestV2 extends KrtManifestBase {
  krtVersion: 'v2';
  workflows: KrtBranchingWorkflow[];
}

/**
 * The validated model of krt.yml, never raw YAML.
 * @public
 */
export type KrtManifest = KrtManifestV1 | KrtManifestV2;

/** @public */
export type KrtFormat = KrtManifest['krtVersion'];

/** A regular file of the archive. @public */
export interface KrtFile {
  /** Relative, `/`-separated, without leading `./`. */
  path: string;
  /** Bytes. */
  size: number;
  /** Lower-case hex SHA-256 of the content. */
  sha256: string;
  mediaType: string;
  executable: boolean;
}

/** @public */
export interface KrtLimits {
  /** Bytes of the gzip stream. */
  packedSize: number;
  /** Bytes of all files together. */
  unpackedSize: number;
  entries: number;
  /** Bytes of one path, UTF-8. */
  pathLength: number;
  pathDepth: number;
  /** Bytes of krt.yml. */
  manifestSize: number;
  /** Unpacked ÷ packed. */
  ratio: number;
}

/** What is known about an rpc of the package's proto. @public */
export interface KrtRpc {
  name: string;
  /** Fully qualified, without leading dot. */
  requestType: string;
  responseType: string;
  requestStream: boolean;
  responseStream: boolean;
  /** JSON Schema (2020-12) of the request in proto3 JSON. */
  requestSchema: Record<string, unknown>;
  /** An example request that fits the schema. */
  example: Record<string, unknown>;
}

/** @public */
export interface KrtProto {
  /** Path in the archive. */
  path: string;
  /** Source text. */
  text: string;
  package: string;
  /** Fully qualified service name, e.g. `entrypoint.Entrypoint`. */
  service: string;
  rpcs: KrtRpc[];
}

/**
 * What one pass over a package shows. With any problem of severity `error`, `manifest` is absent.
 * @public
 */
export interface KrtReadResult {
  /** Which format the manifest was read as; absent where there is no manifest of a known one. */
  format?: KrtFormat;
  manifest?: KrtManifest;
  proto?: KrtProto;
  files: KrtFile[];
  /** `sha256:<hex>` of the packed bytes. */
  digest: string;
  /** Bytes of the packed stream. */
  size: number;
  /** Bytes of all files together. */
  unpackedSize: number;
  problems: KrtProblem[];
}
