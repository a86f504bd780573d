import type { KubernetesObject } from '@konstellation/backstage-plugin-konstellation-node';
import { solutionHost } from '../domain/solutionHost';
import type { RuntimeRecord, SolutionRecord } from '../domain/types';
import { ENTRYPOINT, LABELS, MANAGED_BY, publishedServiceName } from './naming';

/** No pod carries this: with nothing published the Service has no endpoints. */
const NOTHING = 'none';

/**
 * What a solution is in the cluster: one Service whose selector names the published release, and the way in from outside,
 * which never changes.
 */
export function solutionObjects(options: {
  runtime: RuntimeRecord;
  solution: SolutionRecord;
  domain: string;
  /** The release callers are to reach. */
  release?: string;
}): KubernetesObject[] {
  const { runtime, solution, domain, release } = options;
  const name = publishedServiceName(solution.id);
  const labels = {
    ...MANAGED_BY,
    [LABELS.runtime]: runtime.id,
    [LABELS.solution]: solution.id,
  };
  return [
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name, namespace: runtime.namespace, labels },
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
            targetPort: 'public',
            appProtocol: 'kubernetes.io/h2c',
          },
        ],
      },
    },
    {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'Ingress',
      metadata: { name, namespace: runtime.namespace, labels },
      spec: {
        rules: [
          {
            host: solutionHost(runtime.id, solution.id, domain),
            http: {
              paths: [
                {
                  path: '/',
                  pathType: 'Prefix',
                  backend: { service: { name, port: { name: 'public' } } },
                },
              ],
            },
          },
        ],
      },
    },
  ];
}
