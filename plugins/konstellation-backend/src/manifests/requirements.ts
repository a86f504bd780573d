import { posix } from 'node:path';
import { usedNodes } from '@konstellation/krt';
import type { VersionRecord } from '../domain/types';
import { resolveImage } from './images';
import type { Manifest, ReleaseOptions } from './types';

const FILE = 'requirements.txt';

/** Settings of pip, in its own words, that say where libraries come from. */
export const PIP_VARIABLES = [
  'PIP_INDEX_URL',
  'PIP_EXTRA_INDEX_URL',
  'PIP_FIND_LINKS',
  'PIP_NO_INDEX',
  'PIP_TRUSTED_HOST',
  'PIP_PROXY',
] as const;

/** How the requirements of python packages are installed. */
export interface PythonOptions {
  /** URLs among them may hold passwords. */
  pip: Partial<Record<(typeof PIP_VARIABLES)[number], string>>;
  /** What the libraries of a node may take, a quantity such as `4Gi`. */
  volumeSize: string;
  /** PersistentVolumeClaim that keeps wheels between pods, by its name in the namespaces of runtimes. */
  cacheClaim?: string;
}

/** Whether a node runs on our python runner and has requirements: in the root of the package, or beside its source. */
export function hasRequirements(
  options: Pick<ReleaseOptions, 'images' | 'imageRules'> & {
    version: Pick<VersionRecord, 'files'>;
  },
  node: { image: string; src: string },
): boolean {
  const { image } = resolveImage(options.imageRules, node.image);
  if (image !== options.images.python) return false;
  const beside = posix.normalize(posix.join(posix.dirname(node.src), FILE));
  return options.version.files.some(
    ({ path }) => path === FILE || path === beside,
  );
}

/** Name of the Secret that tells pip of a release where libraries come from. */
export function pipSecretName(release: string): string {
  return `${release}-pip`;
}

/**
 * Where libraries come from, for the installing container alone; undefined where no node has requirements. A Secret, as URLs may
 * hold passwords, and one of its own: unlike that of the release it follows the configuration of the portal, and no pod begins
 * anew for it.
 */
export function pipSecret(options: ReleaseOptions): Manifest | undefined {
  const { manifest } = options.version;
  const isNeeded = usedNodes(manifest).some(node =>
    hasRequirements(options, node),
  );
  if (!isNeeded) return undefined;
  const data = Object.entries(options.python.pip).map(([name, value]) => [
    name,
    Buffer.from(value).toString('base64'),
  ]);
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'Opaque',
    data: Object.fromEntries(data),
  };
}
