import type { KubernetesObject } from '@konstellation/backstage-plugin-konstellation-node';
import type { ClusterObjects } from './ClusterObjects';
import type { Endpoints } from './Endpoints';
import type { Callee, Routes } from './EntrypointServer';
import { asIngress, asService, hasPort, isReady, KINDS } from './objects';
import type { Pods } from './Pods';

/** Who answers where: pods by their names, Services by what is behind them, hosts by their Ingress. */
export class ClusterRoutes implements Routes {
  constructor(
    private readonly objects: ClusterObjects,
    private readonly pods: Pods,
    private readonly endpoints: Endpoints,
  ) {}

  pod(namespace: string, name: string, port: string): Callee | undefined {
    return this.#callee(
      this.objects.get({ ...KINDS.pod, namespace, name }),
      port,
    );
  }

  #callee(pod: KubernetesObject | undefined, port: string): Callee | undefined {
    const state = this.pods.stateOf(pod);
    const isUp = state && ['running', 'ready'].includes(state.phase.at);
    return pod && isUp && hasPort(pod, port) ? { pod, state, port } : undefined;
  }

  service(namespace: string, name: string, port: string): Callee | undefined {
    const service = this.objects.get({ ...KINDS.service, namespace, name });
    const target = service
      ? asService(service).spec?.ports?.find(one => one.name === port)
      : undefined;
    const [pod] = this.endpoints.ready(namespace, name).filter(isReady);
    return target
      ? this.#callee(pod, String(target.targetPort ?? port))
      : undefined;
  }

  host(host: string): Callee | 'unavailable' | undefined {
    for (const ingress of this.objects.list(KINDS.ingress)) {
      for (const rule of asIngress(ingress).spec?.rules ?? []) {
        const backend = rule.http?.paths[0]?.backend.service;
        if (rule.host !== host || !backend) continue;
        const { namespace = '' } = ingress.metadata;
        return (
          this.service(namespace, backend.name, backend.port?.name ?? '') ??
          'unavailable'
        );
      }
    }
    return undefined;
  }
}
