import { isError } from '@backstage/errors';
import type {
  ContainerMetrics,
  KubernetesObject,
  ObjectKind,
} from '@konstellation/backstage-plugin-konstellation-node';
import { parseQuantity } from '../domain/quantity';

const POD_METRICS = {
  apiVersion: 'metrics.k8s.io/v1beta1',
  kind: 'PodMetrics',
};

/** What metrics.k8s.io says of a pod: the fields that are used. */
interface PodMetrics {
  metadata: { name: string };
  containers?: Array<{ name: string; usage: { cpu: string; memory: string } }>;
}

/**
 * What containers use, from the Metrics API.
 *
 * @returns undefined where nothing serves that API, or what serves it does not answer
 * @see https://kubernetes.io/docs/tasks/debug/debug-cluster/resource-metrics-pipeline/
 */
export async function readUsage(
  list: (kind: ObjectKind) => Promise<KubernetesObject[]>,
): Promise<ContainerMetrics[] | undefined> {
  try {
    const pods = await list(POD_METRICS);
    return pods.flatMap(object => {
      const { metadata, containers = [] }: PodMetrics = object as PodMetrics;
      return containers.map(({ name, usage }) => ({
        pod: metadata.name,
        container: name,
        cpu: parseQuantity(usage.cpu) ?? 0,
        memory: parseQuantity(usage.memory) ?? 0,
      }));
    });
  } catch (error) {
    const isAbsent =
      isError(error) &&
      ['NotFoundError', 'ServiceUnavailableError'].includes(error.name);
    if (isAbsent) return undefined;
    throw error;
  }
}
