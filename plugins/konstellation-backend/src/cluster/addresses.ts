import type {
  ClusterEndpoint,
  KubernetesObject,
} from '@konstellation/backstage-plugin-konstellation-node';
import type { Pod, Service } from 'kubernetes-types/core/v1';
import type { Connection } from './connect';
import { objectPath } from './paths';

/** How the portal reaches what runs: from inside of the cluster, or through its API server. */
export type Reach = 'network' | 'apiServer';

function hostOf(address: string): string {
  return address.includes(':') ? `[${address}]` : address;
}

function podPort(pod: Pod, portName: string): number | undefined {
  return pod.spec?.containers
    .flatMap(({ ports }) => ports ?? [])
    .find(({ name }) => name === portName)?.containerPort;
}

function servicePort(service: Service, portName: string): number | undefined {
  return service.spec?.ports?.find(({ name }) => name === portName)?.port;
}

/**
 * Where a port of a Pod or Service is called, or undefined where there is none (yet).
 *
 * @see https://kubernetes.io/docs/tasks/access-application-cluster/access-cluster-services/#manually-constructing-apiserver-proxy-urls
 */
export async function addressOf(
  object: KubernetesObject,
  portName: string,
  reach: Reach,
  connection: Connection,
): Promise<ClusterEndpoint | undefined> {
  const { kind, metadata } = object;
  const pod: Pod = object as Pod;
  const isPod = kind === 'Pod';
  const port = isPod
    ? podPort(pod, portName)
    : servicePort(object as Service, portName);
  const isThere = !isPod || Boolean(pod.status?.podIP);
  if (port === undefined || !isThere) return undefined;
  if (reach === 'apiServer') {
    const { server, headers, agent } = await connection.access('calls');
    const { name, namespace } = metadata;
    const path = objectPath({ apiVersion: 'v1', kind, name, namespace });
    return {
      url: `${server.href.replace(/\/$/, '')}${path}:${port}/proxy`,
      headers,
      agent,
    };
  }
  const service: Service = object as Service;
  const address = isPod ? pod.status?.podIP : service.spec?.clusterIP;
  return address && address !== 'None'
    ? { url: `http://${hostOf(address)}:${port}`, headers: {} }
    : undefined;
}
