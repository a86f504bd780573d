import type { KubernetesObject } from '@konstellation/backstage-plugin-konstellation-node';
import type { Pod, Service, ServicePort } from 'kubernetes-types/core/v1';
import type { PodRunner } from '../pods/PodRunner';
import type { ObjectStore } from '../store/ObjectStore';

/** Finds who stands behind Services. */
export class Endpoints {
  constructor(
    private readonly store: ObjectStore,
    private readonly runnerOf: (pod: KubernetesObject) => PodRunner | undefined,
  ) {}

  portsOf(service: KubernetesObject): ServicePort[] {
    const { spec }: Service = service as Service;
    return spec?.ports ?? [];
  }

  /** Loopback ports of the ready pods the Service selects. */
  resolve(service: KubernetesObject, port: ServicePort): number[] {
    const { spec }: Service = service as Service;
    if (!spec?.selector) return [];
    return this.store
      .list(
        { apiVersion: 'v1', kind: 'Pod' },
        { namespace: service.metadata.namespace, labels: spec.selector },
      )
      .filter(isServing)
      .flatMap(pod => {
        const found = this.runnerOf(pod)?.portOf(port.targetPort ?? port.port);
        return found === undefined ? [] : [found];
      });
  }
}

function isServing(object: KubernetesObject): boolean {
  const pod: Pod = object as Pod;
  return (
    !object.metadata.deletionTimestamp &&
    (pod.status?.conditions?.some(
      ({ type, status }) => type === 'Ready' && status === 'True',
    ) ??
      false)
  );
}
