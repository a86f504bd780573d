import type { Agent } from 'node:http';
import type { ObjectMeta } from 'kubernetes-types/meta/v1';

/**
 * Any Kubernetes object. Builders use the exact types of `kubernetes-types` (`Deployment` of `kubernetes-types/apps/v1` …).
 * @public
 */
export interface KubernetesObject {
  apiVersion: string;
  kind: string;
  metadata: ObjectMeta & { name: string };
  spec?: unknown;
  status?: unknown;
  [field: string]: unknown;
}

/** @public */
export interface ObjectKind {
  apiVersion: string;
  kind: string;
}

/** @public */
export interface ObjectRef extends ObjectKind {
  name: string;
  /** Absent for cluster-scoped objects. */
  namespace?: string;
}

/**
 * An object that somebody else had changed or deleted, and that is again as it was applied.
 * @public
 */
export interface Drift {
  object: ObjectRef;
  was: 'changed' | 'deleted';
}

/** @public */
export interface ApplyOptions {
  fieldManager: string;
  /** Checks all there is to check, and changes nothing. */
  dryRun?: boolean;
  /** Told of each object that had been applied just so before, and was put back. */
  onDrift?: (drift: Drift) => void;
}

/** @public */
export interface PodRef {
  namespace: string;
  name: string;
  container: string;
}

/** @public */
export interface ListOptions {
  namespace?: string;
  /** Equality terms, all of which must match. */
  labels?: Record<string, string>;
}

/** @public */
export interface WatchEvent {
  /** `RELISTED`: forget what you know of these kinds and list again; carries no object. */
  type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'RELISTED';
  object?: KubernetesObject;
}

/** @public */
export interface LogOptions {
  follow?: boolean;
  /** Of the container before the last restart. */
  previous?: boolean;
  /** ISO 8601. */
  since?: string;
  /** Only the last lines. */
  tailLines?: number;
  signal?: AbortSignal;
}

/** One line a container wrote. @public */
export interface ContainerLogLine {
  /** ISO 8601 with fractions of a second. */
  at: string;
  text: string;
}

/** How the portal itself reaches a port inside of the cluster. @public */
export interface ClusterEndpoint {
  /** Absolute URL without trailing slash; gRPC speaks cleartext HTTP/2 to the same host and port. */
  url: string;
  /** To be sent with each request, e.g. `host`; what makes the portal known to a cluster in between is secret. */
  headers: Record<string, string>;
  /** What connects there, where that takes more than the URL: certificates of the cluster. */
  agent?: Agent;
}

/** Where an ingress host is reached by callers. @public */
export interface IngressFront {
  protocol: 'http' | 'https';
  /** Domain below which hosts are made, e.g. `localhost` or `apps.example.com`. */
  domain: string;
  /** Port callers use, when it is not the default of the protocol. */
  port?: number;
  /** Host and port the portal itself connects to, with the ingress host as `Host` header. */
  connect?: { host: string; port: number };
  /** Where gRPC is called, where that is not the same host and port. */
  grpc?: { domain: string; port: number };
  /** What lets callers in: an Ingress of the default class where nothing is said. */
  entry?: IngressEntry | GatewayEntry;
}

/** One Ingress for each host. @public */
export interface IngressEntry {
  kind: 'Ingress';
  className?: string;
  /** For the ingress controller, or for what makes certificates. */
  annotations?: Record<string, string>;
  /** Besides those, on the Ingress of the host for gRPC. */
  grpcAnnotations?: Record<string, string>;
  /** Secret with the certificate, in the namespace of the runtime; `{host}` stands for the host. None where others care for TLS. */
  tlsSecret?: string;
}

/** One HTTPRoute for each host, on Gateways that are there. @public */
export interface GatewayEntry {
  kind: 'Gateway';
  gateways: Array<{ name: string; namespace: string; sectionName?: string }>;
  annotations?: Record<string, string>;
}

/** Who is at the other end of a connection, as network policies name it. @public */
export interface NetworkPeer {
  /** Labels of pods, in the namespaces with the other labels. */
  podLabels?: Record<string, string>;
  namespaceLabels?: Record<string, string>;
  /** Addresses instead, e.g. `10.0.0.0/8`. */
  cidr?: string;
}

/** Who has to reach what runs, and what it has to reach. Where nobody is named the port is open to all. @public */
export interface ClusterNetwork {
  /** The portal, or the API servers it calls through. */
  portal?: NetworkPeer[];
  /** What lets callers in. */
  ingress?: NetworkPeer[];
  /** What reads metrics; nobody may where it is not said. */
  metrics?: NetworkPeer[];
  /** Where packages are fetched: the package port of the portal. */
  packages?: NetworkPlace;
  /** The object store that the package port sends to, where it does. */
  objectStore?: NetworkPlace;
  /** The index of python packages, or the proxy to it. */
  pythonIndex?: NetworkPlace;
}

/**
 * What pods may reach: peers, at one port.
 * @public
 */
export interface NetworkPlace {
  peers: NetworkPeer[];
  port: number;
}

/** @public */
export interface ContainerMetrics {
  pod: string;
  container: string;
  /** Cores. */
  cpu: number;
  /** Bytes. */
  memory: number;
}

/**
 * A cluster that plays Kubernetes objects. Two adapters, one contract test; where they differ, Kubernetes is right.
 *
 * All methods reject with errors of @backstage/errors: `NotFoundError`, `ConflictError`, `InputError` for an object the
 * cluster refuses (the message is the cluster's), `NotAllowedError`, `ServiceUnavailableError` when the cluster cannot be
 * reached.
 * @public
 */
export interface ClusterClient {
  /** What can be called from outside goes through this front. */
  front(): Promise<IngressFront>;

  /** For network policies; nothing where the cluster has none. */
  readonly network?: ClusterNetwork;

  /**
   * The only namespaces the portal may use, each for one runtime, where it may make none. Of Namespaces themselves it reads these
   * alone.
   */
  readonly namespaces?: readonly string[];

  /**
   * Server-side apply of complete objects, in the order given; forced, as one field manager owns what it applies: fields others
   * have set are theirs until the portal wants them otherwise.
   * Repeating it with the same objects changes nothing.
   * @returns the objects as stored, in the same order, with uid and resourceVersion
   */
  apply(
    objects: KubernetesObject[],
    options: ApplyOptions,
  ): Promise<KubernetesObject[]>;

  /**
   * Deletes with foreground propagation: the object stays, with a deletionTimestamp, until all it owns is gone.
   * Deleting what is not there is fine.
   */
  delete(ref: ObjectRef): Promise<void>;

  get(ref: ObjectRef): Promise<KubernetesObject | undefined>;
  list(kind: ObjectKind, options?: ListOptions): Promise<KubernetesObject[]>;

  /**
   * Informs of every change of these kinds, from now on; begins with one `RELISTED`. Never of Secrets.
   * Handlers are called one after another; what they throw is logged and does not end the watch.
   */
  watch(
    kinds: ObjectKind[],
    options: ListOptions,
    handler: (event: WatchEvent) => void | Promise<void>,
  ): { close(): void };

  /** Lines of one container, oldest first; NotFoundError when the cluster does not know the container (any more). */
  logs(pod: PodRef, options?: LogOptions): AsyncIterable<ContainerLogLine>;

  /**
   * Address of a Service or Pod port by name, or undefined while there is none.
   * @param known - the object as it was just listed, where the caller has it: it need not be read again
   */
  address(
    ref: { kind: 'Service' | 'Pod'; namespace: string; name: string },
    portName: string,
    known?: KubernetesObject,
  ): Promise<ClusterEndpoint | undefined>;

  /** Current use, or undefined when the cluster does not measure. */
  metrics(options: ListOptions): Promise<ContainerMetrics[] | undefined>;

  /** True where everything ends with {@link ClusterClient.close}: what is to be kept of it is taken before. */
  readonly endsOnClose?: boolean;

  /** Ends watches and, for the embedded cluster, everything it plays. */
  close(): Promise<void>;
}
