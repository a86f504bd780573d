import {
  matchesLabels,
  type KubernetesObject,
} from '@konstellation/backstage-plugin-konstellation-node';
import type { ClusterObjects } from './ClusterObjects';
import {
  asEndpointSlice,
  asPod,
  asService,
  isDeleting,
  isReady,
  KINDS,
} from './objects';

const SERVICE_LABEL = 'kubernetes.io/service-name';

/** Which pods are behind a Service, written down as Kubernetes does, some turns after the fact. */
export class Endpoints {
  constructor(private readonly objects: ClusterObjects) {}

  /** Level-triggered: all Services of a namespace. */
  reconcile(namespace: string): void {
    const pods = this.objects.list(KINDS.pod, { namespace });
    for (const service of this.objects.list(KINDS.service, { namespace })) {
      const selector = asService(service).spec?.selector;
      if (!isDeleting(service) && selector) {
        this.#write(
          service,
          pods.filter(pod => matchesLabels(pod, selector)),
        );
      }
    }
  }

  /** Pods behind a Service that take calls, as the cluster's own proxies know them. */
  ready(namespace: string | undefined, service: string): KubernetesObject[] {
    return this.objects
      .list(KINDS.endpointSlice, {
        namespace,
        labels: { [SERVICE_LABEL]: service },
      })
      .flatMap(slice => asEndpointSlice(slice).endpoints ?? [])
      .filter(({ conditions }) => conditions?.ready)
      .flatMap(({ targetRef }) => {
        const pod = this.objects.get({
          ...KINDS.pod,
          namespace,
          name: targetRef?.name ?? '',
        });
        return pod && pod.metadata.uid === targetRef?.uid ? [pod] : [];
      });
  }

  #write(service: KubernetesObject, pods: KubernetesObject[]): void {
    const { name, namespace, uid, labels } = service.metadata;
    this.objects.apply({
      ...KINDS.endpointSlice,
      metadata: {
        name: `${name.slice(0, 57)}-slice`,
        namespace,
        labels: { ...labels, [SERVICE_LABEL]: name },
        ownerReferences: [
          {
            ...KINDS.service,
            name,
            uid: uid ?? '',
            controller: true,
            blockOwnerDeletion: true,
          },
        ],
      },
      addressType: 'IPv4',
      endpoints: pods.map(pod => ({
        addresses: ['127.0.0.1'],
        conditions: {
          ready: isReady(pod) && !isDeleting(pod),
          serving: isReady(pod),
          terminating: isDeleting(pod),
        },
        targetRef: {
          kind: 'Pod',
          namespace,
          name: pod.metadata.name,
          uid: pod.metadata.uid,
        },
      })),
      ports: asService(service).spec?.ports?.map(port => ({
        name: port.name,
        port: Number(portOf(pods[0], port.targetPort) ?? port.port),
        appProtocol: port.appProtocol,
      })),
    });
  }
}

function portOf(
  pod: KubernetesObject | undefined,
  target: string | number | undefined,
): number | undefined {
  if (typeof target === 'number') return target;
  const ports = pod
    ? asPod(pod).spec?.containers.flatMap(container => container.ports ?? [])
    : [];
  return ports?.find(({ name }) => name === target)?.containerPort;
}
