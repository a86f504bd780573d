import type { IngressFront } from '@konstellation/backstage-plugin-konstellation-node';
import type { KrtLimits } from '@konstellation/krt';
import type { ReconciliationStore } from '../database/types';
import type { RuntimeRecord, VersionRecord } from '../domain/types';
import type { ImageRule, RunnerImages } from '../manifests/images';
import { releaseId } from '../manifests/naming';
import type { ReleaseOptions } from '../manifests/releaseObjects';
import { internalToken, packageToken } from '../manifests/tokens';
import type { Clusters } from './types';

export interface ReleaseSettings {
  images: RunnerImages;
  imageRules: readonly ImageRule[];
  startDeadlineMillis: number;
  /** URL of a package on the package port. */
  packageUrl: (digest: string) => string;
  packageLimits: Partial<KrtLimits>;
}

/** What is wanted of a version, if it is to run. */
export function wantedRelease(version: VersionRecord): string | undefined {
  if (version.desired !== 'started' || version.releaseRevision === undefined) {
    return undefined;
  }
  return releaseId({
    uid: version.uid,
    packageDigest: version.packageDigest,
    revision: version.releaseRevision,
  });
}

/** Puts together what the manifests of a release need. */
export class ReleaseContext {
  #key: Promise<Buffer> | undefined;

  constructor(
    readonly store: ReconciliationStore,
    readonly clusters: Clusters,
    private readonly settings: ReleaseSettings,
  ) {}

  signingKey(): Promise<Buffer> {
    this.#key ??= this.store.signingKey();
    return this.#key;
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
    release: string,
  ): Promise<ReleaseOptions> {
    const {
      images,
      imageRules,
      packageLimits,
      packageUrl,
      startDeadlineMillis,
    } = this.settings;
    return {
      runtime,
      version,
      release,
      values: await this.store.configurationValues(
        version.uid,
        version.releaseRevision ?? 0,
      ),
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
      progressDeadlineSeconds: Math.ceil(startDeadlineMillis / 1_000),
    };
  }
}
