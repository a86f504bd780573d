import { randomUUID } from 'node:crypto';
import { ConflictError, InputError, NotFoundError } from '@backstage/errors';
import { KrtRefusedError } from '@konstellation/backstage-plugin-konstellation-common';
import type { KrtLimits, KrtReadResult } from '@konstellation/krt';
import { v7 as uuid } from 'uuid';
import type { PackageUse } from '../database/PackageUse';
import type { UploadRecord, UploadStore } from '../database/UploadStore';
import type { NewVersion, VersionStore } from '../database/VersionStore';
import type { CheckedUploads } from '../packages/CheckedUploads';
import type { PackageStore } from '../packages/PackageStore';
import { readUpload } from '../packages/readUpload';
import type { UploadLocker } from '../packages/UploadLocker';
import type { Caller } from './types';

const DIGEST = /^sha256:[0-9a-f]{64}$/;

/** What is known of a package, from reading it or from a version that has it. */
type PackageFacts = Pick<
  NewVersion,
  | 'manifest'
  | 'proto'
  | 'files'
  | 'packageDigest'
  | 'packageSize'
  | 'unpackedSize'
>;

/** Where a version is to be, and for whom. */
export interface NewVersionPlace {
  runtime: string;
  solution?: string;
  /** Whether inherited values of the configuration take effect at once. */
  mayConfigure: boolean;
}

function refused(read: KrtReadResult): boolean {
  return read.problems.some(({ severity }) => severity === 'error');
}

function factsOf(read: KrtReadResult): PackageFacts {
  const { manifest, proto } = read;
  if (!manifest || !proto) throw new KrtRefusedError(read.problems);
  return {
    manifest,
    proto,
    files: read.files,
    packageDigest: read.digest,
    packageSize: read.size,
    unpackedSize: read.unpackedSize,
  };
}

/** How packages become versions: in one request, in parts, or by the digest of one that is here already. */
export class VersionUploads {
  constructor(
    private readonly options: {
      versions: VersionStore;
      uploads: UploadStore;
      packages: PackageStore;
      packageUse: PackageUse;
      /** The bytes of uploads in parts. */
      bytes: CheckedUploads;
      locker: UploadLocker;
      /** `packedSize` is that of uploads in parts. */
      limits: Partial<KrtLimits>;
      /** Bytes of a package in one request. */
      maxRequestBytes: number;
    },
  ) {}

  /** @returns the name of the new version @throws KrtRefusedError, ConflictError */
  async inOneRequest(
    place: NewVersionPlace,
    source: AsyncIterable<Uint8Array>,
    caller: Caller,
  ): Promise<string> {
    const solution = await this.#solution(place);
    const { packages, packageUse, limits, maxRequestBytes } = this.options;
    const packedSize = Math.min(
      maxRequestBytes,
      limits.packedSize ?? maxRequestBytes,
    );
    const { read, staged } = await readUpload({
      source,
      store: packages,
      limits: { ...limits, packedSize },
    });
    try {
      const facts = factsOf(read);
      await this.options.versions.checkName(
        place.runtime,
        facts.manifest.version,
      );
      // The bytes come first: a version never names a package that is not there.
      await packageUse.reserve(read.digest);
      await staged.commit(read.digest);
      return await this.#create(place, solution, facts, caller);
    } finally {
      await staged.discard();
    }
  }

  /** Begins an upload in parts. @returns its id */
  async begin(
    place: Pick<NewVersionPlace, 'runtime' | 'solution'>,
    announced: { size: number; digest?: string },
    caller: Caller,
  ): Promise<string> {
    const solution = await this.#solution(place);
    if (announced.digest !== undefined) checkDigest(announced.digest);
    const id = randomUUID();
    await this.options.uploads.create({
      id,
      runtime: place.runtime,
      solution,
      actor: caller.actor,
      ...announced,
    });
    return id;
  }

  /** @throws NotFoundError also for the upload of somebody else */
  find(id: string, caller: Caller): Promise<UploadRecord> {
    return this.options.uploads.get(id, caller.actor);
  }

  /** Something is being sent. */
  touch(id: string): Promise<void> {
    return this.options.uploads.touch(id);
  }

  /** Removes an upload and its bytes. */
  async cancel(id: string): Promise<void> {
    await this.options.bytes.remove(id).catch(() => undefined);
    await this.options.uploads.remove(id);
  }

  /** @returns the name of the version; asked again, the same */
  async fromUpload(
    place: NewVersionPlace,
    id: string,
    caller: Caller,
  ): Promise<string> {
    // Whose it is comes first: nobody else may hold it up.
    await this.options.uploads.get(id, caller.actor);
    return this.options.locker.exclusively(id, () =>
      this.#fromUpload(place, id, caller),
    );
  }

  async #fromUpload(
    place: NewVersionPlace,
    id: string,
    caller: Caller,
  ): Promise<string> {
    const { uploads, bytes, packages, packageUse } = this.options;
    const upload = await uploads.get(id, caller.actor);
    if (upload.runtime !== place.runtime) {
      throw new ConflictError(
        `the upload was made for the runtime "${upload.runtime}"`,
      );
    }
    if (upload.version) return upload.version;
    const { offset } = await bytes.getUpload(id);
    if (offset !== upload.size) {
      throw new ConflictError(
        `the upload is not complete: ${offset} of ${upload.size} bytes are here`,
      );
    }
    const read = await bytes.result(id);
    try {
      if (upload.digest !== undefined && upload.digest !== read.digest) {
        throw new InputError(
          `what arrived is not what was sent: its digest is ${read.digest}, not ${upload.digest}; upload it again`,
        );
      }
      if (refused(read)) throw new KrtRefusedError(read.problems);
      const facts = factsOf(read);
      await this.options.versions.checkName(
        place.runtime,
        facts.manifest.version,
      );
    } catch (error) {
      // What is wrong with it does not get better: it has to be sent anew.
      await this.cancel(id);
      throw error;
    }
    await packageUse.reserve(read.digest);
    await packages.commitUpload(id, read.digest);
    const name = await this.#create(
      { ...place, solution: upload.solution },
      upload.solution,
      factsOf(read),
      caller,
    );
    await uploads.finish(id, name);
    return name;
  }

  /** Makes a version of the package of another one, which the caller was found to be allowed to read. */
  async fromVersion(
    place: NewVersionPlace,
    other: { runtime: string; version: string },
    caller: Caller,
  ): Promise<string> {
    const solution = await this.#solution(place);
    const { version } = await this.options.versions.get(
      other.runtime,
      other.version,
    );
    await this.options.packageUse.reserve(version.packageDigest);
    const opened = await this.options.packages.open(version.packageDigest);
    if (!opened) throw unknownDigest();
    opened.stream.destroy();
    await this.options.versions.checkName(place.runtime, version.name);
    return this.#create(place, solution, version, caller);
  }

  /** Versions that have a package, newest first. */
  async withPackage(
    digest: string,
  ): Promise<Array<{ runtime: string; version: string }>> {
    checkDigest(digest);
    return this.options.versions.withPackage(digest);
  }

  /** Removes uploads nobody has sent anything to for so long. @returns how many */
  async removeAbandoned(idleMillis: number): Promise<number> {
    const { uploads, packages } = this.options;
    const abandoned = await uploads.abandoned(idleMillis);
    for (const { id } of abandoned) await this.cancel(id);
    // What the database knows nothing of any more; twice as long, as its clock may be another.
    await packages.clean(2 * idleMillis);
    return abandoned.length;
  }

  async #solution(
    place: Pick<NewVersionPlace, 'runtime' | 'solution'>,
  ): Promise<string> {
    const solution = place.solution ?? place.runtime;
    await this.options.versions.checkPlace(place.runtime, solution);
    return solution;
  }

  async #create(
    place: NewVersionPlace,
    solution: string,
    facts: PackageFacts,
    caller: Caller,
  ): Promise<string> {
    const { version: name, description } = facts.manifest;
    await this.options.versions.create(
      {
        uid: uuid(),
        runtime: place.runtime,
        solution,
        name,
        description,
        manifest: facts.manifest,
        proto: facts.proto,
        files: facts.files,
        packageDigest: facts.packageDigest,
        packageSize: facts.packageSize,
        unpackedSize: facts.unpackedSize,
        createdBy: caller.actor,
      },
      {
        confirmInherited: place.mayConfigure,
        activity: {
          actor: caller.actor,
          type: 'version.created',
          runtime: place.runtime,
          solution,
          version: name,
          to: 'CREATED',
          comment: description.slice(0, 1_000),
        },
      },
    );
    return name;
  }
}

function checkDigest(digest: string): void {
  if (!DIGEST.test(digest)) {
    throw new InputError(
      'a digest is written as sha256: and 64 characters of 0–9 and a–f',
    );
  }
}

/** Said alike of a package that is nowhere and of one the caller may not know of. */
export function unknownDigest(): NotFoundError {
  return new NotFoundError(
    'no package of this digest is here; upload the package',
  );
}
