import { NotImplementedError } from '@backstage/errors';
import { usedNodes, type KrtLimits } from '@konstellation/krt';
import type { KubernetesObject } from '@konstellation/backstage-plugin-konstellation-node';
import type { RuntimeRecord, VersionRecord } from '../domain/types';
import { CANNOT_RUN_V2 } from '../domain/versionLifecycle';
import { resolveImage, type ImageRule, type RunnerImages } from './images';
import {
  ENTRYPOINT,
  LABELS,
  MANAGED_BY,
  releaseName,
  workloadName,
} from './naming';
import { releasePolicy } from './networkPolicies';
import { PORTS } from './ports';
import { SERVICE_ACCOUNT } from './runtimeObjects';

const PACKAGE_MOUNT = '/krt';
const PACKAGE_DIR = `${PACKAGE_MOUNT}/package`;
const CONFIG_DIR = '/konstellation/config';
const MAX_BODY_BYTES = 4 * 1024 * 1024;
const GRACE_SECONDS = 30;
/** Bytes of a file's value that also becomes an environment variable. */
const FILE_AS_VARIABLE = 32 * 1024;

export interface ReleaseOptions {
  runtime: RuntimeRecord;
  version: VersionRecord;
  /** Configuration revision of the release. */
  revision: number;
  release: string;
  /** Values of that revision. */
  values: Record<string, string>;
  packageUrl: string;
  packageToken: string;
  /** What the portal was willing to take, krt-fetch unpacks. */
  packageLimits: Partial<KrtLimits>;
  internalToken: string;
  images: RunnerImages;
  imageRules: readonly ImageRule[];
  progressDeadlineSeconds: number;
}

interface EnvVar {
  name: string;
  value?: string;
  valueFrom?: { secretKeyRef: { name: string; key: string } };
}

interface Port {
  name: string;
  containerPort: number;
  protocol: 'TCP';
}

/** With its protocol: server-side apply tells ports of a list from each other by both. */
function portOf(name: keyof typeof PORTS): Port {
  return { name, containerPort: PORTS[name], protocol: 'TCP' };
}

/** The anchor: it owns everything of the release, so that one foreground delete removes all. */
export function anchorObject(
  options: Pick<ReleaseOptions, 'runtime' | 'version' | 'revision' | 'release'>,
): KubernetesObject {
  const { runtime, version, revision, release } = options;
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name: releaseName(version.name, release),
      namespace: runtime.namespace,
      labels: versionLabels(runtime, version, release),
    },
    data: {
      packageDigest: version.packageDigest,
      configurationRevision: String(revision),
    },
  };
}

function versionLabels(
  runtime: RuntimeRecord,
  version: VersionRecord,
  release: string,
): Record<string, string> {
  return {
    ...MANAGED_BY,
    'app.kubernetes.io/name': version.solution,
    'app.kubernetes.io/version': version.name,
    'app.kubernetes.io/part-of': runtime.id,
    [LABELS.runtime]: runtime.id,
    [LABELS.solution]: version.solution,
    [LABELS.version]: version.name,
    [LABELS.versionUid]: version.uid,
    [LABELS.release]: release,
  };
}

/** What the entrypoint is told of the workflows. @throws NotImplementedError for workflows that branch, whose start is refused before */
function entrypointWorkflows({ manifest }: VersionRecord) {
  if (manifest.krtVersion !== 'v1') {
    throw new NotImplementedError(CANNOT_RUN_V2);
  }
  return manifest.workflows.map(({ name, entrypoint, sequential }) => ({
    name,
    rpc: entrypoint,
    sequential,
  }));
}

/** Everything of a release but its anchor, which has to be there first: its uid is needed. */
export function releaseObjects(
  options: ReleaseOptions,
  anchorUid: string,
): KubernetesObject[] {
  const { runtime, version, release } = options;
  const nameOf = (node: string) =>
    workloadName({
      uid: version.uid,
      version: version.name,
      node,
      workflow: '',
      release,
    });
  const owner = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    name: releaseName(version.name, release),
    uid: anchorUid,
    blockOwnerDeletion: true,
  };
  const own = (
    object: Manifest,
    name: string,
    labels: Record<string, string> = {},
  ): KubernetesObject => ({
    ...object,
    metadata: {
      name,
      namespace: runtime.namespace,
      labels: { ...versionLabels(runtime, version, release), ...labels },
      ownerReferences: [owner],
    },
  });
  const nodes = usedNodes(version.manifest);
  const secret = releaseName(version.name, release);
  const nodeUrls = Object.fromEntries(
    nodes.map(node => [node.name, `http://${nameOf(node.name)}:${PORTS.http}`]),
  );

  return [
    own(
      {
        apiVersion: 'v1',
        kind: 'Secret',
        type: 'Opaque',
        immutable: true,
        stringData: {
          ...options.values,
          KRT_PACKAGE_TOKEN: options.packageToken,
          KRT_INTERNAL_TOKEN: options.internalToken,
        },
      },
      secret,
    ),
    own(releasePolicy(release), secret),
    ...nodes.flatMap(node => {
      const resolved = resolveImage(options.imageRules, node.image);
      return workload(options, own, {
        node: node.name,
        name: nameOf(node.name),
        image: resolved.image,
        ports: [portOf('http')],
        probePort: 'http',
        env: [
          { name: 'KRT_NODE_NAME', value: node.name },
          { name: 'KRT_NODE_SRC', value: node.src },
          { name: 'KRT_CONVENTION', value: resolved.convention },
          ...configurationEnv(options, secret),
        ],
        configFiles: version.manifest.config.files,
      });
    }),
    ...workload(options, own, {
      node: ENTRYPOINT,
      name: nameOf(ENTRYPOINT),
      image: options.images.entrypoint,
      ports: [portOf('public'), portOf('internal'), portOf('metrics')],
      probePort: 'internal',
      env: [
        { name: 'KRT_PROTO', value: version.proto.path },
        {
          name: 'KRT_WORKFLOWS',
          value: JSON.stringify(entrypointWorkflows(version)),
        },
        { name: 'KRT_NODES', value: JSON.stringify(nodeUrls) },
        {
          name: 'KRT_ORIGINS',
          value: JSON.stringify(runtime.settings.origins ?? []),
        },
        secretEnv(secret, 'KRT_INTERNAL_TOKEN'),
      ],
      configFiles: [],
    }),
  ];
}

/** An object that has yet to get its metadata. */
interface Manifest {
  apiVersion: string;
  kind: string;
  [field: string]: unknown;
}

type Own = (
  object: Manifest,
  name: string,
  labels?: Record<string, string>,
) => KubernetesObject;

interface Workload {
  node: string;
  name: string;
  image: string;
  ports: Port[];
  probePort: string;
  env: EnvVar[];
  configFiles: string[];
}

function secretEnv(secret: string, key: string): EnvVar {
  return { name: key, valueFrom: { secretKeyRef: { name: secret, key } } };
}

function configurationEnv(options: ReleaseOptions, secret: string): EnvVar[] {
  const { variables, files } = options.version.manifest.config;
  const small = files.filter(
    key => Buffer.byteLength(options.values[key] ?? '') <= FILE_AS_VARIABLE,
  );
  return [
    ...[...variables, ...small]
      .filter(key => options.values[key] !== undefined)
      .map(key => secretEnv(secret, key)),
    ...(files.length > 0
      ? [{ name: 'KRT_CONFIG_DIR', value: CONFIG_DIR }]
      : []),
  ];
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
      cpu: '10m',
      memory: '64Mi',
      ...resources?.requests,
      ...own?.requests,
    },
    limits: { memory: '512Mi', ...resources?.limits, ...own?.limits },
  };
}

function workload(
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
  const probe = {
    httpGet: { path: '/healthz', port: work.probePort },
    timeoutSeconds: 5,
  };
  const template = {
    metadata: {
      labels: {
        ...versionLabels(options.runtime, version, release),
        ...labels,
      },
    },
    spec: {
      serviceAccountName: SERVICE_ACCOUNT,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      terminationGracePeriodSeconds: GRACE_SECONDS,
      securityContext: {
        runAsNonRoot: true,
        runAsUser: 10001,
        fsGroup: 10001,
        seccompProfile: { type: 'RuntimeDefault' },
      },
      initContainers: [
        {
          name: 'krt-fetch',
          image: options.images.krtFetch,
          env: [
            ...common,
            { name: 'KRT_PACKAGE_URL', value: options.packageUrl },
            { name: 'KRT_PACKAGE_DIGEST', value: version.packageDigest },
            {
              name: 'KRT_PACKAGE_LIMITS',
              value: JSON.stringify(options.packageLimits),
            },
            secretEnv(secret, 'KRT_PACKAGE_TOKEN'),
          ],
          resources: resourcesOf(options, 'krt-fetch'),
          securityContext: SECURITY,
          volumeMounts: [{ name: 'package', mountPath: PACKAGE_MOUNT }],
        },
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
            ...work.env,
          ],
          ports: work.ports,
          resources: resourcesOf(options, work.node),
          securityContext: SECURITY,
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
            ...(work.configFiles.length > 0
              ? [{ name: 'config', mountPath: CONFIG_DIR, readOnly: true }]
              : []),
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
      ],
    },
  };
  const gpu = usedNodes(version.manifest).find(
    ({ name }) => name === work.node,
  )?.gpu;
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
          replicas: 1,
          selector: { matchLabels: selector },
          progressDeadlineSeconds: options.progressDeadlineSeconds,
          revisionHistoryLimit: 1,
          strategy: {
            type: 'RollingUpdate',
            // A second GPU is rarely free.
            rollingUpdate: gpu
              ? { maxSurge: 0, maxUnavailable: 1 }
              : { maxSurge: 1, maxUnavailable: 0 },
          },
          template,
        },
      },
      work.name,
      labels,
    ),
  ];
}
