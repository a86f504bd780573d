import { InputError } from '@backstage/errors';
import type { ObjectKind } from '@konstellation/backstage-plugin-konstellation-node';

/** Kinds the portal deals with, as `<apiVersion>/<kind>`: how they are called in paths and whether namespaces have them. */
const RESOURCES: Record<string, { plural: string; isClusterWide?: true }> = {
  'v1/ConfigMap': { plural: 'configmaps' },
  'v1/Event': { plural: 'events' },
  'v1/LimitRange': { plural: 'limitranges' },
  'v1/Namespace': { plural: 'namespaces', isClusterWide: true },
  'v1/Node': { plural: 'nodes', isClusterWide: true },
  'v1/Pod': { plural: 'pods' },
  'v1/ResourceQuota': { plural: 'resourcequotas' },
  'v1/Secret': { plural: 'secrets' },
  'v1/Service': { plural: 'services' },
  'v1/ServiceAccount': { plural: 'serviceaccounts' },
  'apps/v1/Deployment': { plural: 'deployments' },
  'apps/v1/ReplicaSet': { plural: 'replicasets' },
  'autoscaling/v2/HorizontalPodAutoscaler': {
    plural: 'horizontalpodautoscalers',
  },
  'discovery.k8s.io/v1/EndpointSlice': { plural: 'endpointslices' },
  'gateway.networking.k8s.io/v1/GRPCRoute': { plural: 'grpcroutes' },
  'gateway.networking.k8s.io/v1/HTTPRoute': { plural: 'httproutes' },
  'metrics.k8s.io/v1beta1/PodMetrics': { plural: 'pods' },
  'networking.k8s.io/v1/Ingress': { plural: 'ingresses' },
  'networking.k8s.io/v1/NetworkPolicy': { plural: 'networkpolicies' },
  'policy/v1/PodDisruptionBudget': { plural: 'poddisruptionbudgets' },
};

/** Whether a kind is of the cluster and not of namespaces. */
export function isClusterWide({ apiVersion, kind }: ObjectKind): boolean {
  return RESOURCES[`${apiVersion}/${kind}`]?.isClusterWide === true;
}

/**
 * Path of all objects of a kind, or of those in a namespace.
 *
 * @throws InputError for a kind the portal does not deal with, and for a name that is no DNS name
 * @see https://kubernetes.io/docs/reference/using-api/api-concepts/#standard-api-terminology
 */
export function collectionPath(
  { apiVersion, kind }: ObjectKind,
  namespace?: string,
): string {
  const resource = RESOURCES[`${apiVersion}/${kind}`];
  if (!resource) {
    throw new InputError(`the portal does not deal with ${apiVersion} ${kind}`);
  }
  const group = apiVersion.includes('/') ? 'apis' : 'api';
  const place =
    namespace === undefined || resource.isClusterWide
      ? ''
      : `/namespaces/${segment(namespace)}`;
  return `/${group}/${apiVersion}${place}/${resource.plural}`;
}

/** Path of one object. */
export function objectPath(
  ref: ObjectKind & { name: string; namespace?: string },
): string {
  return `${collectionPath(ref, ref.namespace)}/${segment(ref.name)}`;
}

/** A name in a path. Names come from our own rules; one that could leave its place is refused all the same. */
function segment(name: string): string {
  if (/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/.test(name)) return name;
  throw new InputError(`"${name}" is no name of an object`);
}
