import { secretEnv, type EnvVar } from './environment';
import { INIT, releaseName } from './naming';
import { PIP_VARIABLES, pipSecretName } from './requirements';
import type { ReleaseOptions } from './types';

export const PACKAGE_MOUNT = '/krt';
/** Where the libraries of a node are. */
export const REQUIREMENTS_DIR = '/konstellation/requirements';
const PIP_CACHE_DIR = '/konstellation/pip-cache';
/** Of the time a start has: what fails for its time is told before the deadline. */
const INSTALL_SHARE = 0.8;

/** What is the same for all containers of a pod. */
interface Common {
  env: EnvVar[];
  securityContext: object;
}

/** Fetches the package, verifies and unpacks it. Only it gets the token. */
export function fetchContainer(
  options: ReleaseOptions,
  { env, securityContext }: Common,
  resources: object,
) {
  const { version, release } = options;
  return {
    name: INIT.fetch,
    image: options.images.krtFetch,
    env: [
      ...env,
      { name: 'KRT_PACKAGE_URL', value: options.packageUrl },
      { name: 'KRT_PACKAGE_DIGEST', value: version.packageDigest },
      {
        name: 'KRT_PACKAGE_LIMITS',
        value: JSON.stringify(options.packageLimits),
      },
      secretEnv(releaseName(version.name, release), 'KRT_PACKAGE_TOKEN'),
    ],
    resources,
    securityContext,
    terminationMessagePolicy: 'FallbackToLogsOnError',
    volumeMounts: [{ name: 'package', mountPath: PACKAGE_MOUNT }],
  };
}

/** Installs the requirements of a node, with its own image, so that libraries are of the Python that imports them. */
export function installContainer(
  options: ReleaseOptions,
  { env, securityContext }: Common,
  node: { image: string; src: string; resources: object },
) {
  const { version, release, python, progressDeadlineSeconds } = options;
  const secret = pipSecretName(releaseName(version.name, release));
  const seconds = Math.max(
    1,
    Math.floor(progressDeadlineSeconds * INSTALL_SHARE),
  );
  return {
    name: INIT.install,
    image: node.image,
    args: ['install'],
    env: [
      ...env,
      { name: 'KRT_NODE_SRC', value: node.src },
      { name: 'KRT_REQUIREMENTS_DIR', value: REQUIREMENTS_DIR },
      { name: 'KRT_REQUIREMENTS_TIMEOUT_SECONDS', value: String(seconds) },
      // All that there can be, so that a pod is the same whatever is configured now.
      ...PIP_VARIABLES.map(key => ({
        name: key,
        valueFrom: { secretKeyRef: { name: secret, key, optional: true } },
      })),
      ...(python.cacheClaim
        ? [{ name: 'PIP_CACHE_DIR', value: PIP_CACHE_DIR }]
        : []),
    ],
    // Those of the node: a pod takes the larger of both, so it costs nothing more.
    resources: node.resources,
    securityContext,
    terminationMessagePolicy: 'FallbackToLogsOnError',
    volumeMounts: [
      { name: 'package', mountPath: PACKAGE_MOUNT, readOnly: true },
      { name: 'requirements', mountPath: REQUIREMENTS_DIR },
      // Mounted into no node: what one writes there another would install.
      ...(python.cacheClaim
        ? [{ name: 'pip-cache', mountPath: PIP_CACHE_DIR }]
        : []),
    ],
  };
}

/** Volumes of what is installed. */
export function installVolumes({ python }: Pick<ReleaseOptions, 'python'>) {
  return [
    { name: 'requirements', emptyDir: { sizeLimit: python.volumeSize } },
    ...(python.cacheClaim
      ? [
          {
            name: 'pip-cache',
            persistentVolumeClaim: { claimName: python.cacheClaim },
          },
        ]
      : []),
  ];
}
