import type {
  ClusterClient,
  Drift,
  KubernetesObject,
} from '@konstellation/backstage-plugin-konstellation-node';
import type { DriftPlace } from '../database/drifts';
import { FIELD_MANAGER } from '../manifests/naming';
import type { ReleaseContext } from './ReleaseContext';

/**
 * Brings objects to what is wanted, and tells the activity log of those that somebody else had changed.
 * @returns the objects as stored
 */
export async function applyObjects(
  { store }: Pick<ReleaseContext, 'store'>,
  cluster: ClusterClient,
  place: DriftPlace,
  objects: KubernetesObject[],
): Promise<KubernetesObject[]> {
  const drifts: Drift[] = [];
  try {
    return await cluster.apply(objects, {
      fieldManager: FIELD_MANAGER,
      onDrift: drift => drifts.push(drift),
    });
  } finally {
    for (const drift of drifts) await store.recordDrift(place, drift);
  }
}
