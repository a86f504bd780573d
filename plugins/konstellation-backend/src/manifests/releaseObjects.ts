import { NotImplementedError } from '@backstage/errors';
import { usedNodes } from '@konstellation/krt';
import type { KubernetesObject } from '@konstellation/backstage-plugin-konstellation-node';
import type { VersionRecord } from '../domain/types';
import { CANNOT_RUN_V2 } from '../domain/versionLifecycle';
import { secretEnv, type EnvVar } from './environment';
import { resolveImage } from './images';
import {
  ENTRYPOINT,
  publishedServiceName,
  releaseName,
  versionLabels,
  workloadName,
} from './naming';
import { releasePolicy } from './networkPolicies';
import { PORTS } from './ports';
import { pipSecret, pipSecretName } from './requirements';
import { PUBLISHED_RELEASE } from './solutionObjects';
import type { Manifest, ReleaseOptions } from './types';
import { CONFIG_DIR, portOf, workload } from './workload';

/** Where an entrypoint finds out whether it is published. */
const PUBLICATION_DIR = '/konstellation/publication';

/** Bytes of a file's value that also becomes an environment variable. */
const FILE_AS_VARIABLE = 32 * 1024;

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
  const pip = pipSecret(options);
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
    ...(pip ? [own(pip, pipSecretName(secret))] : []),
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
        {
          name: 'KRT_PUBLISHED_FILE',
          value: `${PUBLICATION_DIR}/${PUBLISHED_RELEASE}`,
        },
        secretEnv(secret, 'KRT_INTERNAL_TOKEN'),
      ],
      configFiles: [],
      volumes: [
        {
          name: 'publication',
          mountPath: PUBLICATION_DIR,
          configMap: {
            name: publishedServiceName(version.solution),
            optional: true,
          },
        },
      ],
    }),
  ];
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
