import {
  refOf,
  type GatewayEntry,
  type IngressEntry,
  type IngressFront,
  type KubernetesObject,
  type ObjectRef,
} from '@konstellation/backstage-plugin-konstellation-node';
import { solutionHost } from '../domain/solutionHost';
import type { RuntimeRecord, SolutionRecord } from '../domain/types';
import { ENTRYPOINT, LABELS, MANAGED_BY, publishedServiceName } from './naming';

/** Key of the ConfigMap of a solution. */
export const PUBLISHED_RELEASE = 'release';

/** No pod carries this: with nothing published the Service has no endpoints. */
const NOTHING = 'none';

export interface SolutionPlace {
  runtime: RuntimeRecord;
  solution: SolutionRecord;
  /** How callers come in. */
  front: IngressFront;
}

interface Host {
  /** Name of what lets callers in. */
  name: string;
  host: string;
  isForGrpc: boolean;
}

function hostsOf({ runtime, solution, front }: SolutionPlace): Host[] {
  const name = publishedServiceName(solution.id);
  const hostIn = (domain: string) =>
    solutionHost(runtime.id, solution.id, domain);
  const http = { name, host: hostIn(front.domain), isForGrpc: false };
  if (!front.grpc || front.grpc.domain === front.domain) return [http];
  const grpc = hostIn(front.grpc.domain);
  return [http, { name: `${name}-grpc`, host: grpc, isForGrpc: true }];
}

function ingressOf(
  place: SolutionPlace,
  entry: IngressEntry,
  { name, host, isForGrpc }: Host,
): KubernetesObject {
  const annotations = {
    ...entry.annotations,
    ...(isForGrpc ? entry.grpcAnnotations : {}),
  };
  const service = publishedServiceName(place.solution.id);
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: {
      ...metadataOf(place, name),
      ...(Object.keys(annotations).length > 0 ? { annotations } : {}),
    },
    spec: {
      ...(entry.className ? { ingressClassName: entry.className } : {}),
      ...(entry.tlsSecret
        ? {
            tls: [
              {
                hosts: [host],
                secretName: entry.tlsSecret.replaceAll('{host}', host),
              },
            ],
          }
        : {}),
      rules: [
        {
          host,
          http: {
            paths: [
              {
                path: '/',
                pathType: 'Prefix',
                backend: {
                  service: { name: service, port: { name: 'public' } },
                },
              },
            ],
          },
        },
      ],
    },
  };
}

function routeOf(
  place: SolutionPlace,
  entry: GatewayEntry,
  { name, host, isForGrpc }: Host,
): KubernetesObject {
  const service = publishedServiceName(place.solution.id);
  return {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: isForGrpc ? 'GRPCRoute' : 'HTTPRoute',
    metadata: {
      ...metadataOf(place, name),
      ...(entry.annotations ? { annotations: entry.annotations } : {}),
    },
    spec: {
      parentRefs: entry.gateways.map(gateway => ({
        group: 'gateway.networking.k8s.io',
        kind: 'Gateway',
        ...gateway,
      })),
      hostnames: [host],
      rules: [{ backendRefs: [{ name: service, port: 80 }] }],
    },
  };
}

function metadataOf({ runtime, solution }: SolutionPlace, name: string) {
  return {
    name,
    namespace: runtime.namespace,
    labels: {
      ...MANAGED_BY,
      [LABELS.runtime]: runtime.id,
      [LABELS.solution]: solution.id,
    },
  };
}

/** The way in from outside, which never changes while the solution is there. */
function entryObjects(place: SolutionPlace): KubernetesObject[] {
  const { entry = { kind: 'Ingress' } } = place.front;
  return hostsOf(place).map(host =>
    entry.kind === 'Ingress'
      ? ingressOf(place, entry, host)
      : routeOf(place, entry, host),
  );
}

/**
 * What a solution is in the cluster: one Service whose selector names the published release, the way in, and what entrypoints that
 * start are told.
 * @param release - the release callers are to reach
 */
export function solutionObjects(
  place: SolutionPlace & { release?: string },
): KubernetesObject[] {
  const { solution, release } = place;
  return [
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: metadataOf(place, publishedServiceName(solution.id)),
      spec: {
        selector: {
          [LABELS.solution]: solution.id,
          [LABELS.node]: ENTRYPOINT,
          [LABELS.release]: release ?? NOTHING,
        },
        ports: [
          {
            name: 'public',
            port: 80,
            protocol: 'TCP',
            targetPort: 'public',
            appProtocol: 'kubernetes.io/h2c',
          },
        ],
      },
    },
    ...entryObjects(place),
    publicationObject(place),
  ];
}

/**
 * Says which release is published, to entrypoints that start: a pod that comes where the cluster scales, or in place of another, lets
 * callers in as soon as it is ready, whether the portal is there or not.
 */
function publicationObject(
  place: SolutionPlace & { release?: string },
): KubernetesObject {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: metadataOf(place, publishedServiceName(place.solution.id)),
    data: { [PUBLISHED_RELEASE]: place.release ?? NOTHING },
  };
}

/** What of a solution is taken away with it: the way in first, then what it leads to. */
export function publicationRefs(place: SolutionPlace): ObjectRef[] {
  return solutionObjects(place).map(refOf).reverse();
}
