import type {
  KubernetesObject,
  ObjectRef,
} from '@konstellation/backstage-plugin-konstellation-node';
import type { Deployment } from 'kubernetes-types/apps/v1';
import type { HorizontalPodAutoscaler } from 'kubernetes-types/autoscaling/v2';
import type { Pod, Secret, Service } from 'kubernetes-types/core/v1';
import type { EndpointSlice } from 'kubernetes-types/discovery/v1';
import type { Ingress } from 'kubernetes-types/networking/v1';

export const KINDS = {
  autoscaler: {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
  },
  configMap: { apiVersion: 'v1', kind: 'ConfigMap' },
  deployment: { apiVersion: 'apps/v1', kind: 'Deployment' },
  endpointSlice: { apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice' },
  event: { apiVersion: 'v1', kind: 'Event' },
  ingress: { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress' },
  namespace: { apiVersion: 'v1', kind: 'Namespace' },
  pod: { apiVersion: 'v1', kind: 'Pod' },
  secret: { apiVersion: 'v1', kind: 'Secret' },
  service: { apiVersion: 'v1', kind: 'Service' },
} as const;

// Kubernetes' own objects, which the cluster port gives as they are.
export const asAutoscaler = (
  object: KubernetesObject,
): HorizontalPodAutoscaler => object as HorizontalPodAutoscaler;
export const asDeployment = (object: KubernetesObject): Deployment =>
  object as Deployment;
export const asEndpointSlice = (
  object: KubernetesObject,
): Partial<EndpointSlice> => object as Partial<EndpointSlice>;
export const asIngress = (object: KubernetesObject): Ingress =>
  object as Ingress;
export const asPod = (object: KubernetesObject): Pod => object as Pod;
export const asSecret = (object: KubernetesObject): Secret => object as Secret;
export const asService = (object: KubernetesObject): Service =>
  object as Service;

/** `Kind/namespace/name`. */
export function keyOf(ref: Omit<ObjectRef, 'apiVersion'>): string {
  return [ref.kind, ref.namespace, ref.name].filter(Boolean).join('/');
}

export function isReady(pod: KubernetesObject): boolean {
  return (
    asPod(pod).status?.conditions?.some(
      ({ type, status }) => type === 'Ready' && status === 'True',
    ) ?? false
  );
}

export function isDeleting(object: KubernetesObject): boolean {
  return object.metadata.deletionTimestamp !== undefined;
}

export function hasPort(pod: KubernetesObject, port: string): boolean {
  return (
    asPod(pod).spec?.containers.some(container =>
      container.ports?.some(({ name }) => name === port),
    ) === true
  );
}

/** A copy of its own, as another process would have it. */
export function copy<T>(value: T): T {
  return JSON.parse(JSON.stringify(value));
}
