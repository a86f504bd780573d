import { createHash } from 'node:crypto';
import type { RuntimeRecord, VersionRecord } from '../domain/types';

const PREFIX = 'konstellation.io';

/** Labels of everything the portal makes. */
export const LABELS = {
  runtime: `${PREFIX}/runtime`,
  solution: `${PREFIX}/solution`,
  version: `${PREFIX}/version`,
  versionUid: `${PREFIX}/version-uid`,
  node: `${PREFIX}/node`,
  workflow: `${PREFIX}/workflow`,
  release: `${PREFIX}/release`,
  /** On pods that install requirements: they may reach the index of python packages. */
  requirements: `${PREFIX}/requirements`,
  /** On what says whose a namespace is: which portal, where several share a cluster. */
  portal: `${PREFIX}/portal`,
} as const;

export const MANAGED_BY = { 'app.kubernetes.io/managed-by': 'konstellation' };

/** Server-side apply: everything the portal applies is owned by this manager. */
export const FIELD_MANAGER = 'konstellation';

/** Name of the entrypoint among the nodes; reserved, so that no node of a package has it. */
export const ENTRYPOINT = 'entrypoint';

/** Init containers, in their order. */
export const INIT = { fetch: 'krt-fetch', install: 'krt-install' } as const;

function sha256(...parts: string[]): string {
  return createHash('sha256').update(parts.join('\0')).digest('hex');
}

/** Package digest and configuration revision, of one version: 10 hex digits. */
export function releaseId(version: {
  uid: string;
  packageDigest: string;
  revision: number;
}): string {
  const { uid, packageDigest, revision } = version;
  return sha256(uid, packageDigest, String(revision)).slice(0, 10);
}

/**
 * `v-<version>-<node>-<h8>`: a DNS label of at most 2+19+1+19+1+8 = 50 characters that is never equal for two nodes. Begins
 * with a letter, as names of Services must.
 */
export function workloadName(options: {
  uid: string;
  version: string;
  node: string;
  workflow: string;
  release: string;
}): string {
  const { uid, version, node, workflow, release } = options;
  const h8 = sha256(uid, workflow, node, release).slice(0, 8);
  return `v-${version}-${node}-${h8}`;
}

/** Owner of everything of a release, and the Secret of it. */
export function releaseName(version: string, release: string): string {
  return `v-${version}-${release}`;
}

export function publishedServiceName(solution: string): string {
  return `published-${solution}`;
}

/** Labels of everything of a release. */
export function versionLabels(
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
