import { usedNodes } from '@konstellation/krt';
import type { KubernetesObject } from '@konstellation/backstage-plugin-konstellation-node';
import type { EnvVar } from './environment';
import {
  fetchContainer,
  installContainer,
  installVolumes,
  PACKAGE_MOUNT,
  REQUIREMENTS_DIR,
} from './initContainers';
import { ENTRYPOINT, INIT, LABELS, releaseName, versionLabels } from './naming';
import { gpuRequest, placementOf, topologySpread } from './placement';
import { PORTS } from './ports';
import { hasRequirements } from './requirements';
import { SERVICE_ACCOUNT } from './runtimeObjects';
import {
  deploymentScaling,
  mostReplicas,
  requestedCpu,
  scalingObjects,
  scalingOf,
} from './scaling';
import type { Own, ReleaseOptions } from './types';

const PACKAGE_DIR = `${PACKAGE_MOUNT}/package`;
/** Where a node finds its files. */
export const CONFIG_DIR = '/konstellation/config';
const MAX_BODY_BYTES = 4 * 1024 * 1024;
/**
 * Between the end of a pod being decided and its containers being told. Meanwhile it answers as before: kube-proxy gathers changes of
 * endpoints for up to a second, controllers of Ingresses and Gateways for about as long. More would make each stop slower for nothing.
 */
const DRAIN_SECONDS = 3;
/** The drain, and the 25 seconds that runners let calls in flight finish. */
const GRACE_SECONDS = 30;

interface Port {
  name: string;
  containerPort: number;
  protocol: 'TCP';
}

/** With its protocol: server-side apply tells ports of a list from each other by both. */
export function portOf(name: keyof typeof PORTS): Port {
  return { name, containerPort: PORTS[name], protocol: 'TCP' };
}

interface Workload {
  node: string;
  name: string;
  image: string;
  ports: Port[];
  probePort: string;
  env: EnvVar[];
  configFiles: string[];
  /** Other volumes, which it reads. */
  volumes?: ReadVolume[];
}

/** A volume and where it is. */
interface ReadVolume {
  name: string;
  mountPath: string;
  configMap: { name: string; optional: boolean };
}

function portVariable(name: string): string {
  return `KRT_PORT_${name.toUpperCase().replace(/-/g, '_')}`;
}

const SECURITY = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ['ALL'] },
};

function resourcesOf(options: ReleaseOptions, node: string) {
  const { resources } = options.runtime.settings;
  const own = resources?.nodes?.[node];
  return {
    requests: {
      cpu: requestedCpu(options.runtime.settings, node),
      memory: '64Mi',
      ...resources?.requests,
      ...own?.requests,
    },
    limits: { memory: '512Mi', ...resources?.limits, ...own?.limits },
  };
}

/** What runs a node or the entrypoint: a Deployment and its Service. */
export function workload(
  options: ReleaseOptions,
  own: Own,
  work: Workload,
): KubernetesObject[] {
  const { version, release } = options;
  const secret = releaseName(version.name, release);
  const labels = {
    'app.kubernetes.io/instance': work.name,
    'app.kubernetes.io/component':
      work.node === ENTRYPOINT ? 'entrypoint' : 'node',
    [LABELS.node]: work.node,
  };
  const selector = {
    [LABELS.release]: release,
    [LABELS.node]: work.node,
  };
  const common: EnvVar[] = [
    { name: 'KRT_RUNTIME', value: version.runtime },
    { name: 'KRT_SOLUTION', value: version.solution },
    { name: 'KRT_VERSION', value: version.name },
    { name: 'KRT_RELEASE', value: release },
    { name: 'KRT_PACKAGE_DIR', value: PACKAGE_DIR },
  ];
  const shared = { env: common, securityContext: SECURITY };
  const node = usedNodes(version.manifest).find(
    ({ name }) => name === work.node,
  );
  const installs = node && hasRequirements(options, node) ? node : undefined;
  const { settings } = options.runtime;
  const isGpu = node?.gpu === true;
  const scaling = scalingOf(settings, work.node, isGpu);
  const resources = resourcesOf(options, work.node);
  const gpu = isGpu ? gpuRequest(settings.gpu, options.gpu) : {};
  const probe = {
    httpGet: { path: '/healthz', port: work.probePort },
    timeoutSeconds: 5,
  };
  const template = {
    metadata: {
      labels: {
        ...versionLabels(options.runtime, version, release),
        ...labels,
        ...(installs ? { [LABELS.requirements]: 'true' } : {}),
      },
    },
    spec: {
      serviceAccountName: SERVICE_ACCOUNT,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      terminationGracePeriodSeconds: GRACE_SECONDS,
      ...placementOf(options, work.node, isGpu),
      ...(mostReplicas(scaling) > 1
        ? { topologySpreadConstraints: topologySpread(selector) }
        : {}),
      securityContext: {
        runAsNonRoot: true,
        runAsUser: 10001,
        fsGroup: 10001,
        seccompProfile: { type: 'RuntimeDefault' },
      },
      initContainers: [
        fetchContainer(options, shared, resourcesOf(options, INIT.fetch)),
        ...(installs
          ? [
              installContainer(options, shared, {
                image: work.image,
                src: installs.src,
                resources: resourcesOf(options, work.node),
              }),
            ]
          : []),
      ],
      containers: [
        {
          name: work.node,
          image: work.image,
          env: [
            ...common,
            { name: 'KRT_MAX_BODY_BYTES', value: String(MAX_BODY_BYTES) },
            ...work.ports.map(port => ({
              name: portVariable(port.name),
              value: String(port.containerPort),
            })),
            ...(installs
              ? [{ name: 'KRT_REQUIREMENTS_DIR', value: REQUIREMENTS_DIR }]
              : []),
            ...work.env,
          ],
          ports: work.ports,
          resources: {
            requests: { ...resources.requests, ...gpu },
            limits: { ...resources.limits, ...gpu },
          },
          securityContext: SECURITY,
          // Nothing of the image is run for it, as images have no shell.
          lifecycle: { preStop: { sleep: { seconds: DRAIN_SECONDS } } },
          terminationMessagePolicy: 'FallbackToLogsOnError',
          startupProbe: { ...probe, periodSeconds: 1, failureThreshold: 300 },
          readinessProbe: { ...probe, periodSeconds: 5, failureThreshold: 2 },
          livenessProbe: {
            // A node that is not ready any more is not necessarily dead: only one that does not even accept is restarted.
            timeoutSeconds: 5,
            tcpSocket: { port: work.probePort },
            periodSeconds: 10,
            failureThreshold: 6,
          },
          volumeMounts: [
            { name: 'package', mountPath: PACKAGE_MOUNT, readOnly: true },
            { name: 'tmp', mountPath: '/tmp' },
            ...(installs
              ? [
                  {
                    name: 'requirements',
                    mountPath: REQUIREMENTS_DIR,
                    readOnly: true,
                  },
                ]
              : []),
            ...(work.configFiles.length > 0
              ? [{ name: 'config', mountPath: CONFIG_DIR, readOnly: true }]
              : []),
            ...(work.volumes ?? []).map(({ name, mountPath }) => ({
              name,
              mountPath,
              readOnly: true,
            })),
          ],
        },
      ],
      volumes: [
        {
          name: 'package',
          // Unpacked and packed beside each other while it is fetched, with room for the file system's blocks.
          emptyDir: {
            sizeLimit: `${Math.ceil(
              (version.unpackedSize * 1.1 + version.packageSize) / 2 ** 20 + 16,
            )}Mi`,
          },
        },
        { name: 'tmp', emptyDir: { sizeLimit: '256Mi' } },
        ...(installs ? installVolumes(options) : []),
        ...(work.configFiles.length > 0
          ? [
              {
                name: 'config',
                secret: {
                  secretName: secret,
                  items: work.configFiles.map(key => ({ key, path: key })),
                },
              },
            ]
          : []),
        ...(work.volumes ?? []).map(({ name, configMap }) => ({
          name,
          configMap,
        })),
      ],
    },
  };
  return [
    own(
      {
        apiVersion: 'v1',
        kind: 'Service',
        spec: {
          selector,
          ports: work.ports.map(port => ({
            name: port.name,
            port: port.containerPort,
            protocol: port.protocol,
            targetPort: port.name,
          })),
        },
      },
      work.name,
      labels,
    ),
    own(
      {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        spec: {
          ...deploymentScaling(scaling),
          selector: { matchLabels: selector },
          progressDeadlineSeconds: options.progressDeadlineSeconds,
          revisionHistoryLimit: 1,
          template,
        },
      },
      work.name,
      labels,
    ),
    ...scalingObjects(work, selector, scaling).map(object =>
      own(object, work.name, labels),
    ),
  ];
}
