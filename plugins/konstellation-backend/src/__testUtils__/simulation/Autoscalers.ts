import type { ClusterObjects } from './ClusterObjects';
import { asAutoscaler, asDeployment, KINDS } from './objects';

/** Brings Deployments between the bounds of their autoscalers. Nothing is measured here, so that it is where they begin. */
export class Autoscalers {
  constructor(private readonly objects: ClusterObjects) {}

  /** Level-triggered: all of a namespace. */
  reconcile(namespace: string): void {
    for (const object of this.objects.list(KINDS.autoscaler, { namespace })) {
      const { spec } = asAutoscaler(object);
      const name = spec?.scaleTargetRef.name ?? '';
      const target = this.objects.get({ ...KINDS.deployment, namespace, name });
      if (!spec || !target) continue;
      const { minReplicas = 1, maxReplicas } = spec;
      const replicas = asDeployment(target).spec?.replicas ?? 1;
      const wanted = Math.min(Math.max(replicas, minReplicas), maxReplicas);
      if (wanted !== replicas) this.objects.scale({ namespace, name }, wanted);
    }
  }
}
