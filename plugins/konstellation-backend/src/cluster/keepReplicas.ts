import type { KubernetesObject } from '@konstellation/backstage-plugin-konstellation-node';
import type { Deployment } from 'kubernetes-types/apps/v1';

/** Holds the number of pods of a Deployment from when the portal lets go of it until an autoscaler sets it. */
export const SCALING_MANAGER = 'konstellation-scaling';

/**
 * What has to be applied before a Deployment that does not say how many pods there are to be, where the one that is there has a number
 * that only the portal has set. A field that nobody owns any more falls back to its default, so that there would be one pod until the
 * autoscaler looked. Another field manager has to own it before.
 *
 * @param current - the Deployment that is there
 * @param fieldManager - who is about to apply
 * @returns undefined where the number stays by itself
 * @see https://kubernetes.io/docs/reference/using-api/server-side-apply/#transferring-ownership
 */
export function keptReplicas(
  wanted: KubernetesObject,
  current: KubernetesObject | undefined,
  fieldManager: string,
): KubernetesObject | undefined {
  if (!current || !leavesReplicas(wanted)) return undefined;
  const { replicas = 1 } = specOf(current);
  const owners = (current.metadata.managedFields ?? []).filter(({ fieldsV1 }) =>
    ownsReplicas(fieldsV1),
  );
  const isOnlyOurs = owners.every(({ manager }) => manager === fieldManager);
  if (replicas === 1 || owners.length === 0 || !isOnlyOurs) return undefined;
  const { apiVersion, kind, metadata } = wanted;
  return {
    apiVersion,
    kind,
    metadata: { name: metadata.name, namespace: metadata.namespace },
    spec: { replicas },
  };
}

/** Whether how many pods there are is left to others. */
export function leavesReplicas(object: KubernetesObject): boolean {
  return object.kind === 'Deployment' && specOf(object).replicas === undefined;
}

function specOf(
  object: KubernetesObject,
): Partial<NonNullable<Deployment['spec']>> {
  const { spec }: Deployment = object as Deployment;
  return spec ?? {};
}

function ownsReplicas(fields: unknown): boolean {
  const { 'f:spec': spec } = Object(fields);
  return Object.hasOwn(Object(spec), 'f:replicas');
}
