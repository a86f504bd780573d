import type { KubernetesObject } from '../cluster';

/** Name of the container of every Deployment of the contract. */
export const CONTAINER = 'server';

export interface ServerOptions {
  /** Which image; the one that answers by default. */
  image: string;
  /** One by default; `unsaid` where something else sets it. */
  replicas?: number | 'unsaid';
  env?: Array<Record<string, unknown>>;
  owner?: KubernetesObject;
  volumes?: unknown[];
  volumeMounts?: unknown[];
  initContainers?: unknown[];
}

/** Reference of what goes with its owner. */
export function ownerReference(owner: KubernetesObject) {
  const { apiVersion, kind, metadata } = owner;
  return {
    apiVersion,
    kind,
    name: metadata.name,
    uid: metadata.uid ?? '',
    blockOwnerDeletion: true,
  };
}

/** What a pod may be in a namespace that enforces the standard `restricted`. */
export const RESTRICTED = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ['ALL'] },
};

/** A Deployment of servers that answer with its name; its pods carry the label `app`. */
export function server(
  namespace: string,
  name: string,
  options: ServerOptions,
): KubernetesObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {
      name,
      namespace,
      labels: { app: name, suite: 'contract' },
      ...(options.owner
        ? { ownerReferences: [ownerReference(options.owner)] }
        : {}),
    },
    spec: {
      ...(options.replicas === 'unsaid'
        ? {}
        : { replicas: options.replicas ?? 1 }),
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name, suite: 'contract' } },
        spec: {
          automountServiceAccountToken: false,
          enableServiceLinks: false,
          terminationGracePeriodSeconds: 2,
          securityContext: {
            runAsNonRoot: true,
            runAsUser: 10001,
            fsGroup: 10001,
            seccompProfile: { type: 'RuntimeDefault' },
          },
          ...(options.initContainers
            ? { initContainers: options.initContainers }
            : {}),
          containers: [
            {
              name: CONTAINER,
              image: options.image,
              ports: [{ name: 'http', containerPort: 8080 }],
              env: [
                { name: 'KRT_PORT_HTTP', value: '8080' },
                { name: 'ANSWER', value: name },
                ...(options.env ?? []),
              ],
              securityContext: RESTRICTED,
              readinessProbe: {
                httpGet: { path: '/', port: 'http' },
                periodSeconds: 1,
              },
              terminationMessagePolicy: 'FallbackToLogsOnError',
              ...(options.volumeMounts
                ? { volumeMounts: options.volumeMounts }
                : {}),
            },
          ],
          ...(options.volumes ? { volumes: options.volumes } : {}),
        },
      },
    },
  };
}

/** What keeps a Deployment between 2 and 3 pods. */
export function autoscaler(namespace: string, name: string): KubernetesObject {
  return {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name, namespace, labels: { suite: 'contract' } },
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name },
      minReplicas: 2,
      maxReplicas: 3,
      metrics: [
        {
          type: 'ContainerResource',
          containerResource: {
            name: 'cpu',
            container: CONTAINER,
            target: { type: 'Utilization', averageUtilization: 80 },
          },
        },
      ],
    },
  };
}

/** A Service in front of the pods with that label. */
export function service(
  namespace: string,
  name: string,
  app: string,
): KubernetesObject {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace, labels: { suite: 'contract' } },
    spec: {
      selector: { app },
      ports: [
        { name: 'public', port: 80, protocol: 'TCP', targetPort: 'http' },
      ],
    },
  };
}

export function configMap(
  namespace: string,
  name: string,
  data: Record<string, string> = {},
): KubernetesObject {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace, labels: { suite: 'contract' } },
    data,
  };
}

export function secret(
  namespace: string,
  name: string,
  stringData: Record<string, string>,
): KubernetesObject {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'Opaque',
    immutable: true,
    metadata: { name, namespace, labels: { suite: 'contract' } },
    stringData,
  };
}
