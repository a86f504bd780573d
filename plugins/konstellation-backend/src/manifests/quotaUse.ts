import type { KubernetesObject } from '@konstellation/backstage-plugin-konstellation-node';
import type { Deployment } from 'kubernetes-types/apps/v1';
import type { HorizontalPodAutoscaler } from 'kubernetes-types/autoscaling/v2';
import type { Container, Pod, PodSpec } from 'kubernetes-types/core/v1';
import { parseQuantity } from '../domain/quantity';

/** Amounts by the names of resource quotas, e.g. `limits.memory` in bytes, `pods` in pieces. */
export type Amounts = Map<string, number>;

function add(amounts: Amounts, resource: string, amount: number): void {
  amounts.set(resource, (amounts.get(resource) ?? 0) + amount);
}

function resourcesOf({ resources }: Container): Amounts {
  const amounts: Amounts = new Map();
  for (const bound of ['requests', 'limits'] as const) {
    for (const [name, text] of Object.entries(resources?.[bound] ?? {})) {
      amounts.set(`${bound}.${name}`, parseQuantity(String(text)) ?? 0);
    }
  }
  return amounts;
}

/** What a pod takes: its containers together, or the largest init container where that is more. */
function podUse(spec: PodSpec | undefined): Amounts {
  const use: Amounts = new Map();
  for (const container of spec?.containers ?? []) {
    resourcesOf(container).forEach((amount, name) => add(use, name, amount));
  }
  for (const container of spec?.initContainers ?? []) {
    resourcesOf(container).forEach((amount, name) =>
      use.set(name, Math.max(use.get(name) ?? 0, amount)),
    );
  }
  // `cpu` and `memory` of a quota are those of the requests.
  for (const name of ['cpu', 'memory']) {
    const requested = use.get(`requests.${name}`);
    if (requested !== undefined) use.set(name, requested);
  }
  use.set('pods', 1);
  return use;
}

const COUNTED: Record<string, string> = {
  ConfigMap: 'configmaps',
  Secret: 'secrets',
  Service: 'services',
};
/** Those that have no other name than this. */
const COUNTED_OBJECTS: Record<string, string> = {
  Deployment: 'count/deployments.apps',
  HorizontalPodAutoscaler: 'count/horizontalpodautoscalers.autoscaling',
  PodDisruptionBudget: 'count/poddisruptionbudgets.policy',
};

/** Pods that autoscaled Deployments begin with, by the names of the Deployments. */
function leastReplicas(objects: readonly KubernetesObject[]) {
  return new Map(
    objects
      .filter(({ kind }) => kind === 'HorizontalPodAutoscaler')
      .map(object => {
        const { spec }: HorizontalPodAutoscaler =
          object as HorizontalPodAutoscaler;
        return [spec?.scaleTargetRef.name, spec?.minReplicas ?? 1] as const;
      }),
  );
}

/**
 * What objects take of a ResourceQuota, pods of Deployments included: as many as are wanted, or as an autoscaler begins with.
 * @see https://kubernetes.io/docs/concepts/policy/resource-quotas/
 */
export function quotaUse(objects: readonly KubernetesObject[]): Amounts {
  const total: Amounts = new Map();
  const least = leastReplicas(objects);
  const addPods = (spec: PodSpec | undefined, times: number) =>
    podUse(spec).forEach((amount, name) => add(total, name, amount * times));
  for (const object of objects) {
    const counted = COUNTED[object.kind];
    const countedObject = COUNTED_OBJECTS[object.kind];
    if (counted) {
      add(total, counted, 1);
      add(total, `count/${counted}`, 1);
    }
    if (countedObject) add(total, countedObject, 1);
    if (object.kind === 'Deployment') {
      const { spec }: Deployment = object as Deployment;
      const byDefault = least.get(object.metadata.name) ?? 1;
      addPods(spec?.template.spec, spec?.replicas ?? byDefault);
    } else if (object.kind === 'Pod') {
      addPods((object as Pod).spec, 1);
    }
  }
  return total;
}
