import type {
  ClusterClient,
  KubernetesObject,
} from '@konstellation/backstage-plugin-konstellation-node';
import type { RuntimeRecord } from '../domain/types';
import { runtimeObjects } from '../manifests/runtimeObjects';

/** Settings that each make an object of their own. */
const EVERYTHING: RuntimeRecord['settings'] = {
  quota: { pods: '0' },
  egress: [{ cidr: '0.0.0.0/0' }],
};

const nameOf = ({ kind, metadata }: KubernetesObject) =>
  `${kind}/${metadata.name}`;

/** Takes away what the settings of a runtime asked for once and do not any more, such as a way out. */
export async function pruneRuntime(
  cluster: ClusterClient,
  runtime: RuntimeRecord,
  portal: string,
): Promise<void> {
  const wanted = new Set(runtimeObjects(runtime, portal).map(nameOf));
  const possible = runtimeObjects({ ...runtime, settings: EVERYTHING }, portal);
  for (const object of possible) {
    if (wanted.has(nameOf(object))) continue;
    const { apiVersion, kind, metadata } = object;
    const { namespace, name } = metadata;
    const ref = { apiVersion, kind, namespace, name };
    const found = await cluster.get(ref);
    if (found && !found.metadata.deletionTimestamp) await cluster.delete(ref);
  }
}
