import type {
  ClusterClient,
  KubernetesObject,
} from '@konstellation/backstage-plugin-konstellation-node';
import type { RuntimeRecord, VersionRecord } from '../domain/types';
import { LABELS } from '../manifests/naming';
import { anchorObject } from '../manifests/releaseObjects';
import type { VersionObjects } from '../status/observeVersion';

export const KINDS = {
  autoscaler: {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
  },
  budget: { apiVersion: 'policy/v1', kind: 'PodDisruptionBudget' },
  configMap: { apiVersion: 'v1', kind: 'ConfigMap' },
  deployment: { apiVersion: 'apps/v1', kind: 'Deployment' },
  event: { apiVersion: 'v1', kind: 'Event' },
  grpcRoute: {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'GRPCRoute',
  },
  httpRoute: {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'HTTPRoute',
  },
  ingress: { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress' },
  limitRange: { apiVersion: 'v1', kind: 'LimitRange' },
  networkPolicy: { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy' },
  namespace: { apiVersion: 'v1', kind: 'Namespace' },
  pod: { apiVersion: 'v1', kind: 'Pod' },
  quota: { apiVersion: 'v1', kind: 'ResourceQuota' },
  service: { apiVersion: 'v1', kind: 'Service' },
  serviceAccount: { apiVersion: 'v1', kind: 'ServiceAccount' },
} as const;

/** Where the objects of a version are. */
export function selectionOf(
  { namespace }: Pick<RuntimeRecord, 'namespace'>,
  uid: string,
) {
  return { namespace, labels: { [LABELS.versionUid]: uid } };
}

/** Reads what the cluster holds of a version. */
export async function readVersionObjects(
  cluster: ClusterClient,
  runtime: RuntimeRecord,
  uid: string,
): Promise<VersionObjects> {
  const own = selectionOf(runtime, uid);
  const [anchors, deployments, services, pods, autoscalers, budgets, events] =
    await Promise.all([
      cluster.list(KINDS.configMap, own),
      cluster.list(KINDS.deployment, own),
      cluster.list(KINDS.service, own),
      cluster.list(KINDS.pod, own),
      cluster.list(KINDS.autoscaler, own),
      cluster.list(KINDS.budget, own),
      cluster.list(KINDS.event, { namespace: runtime.namespace }),
    ]);
  return {
    deployments,
    pods,
    autoscalers,
    events,
    others: [...anchors, ...services, ...budgets],
  };
}

/** Kinds of which a release has more or fewer, as the settings of its runtime say. */
const OPTIONAL: readonly string[] = [KINDS.autoscaler.kind, KINDS.budget.kind];

/** What a release has of what the settings asked for once and do not any more, such as an autoscaler. */
export function notWanted(
  objects: VersionObjects,
  release: string,
  wanted: readonly KubernetesObject[],
): KubernetesObject[] {
  const nameOf = ({ kind, metadata }: KubernetesObject) =>
    `${kind}/${metadata.name}`;
  const names = new Set(wanted.map(nameOf));
  return [...objects.autoscalers, ...objects.others].filter(
    object =>
      OPTIONAL.includes(object.kind) &&
      releaseLabel(object) === release &&
      !object.metadata.deletionTimestamp &&
      !names.has(nameOf(object)),
  );
}

export function releaseLabel(object: KubernetesObject): string {
  return object.metadata.labels?.[LABELS.release] ?? '';
}

/** Generation of the version that a release was made for. */
const GENERATION = 'konstellation.io/generation';

/** The anchor of a release, which says for which command it was made. */
export function anchorOf(
  options: Parameters<typeof anchorObject>[0],
): KubernetesObject {
  const anchor = anchorObject(options);
  const annotations = { [GENERATION]: String(options.version.generation) };
  return { ...anchor, metadata: { ...anchor.metadata, annotations } };
}

/** True for what is left of before the last command: its tokens are not valid any more, so it cannot become what is wanted now. */
export function isOfBefore(
  anchor: KubernetesObject,
  { generation }: Pick<VersionRecord, 'generation'>,
): boolean {
  const made = anchor.metadata.annotations?.[GENERATION];
  return made !== undefined && made !== String(generation);
}

/** Anchors of releases: what they own goes with them. */
export function anchorsOf(objects: VersionObjects): KubernetesObject[] {
  return objects.others.filter(({ kind }) => kind === 'ConfigMap');
}

/** What is there of releases other than these. */
export function objectsBeside(
  objects: VersionObjects,
  releases: ReadonlySet<string>,
): KubernetesObject[] {
  const { others, deployments, pods, autoscalers } = objects;
  return [...others, ...deployments, ...pods, ...autoscalers].filter(
    object => !releases.has(releaseLabel(object)),
  );
}
