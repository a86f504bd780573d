import { createHash, randomBytes } from 'node:crypto';
import {
  refOf,
  type KubernetesObject,
} from '@konstellation/backstage-plugin-konstellation-node';
import type { Deployment, DeploymentCondition } from 'kubernetes-types/apps/v1';
import type { Pod } from 'kubernetes-types/core/v1';
import type { EventRecorder } from '../store/EventRecorder';
import { type ObjectStore } from '../store/ObjectStore';

const HASH_LABEL = 'pod-template-hash';
const POD = { apiVersion: 'v1', kind: 'Pod' };
const DEFAULT_DEADLINE_SECONDS = 600;

function isReady(object: KubernetesObject): boolean {
  const pod: Pod = object as Pod;
  return (
    pod.status?.conditions?.some(
      ({ type, status }) => type === 'Ready' && status === 'True',
    ) ?? false
  );
}

function amount(
  value: number | string | undefined,
  replicas: number,
  byDefault: number,
) {
  if (typeof value === 'number') return value;
  const percent = /^(\d+)%$/.exec(value ?? '')?.[1];
  return percent ? Math.ceil((replicas * Number(percent)) / 100) : byDefault;
}

function progressReason(complete: boolean, late: boolean): string {
  if (late) return 'ProgressDeadlineExceeded';
  return complete ? 'NewReplicaSetAvailable' : 'ReplicaSetUpdated';
}

/** Makes and replaces the pods of Deployments, and says how far it is. */
export class DeploymentController {
  readonly #progressSince = new Map<string, { key: string; at: number }>();
  readonly #timers = new Map<string, NodeJS.Timeout>();

  constructor(
    private readonly store: ObjectStore,
    private readonly events: EventRecorder,
  ) {}

  close(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
  }

  /** Level-triggered: looks at what there is and does the next step. */
  reconcile(object: KubernetesObject): void {
    const current = this.store.get(refOf(object));
    if (!current || current.metadata.deletionTimestamp) return;
    const { spec }: Deployment = current as Deployment;
    if (!spec) return;
    const replicas = spec.replicas ?? 1;
    const hash = createHash('sha256')
      .update(JSON.stringify(spec.template))
      .digest('hex')
      .slice(0, 9);
    const alive = this.#pods(current).filter(
      pod => !pod.metadata.deletionTimestamp,
    );
    const updated = alive.filter(
      pod => pod.metadata.labels?.[HASH_LABEL] === hash,
    );
    const old = alive.filter(pod => !updated.includes(pod));
    const { maxSurge, maxUnavailable } = spec.strategy?.rollingUpdate ?? {};
    const surge = amount(maxSurge, replicas, 1);
    const unavailable = amount(maxUnavailable, replicas, 0);

    const room = replicas + surge - alive.length;
    const missing = Math.min(replicas - updated.length, room);
    for (let i = 0; i < missing; i++) this.#createPod(current, spec, hash);
    const extra = updated.slice(replicas);
    const ready = alive.filter(isReady).length;
    // Old pods that are not ready cost nothing; ready ones go as new ones take over.
    let spare = ready - (replicas - unavailable);
    for (const pod of old) {
      if (isReady(pod)) {
        if (spare <= 0) continue;
        spare--;
      }
      extra.push(pod);
    }
    for (const pod of extra) this.store.delete(refOf(pod));
    this.#report(current, { replicas, hash });
  }

  #pods(deployment: KubernetesObject): KubernetesObject[] {
    return this.store
      .list(POD, { namespace: deployment.metadata.namespace })
      .filter(pod =>
        pod.metadata.ownerReferences?.some(
          ({ uid }) => uid === deployment.metadata.uid,
        ),
      );
  }

  #createPod(
    deployment: KubernetesObject,
    spec: NonNullable<Deployment['spec']>,
    hash: string,
  ): void {
    const { name, namespace, uid } = deployment.metadata;
    const suffix = randomBytes(3).toString('hex').slice(0, 5);
    // Names of pods may be long, but other objects are named after them.
    const podName = `${name.slice(0, 46)}-${hash}-${suffix}`;
    this.store.apply({
      ...POD,
      metadata: {
        name: podName,
        namespace,
        labels: { ...spec.template.metadata?.labels, [HASH_LABEL]: hash },
        annotations: spec.template.metadata?.annotations,
        ownerReferences: [
          {
            apiVersion: 'apps/v1',
            kind: 'Deployment',
            name,
            uid: uid ?? '',
            controller: true,
          },
        ],
      },
      spec: spec.template.spec,
    });
    this.events.record(
      deployment,
      'Normal',
      'ScalingReplicaSet',
      `Created pod ${podName}`,
    );
  }

  #report(
    deployment: KubernetesObject,
    wanted: { replicas: number; hash: string },
  ): void {
    const { spec, status: before }: Deployment = deployment as Deployment;
    const pods = this.#pods(deployment).filter(
      pod => !pod.metadata.deletionTimestamp,
    );
    const updated = pods.filter(
      pod => pod.metadata.labels?.[HASH_LABEL] === wanted.hash,
    );
    const ready = pods.filter(isReady).length;
    const updatedReady = updated.filter(isReady).length;
    const complete =
      updatedReady >= wanted.replicas && pods.length === updated.length;

    const uid = deployment.metadata.uid ?? '';
    const key = `${deployment.metadata.generation}/${updated.length}/${updatedReady}`;
    const progress = this.#progressSince.get(uid);
    const since = progress?.key === key ? progress.at : Date.now();
    this.#progressSince.set(uid, { key, at: since });
    const deadline =
      (spec?.progressDeadlineSeconds ?? DEFAULT_DEADLINE_SECONDS) * 1_000;
    const late = !complete && Date.now() - since >= deadline;
    this.#lookAgain(deployment, complete || late, since + deadline);

    const condition = (
      type: string,
      value: boolean,
      reason: string,
    ): DeploymentCondition => {
      const status = value ? 'True' : 'False';
      const former = before?.conditions?.find(item => item.type === type);
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
    const available = ready >= wanted.replicas;
    this.store.setStatus(refOf(deployment), {
      observedGeneration: deployment.metadata.generation,
      replicas: pods.length,
      updatedReplicas: updated.length,
      readyReplicas: ready,
      availableReplicas: ready,
      unavailableReplicas: Math.max(0, wanted.replicas - ready),
      conditions: [
        condition(
          'Available',
          available,
          available ? 'MinimumReplicasAvailable' : 'MinimumReplicasUnavailable',
        ),
        condition('Progressing', !late, progressReason(complete, late)),
      ],
    });
  }

  /** A deadline passes without an event. */
  #lookAgain(deployment: KubernetesObject, settled: boolean, at: number): void {
    const uid = deployment.metadata.uid ?? '';
    clearTimeout(this.#timers.get(uid));
    this.#timers.delete(uid);
    if (settled) return;
    const timer = setTimeout(
      () => this.reconcile(deployment),
      Math.max(0, at - Date.now()) + 10,
    );
    this.#timers.set(uid, timer.unref());
  }
}
