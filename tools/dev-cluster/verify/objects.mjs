// What the proofs run in the cluster: servers and clients of probeImage.mjs.
import { PROBE } from '../probeImage.mjs';

export const namespace = (name, labels = {}) => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name, labels },
});

const container = args => ({
  name: 'probe',
  image: PROBE,
  imagePullPolicy: 'Never',
  args,
  ports: [
    { name: 'http', containerPort: 8080 },
    { name: 'other', containerPort: 8081 },
  ],
});

export const deployment = (where, name, labels = {}) => {
  const all = { app: name, ...labels };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { namespace: where, name },
    spec: {
      selector: { matchLabels: all },
      template: {
        metadata: { labels: all },
        spec: {
          terminationGracePeriodSeconds: 2,
          containers: [
            {
              ...container(['serve', name, '8080', '8081']),
              readinessProbe: {
                httpGet: { path: '/', port: 'http' },
                periodSeconds: 1,
              },
            },
          ],
        },
      },
    },
  };
};

/** A pod that calls once, as the first thing it does, and ends. */
export const caller = (where, name, url) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { namespace: where, name },
  spec: {
    restartPolicy: 'Never',
    containers: [container(['get', '2000', url])],
  },
});

export const service = (where, name, selector) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { namespace: where, name },
  spec: {
    selector,
    ports: [
      { name: 'http', port: 80, targetPort: 'http' },
      {
        name: 'h2c',
        port: 81,
        targetPort: 'other',
        appProtocol: 'kubernetes.io/h2c',
      },
    ],
  },
});

export const policy = (where, name, spec) => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { namespace: where, name },
  spec,
});

export const DENY = { podSelector: {}, policyTypes: ['Ingress', 'Egress'] };

export const ingress = (where, host, paths) => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'Ingress',
  metadata: { namespace: where, name: 'web' },
  spec: {
    rules: [
      {
        host,
        http: {
          paths: Object.entries(paths).map(([path, [name, port]]) => ({
            path,
            pathType: 'Prefix',
            backend: { service: { name, port: { name: port } } },
          })),
        },
      },
    ],
  },
});

export const gatewayRoute = (kind, where, host, rule) => ({
  apiVersion: 'gateway.networking.k8s.io/v1',
  kind,
  metadata: { namespace: where, name: 'web' },
  spec: {
    parentRefs: [{ name: 'dev', namespace: 'ingress' }],
    hostnames: [host],
    rules: [rule],
  },
});
