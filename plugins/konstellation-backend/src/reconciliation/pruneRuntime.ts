import {
  refOf,
  type ClusterClient,
  type KubernetesObject,
} from '@konstellation/backstage-plugin-konstellation-node';
import type { RuntimeRecord } from '../domain/types';
import { LABELS, MANAGED_BY } from '../manifests/naming';
import { runtimeObjects } from '../manifests/runtimeObjects';
import { KINDS } from './versionObjects';

/** Kinds of which a runtime has more or fewer, as its settings and the cluster say. */
const OPTIONAL = [KINDS.networkPolicy];

const nameOf = ({ kind, metadata }: KubernetesObject) =>
  `${kind}/${metadata.name}`;

/** Takes away what the settings of a runtime asked for once and do not any more, such as a way out. */
export async function pruneRuntime(
  cluster: ClusterClient,
  runtime: RuntimeRecord,
  portal: string,
): Promise<void> {
  const { namespace, bound } = runtime;
  // Where the namespace is not the portal's, its quotas are not either.
  const kinds = bound ? OPTIONAL : [...OPTIONAL, KINDS.quota];
  const wanted = new Set(
    runtimeObjects(runtime, portal, cluster.network).map(nameOf),
  );
  const labels = { ...MANAGED_BY, [LABELS.runtime]: runtime.id };
  const lists = await Promise.all(
    kinds.map(kind => cluster.list(kind, { namespace, labels })),
  );
  for (const object of lists.flat()) {
    const { deletionTimestamp, labels: own } = object.metadata;
    // What belongs to a release goes with it.
    const isOfRelease = own?.[LABELS.release] !== undefined;
    if (isOfRelease || deletionTimestamp || wanted.has(nameOf(object))) {
      continue;
    }
    await cluster.delete(refOf(object));
  }
}
