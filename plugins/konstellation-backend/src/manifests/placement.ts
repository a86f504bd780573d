import type {
  GpuSettings,
  NodePlacement,
} from '@konstellation/backstage-plugin-konstellation-common';
import type { ReleaseOptions } from './types';

const GPU_RESOURCE = 'nvidia.com/gpu';

/** What a cluster calls a machine, and a part of itself that fails as one. */
const SPREAD_OVER = ['kubernetes.io/hostname', 'topology.kubernetes.io/zone'];

/** What nodes with a GPU get; a runtime that names a resource of its own takes nothing of what holds for another. */
function gpuProfile(
  own: GpuSettings | undefined,
  byDefault: GpuSettings,
): Required<GpuSettings> {
  const said = own?.resource ? own : { ...byDefault, ...own };
  const { resource = GPU_RESOURCE, count = 1, nodeSelector = {} } = said;
  return {
    resource,
    count,
    nodeSelector,
    // Clusters commonly keep others off their GPUs with a taint of that name.
    tolerations: said.tolerations ?? [{ key: resource, operator: 'Exists' }],
  };
}

/** Amount of the extended resource, for requests and limits, which have to be equal. */
export function gpuRequest(
  own: GpuSettings | undefined,
  byDefault: GpuSettings,
): Record<string, string> {
  const { resource, count } = gpuProfile(own, byDefault);
  return { [resource]: String(count) };
}

/** Where the pods of a node may run, as fields of their spec; none where nothing is said. */
export function placementOf(
  { runtime, gpu }: Pick<ReleaseOptions, 'runtime' | 'gpu'>,
  node: string,
  isGpu: boolean,
): NodePlacement {
  const { nodes, ...all } = runtime.settings.placement ?? {};
  const own = nodes?.[node];
  const profile = isGpu ? gpuProfile(runtime.settings.gpu, gpu) : undefined;
  const nodeSelector = {
    ...(own?.nodeSelector ?? all.nodeSelector),
    ...profile?.nodeSelector,
  };
  const tolerations = [
    ...(own?.tolerations ?? all.tolerations ?? []),
    ...(profile?.tolerations ?? []),
  ];
  return {
    ...(Object.keys(nodeSelector).length > 0 ? { nodeSelector } : {}),
    ...(tolerations.length > 0 ? { tolerations } : {}),
  };
}

/**
 * Spreads pods over machines and zones, rather than keeping them from running where that cannot be.
 *
 * @param matchLabels - of the release and the node
 */
export function topologySpread(matchLabels: Record<string, string>) {
  return SPREAD_OVER.map(topologyKey => ({
    maxSkew: 1,
    topologyKey,
    whenUnsatisfiable: 'ScheduleAnyway',
    labelSelector: { matchLabels },
    // Those that a rollout takes away do not count.
    matchLabelKeys: ['pod-template-hash'],
  }));
}
