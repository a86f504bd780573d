import { createHash } from 'node:crypto';
import {
  refOf,
  type KubernetesObject,
} from '@konstellation/backstage-plugin-konstellation-node';
import type { DeploymentCondition } from 'kubernetes-types/apps/v1';
import type { ClusterObjects } from './ClusterObjects';
import { asDeployment, isDeleting, isReady, KINDS } from './objects';

const HASH_LABEL = 'pod-template-hash';

/** Makes and replaces the pods of Deployments, and says how far it is. */
export class Deployments {
  #made = 0;

  constructor(private readonly objects: ClusterObjects) {}

  /** Level-triggered: looks at what there is and does the next step. */
  reconcile(ref: { namespace?: string; name: string }): void {
    const deployment = this.objects.get({ ...KINDS.deployment, ...ref });
    const { spec } = deployment ? asDeployment(deployment) : {};
    if (!deployment || !spec || isDeleting(deployment)) return;
    const replicas = spec.replicas ?? 1;
    const hash = createHash('sha256')
      .update(JSON.stringify(spec.template))
      .digest('hex')
      .slice(0, 9);
    const isUpdated = (pod: KubernetesObject) =>
      pod.metadata.labels?.[HASH_LABEL] === hash;
    const alive = this.#podsOf(deployment);
    const updated = alive.filter(isUpdated);
    const { maxSurge, maxUnavailable } = spec.strategy?.rollingUpdate ?? {};
    const room = replicas + Number(maxSurge ?? 1) - alive.length;
    for (let i = 0; i < Math.min(replicas - updated.length, room); i++) {
      this.#createPod(deployment, hash);
    }
    const extra = updated.slice(replicas);
    // Old pods that are not ready cost nothing; ready ones go as new ones take over.
    let spare =
      alive.filter(isReady).length - (replicas - Number(maxUnavailable ?? 0));
    for (const pod of alive.filter(one => !isUpdated(one))) {
      if (isReady(pod) && spare-- <= 0) continue;
      extra.push(pod);
    }
    for (const pod of extra) this.objects.delete(refOf(pod));
    this.#report(deployment, replicas, isUpdated);
  }

  snapshot(): number {
    return this.#made;
  }

  restore(made: number): void {
    this.#made = made;
  }

  #podsOf(deployment: KubernetesObject): KubernetesObject[] {
    const { namespace, uid } = deployment.metadata;
    return this.objects
      .list(KINDS.pod, { namespace })
      .filter(
        pod =>
          !isDeleting(pod) &&
          pod.metadata.ownerReferences?.some(owner => owner.uid === uid),
      );
  }

  #createPod(deployment: KubernetesObject, hash: string): void {
    const { name, namespace, uid } = deployment.metadata;
    const template = asDeployment(deployment).spec?.template;
    this.#made++;
    this.objects.apply({
      ...KINDS.pod,
      metadata: {
        name: `${name.slice(0, 46)}-${hash}-${String(this.#made).padStart(
          5,
          '0',
        )}`,
        namespace,
        labels: { ...template?.metadata?.labels, [HASH_LABEL]: hash },
        annotations: template?.metadata?.annotations,
        ownerReferences: [
          {
            ...KINDS.deployment,
            name,
            uid: uid ?? '',
            controller: true,
            blockOwnerDeletion: true,
          },
        ],
      },
      spec: template?.spec,
    });
  }

  #report(
    deployment: KubernetesObject,
    replicas: number,
    isUpdated: (pod: KubernetesObject) => boolean,
  ): void {
    const before = asDeployment(deployment).status?.conditions;
    const pods = this.#podsOf(deployment);
    const updated = pods.filter(isUpdated);
    const ready = pods.filter(isReady).length;
    const isComplete =
      updated.filter(isReady).length >= replicas &&
      pods.length === updated.length;
    const condition = (
      type: string,
      isTrue: boolean,
      reason: string,
    ): DeploymentCondition => {
      const status = isTrue ? 'True' : 'False';
      const former = before?.find(item => item.type === type);
      return {
        type,
        status,
        reason,
        lastTransitionTime:
          former?.status === status
            ? former.lastTransitionTime
            : new Date().toISOString(),
      };
    };
    const isAvailable = ready >= replicas;
    this.objects.setStatus(refOf(deployment), {
      observedGeneration: deployment.metadata.generation,
      replicas: pods.length,
      updatedReplicas: updated.length,
      readyReplicas: ready,
      availableReplicas: ready,
      unavailableReplicas: Math.max(0, replicas - ready),
      conditions: [
        condition(
          'Available',
          isAvailable,
          isAvailable
            ? 'MinimumReplicasAvailable'
            : 'MinimumReplicasUnavailable',
        ),
        condition(
          'Progressing',
          true,
          isComplete ? 'NewReplicaSetAvailable' : 'ReplicaSetUpdated',
        ),
      ],
    });
  }
}
