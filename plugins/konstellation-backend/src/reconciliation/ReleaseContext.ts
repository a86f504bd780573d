import { createHash } from 'node:crypto';
import type { GpuSettings } from '@konstellation/backstage-plugin-konstellation-common';
import type { IngressFront } from '@konstellation/backstage-plugin-konstellation-node';
import type { KrtLimits } from '@konstellation/krt';
import type { ReconciliationStore } from '../database/types';
import type { Deadlines } from '../domain/deriveVersionStatus';
import type { RuntimeRecord, VersionRecord } from '../domain/types';
import type { ImageRule, RunnerImages } from '../manifests/images';
import { releaseId } from '../manifests/naming';
import type { PythonOptions } from '../manifests/requirements';
import type { ReleaseOptions } from '../manifests/types';
import { internalToken, packageToken } from '../manifests/tokens';
import type { Clusters, PodLogs } from './types';

export interface ReleaseSettings {
  images: RunnerImages;
  imageRules: readonly ImageRule[];
  deadlines: Deadlines;
  /** How long a release that lost publication goes on answering those who still reach it, in milliseconds. */
  drainMillis: number;
  /** URL of a package on the package port. */
  packageUrl: (digest: string) => string;
  packageLimits: Partial<KrtLimits>;
  python: PythonOptions;
  /** What nodes with a GPU get where their runtime says nothing. */
  gpu: GpuSettings;
}

/** Id of a version with a configuration revision. */
export function releaseOf(version: VersionRecord, revision: number): string {
  const { uid, packageDigest } = version;
  return releaseId({ uid, packageDigest, revision });
}

/** What a version runs, if it is to run. */
export function runningRelease(version: VersionRecord): string | undefined {
  const { desired, releaseRevision } = version;
  return desired === 'started' && releaseRevision !== undefined
    ? releaseOf(version, releaseRevision)
    : undefined;
}

/** Puts together what the manifests of a release need. */
export class ReleaseContext {
  #key: Promise<Buffer> | undefined;

  constructor(
    readonly store: ReconciliationStore,
    readonly clusters: Clusters,
    readonly settings: ReleaseSettings,
    readonly logs: PodLogs,
  ) {}

  signingKey(): Promise<Buffer> {
    this.#key ??= this.store.signingKey().catch(error => {
      this.#key = undefined;
      throw error;
    });
    return this.#key;
  }

  /** Tells this portal from others that use the same cluster. */
  async portalId(): Promise<string> {
    return createHash('sha256')
      .update('portal')
      .update(await this.signingKey())
      .digest('hex')
      .slice(0, 12);
  }

  front(runtime: RuntimeRecord): Promise<IngressFront> {
    return this.clusters(runtime.cluster).front();
  }

  async internalToken(version: VersionRecord, release: string) {
    return internalToken(await this.signingKey(), {
      uid: version.uid,
      startId: version.startId ?? '',
      release,
    });
  }

  async releaseOptions(
    runtime: RuntimeRecord,
    version: VersionRecord,
    revision: number,
  ): Promise<ReleaseOptions> {
    const {
      images,
      imageRules,
      packageLimits,
      packageUrl,
      python,
      gpu,
      deadlines,
    } = this.settings;
    const release = releaseOf(version, revision);
    return {
      runtime,
      version,
      revision,
      release,
      values: await this.store.configurationValues(version.uid, revision),
      packageUrl: packageUrl(version.packageDigest),
      packageLimits,
      packageToken: packageToken(await this.signingKey(), {
        uid: version.uid,
        startId: version.startId ?? '',
        digest: version.packageDigest,
      }),
      internalToken: await this.internalToken(version, release),
      images,
      imageRules,
      python,
      gpu,
      progressDeadlineSeconds: Math.ceil(deadlines.start / 1_000),
    };
  }
}
