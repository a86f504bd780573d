import {
  refOf,
  type KubernetesObject,
} from '@konstellation/backstage-plugin-konstellation-node';
import type { Deployment } from 'kubernetes-types/apps/v1';
import type { HorizontalPodAutoscaler } from 'kubernetes-types/autoscaling/v2';
import type { ObjectStore } from '../store/ObjectStore';

const AUTOSCALER = {
  apiVersion: 'autoscaling/v2',
  kind: 'HorizontalPodAutoscaler',
};
const DEPLOYMENT = { apiVersion: 'apps/v1', kind: 'Deployment' };

/**
 * Keeps Deployments within the bounds of their autoscalers. It does not follow the load: the pods of one machine share its processors,
 * so that more of them make nothing faster.
 */
export class AutoscalerController {
  constructor(private readonly store: ObjectStore) {}

  /** Level-triggered: looks at what scales the Deployments of a namespace. */
  reconcile(namespace: string | undefined): void {
    for (const object of this.store.list(AUTOSCALER, { namespace })) {
      if (!object.metadata.deletionTimestamp) this.#reconcile(object);
    }
  }

  #reconcile(object: KubernetesObject): void {
    const { spec }: HorizontalPodAutoscaler = object as HorizontalPodAutoscaler;
    const target =
      spec &&
      this.store.get({
        ...DEPLOYMENT,
        namespace: object.metadata.namespace,
        name: spec.scaleTargetRef.name,
      });
    if (!spec || !target) return;
    const { spec: now, status }: Deployment = target as Deployment;
    const { minReplicas = 1, maxReplicas } = spec;
    const replicas = now?.replicas ?? 1;
    const wanted = Math.min(Math.max(replicas, minReplicas), maxReplicas);
    if (wanted !== replicas) this.store.scale(refOf(target), wanted);
    this.store.setStatus(refOf(object), {
      currentReplicas: status?.replicas ?? 0,
      desiredReplicas: wanted,
      conditions: [
        {
          type: 'ScalingActive',
          status: 'False',
          reason: 'ScalingDisabled',
          message:
            'the embedded cluster keeps the bounds, and does not scale with the load',
          lastTransitionTime: object.metadata.creationTimestamp,
        },
      ],
    });
  }
}
