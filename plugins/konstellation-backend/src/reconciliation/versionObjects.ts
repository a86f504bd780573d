import type {
  ClusterClient,
  KubernetesObject,
} from '@konstellation/backstage-plugin-konstellation-node';
import type { RuntimeRecord, VersionRecord } from '../domain/types';
import { LABELS } from '../manifests/naming';
import type { VersionObjects } from '../status/observeVersion';

export const KINDS = {
  configMap: { apiVersion: 'v1', kind: 'ConfigMap' },
  deployment: { apiVersion: 'apps/v1', kind: 'Deployment' },
  event: { apiVersion: 'v1', kind: 'Event' },
  namespace: { apiVersion: 'v1', kind: 'Namespace' },
  pod: { apiVersion: 'v1', kind: 'Pod' },
  service: { apiVersion: 'v1', kind: 'Service' },
} as const;

/** Reads what the cluster holds of a version. */
export async function readVersionObjects(
  cluster: ClusterClient,
  runtime: RuntimeRecord,
  version: VersionRecord,
): Promise<VersionObjects> {
  const own = {
    namespace: runtime.namespace,
    labels: { [LABELS.versionUid]: version.uid },
  };
  const [anchors, deployments, services, pods, events] = await Promise.all([
    cluster.list(KINDS.configMap, own),
    cluster.list(KINDS.deployment, own),
    cluster.list(KINDS.service, own),
    cluster.list(KINDS.pod, own),
    cluster.list(KINDS.event, { namespace: runtime.namespace }),
  ]);
  return { deployments, pods, events, others: [...anchors, ...services] };
}

/** Anchors of the releases of a version, without that of one release. */
export function otherAnchors(
  objects: VersionObjects,
  release: string | undefined,
): KubernetesObject[] {
  return objects.others.filter(
    object =>
      object.kind === 'ConfigMap' &&
      object.metadata.labels?.[LABELS.release] !== release,
  );
}
