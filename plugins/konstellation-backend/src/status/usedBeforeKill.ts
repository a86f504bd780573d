import type {
  ContainerMetrics,
  KubernetesObject,
} from '@konstellation/backstage-plugin-konstellation-node';
import type { ContainerStateTerminated, Pod } from 'kubernetes-types/core/v1';
import type { ObservedState } from '../domain/types';

/** Measures of a container that has ended go with the next ones: https://github.com/kubernetes-sigs/metrics-server takes some each 15 s. */
const MEASURED_MILLIS = 60_000;

/** How the last process of a pod's container ended, if it did. */
export function terminationOf(pod: Pod): ContainerStateTerminated | undefined {
  const status = pod.status?.containerStatuses?.[0];
  return status?.lastState?.terminated ?? status?.state?.terminated;
}

/**
 * What containers used when they were measured last before they were killed for their memory. Asked once for each: what was seen
 * before is handed on.
 *
 * @param measure - what containers use now
 * @returns bytes by names of pods; nothing of those that were not measured
 */
export async function usedBeforeKill(
  pods: KubernetesObject[],
  before: ObservedState | undefined,
  now: Date,
  measure: () => Promise<ContainerMetrics[] | undefined>,
): Promise<Map<string, number>> {
  const used = new Map<string, number>();
  const known = new Map(
    before?.nodes
      .flatMap(node => node.pods)
      .map(({ name, lastTermination }) => [name, lastTermination]),
  );
  const asked = new Map<string, string>();
  for (const object of pods) {
    const pod = object as Pod;
    const ended = terminationOf(pod);
    if (ended?.reason !== 'OOMKilled') continue;
    const { name } = object.metadata;
    const at = String(ended.finishedAt ?? '');
    const last = known.get(name);
    if (last?.at === at) {
      if (last.memory !== undefined) used.set(name, last.memory);
    } else if (now.getTime() - Date.parse(at) < MEASURED_MILLIS) {
      asked.set(name, pod.status?.containerStatuses?.[0]?.name ?? '');
    }
  }
  if (asked.size === 0) return used;
  // Without it all the rest can be told as well.
  const measured = await measure().catch(() => undefined);
  for (const { pod, container, memory } of measured ?? []) {
    if (asked.get(pod) === container) used.set(pod, Math.round(memory));
  }
  return used;
}
