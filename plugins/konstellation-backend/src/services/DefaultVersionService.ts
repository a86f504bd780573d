import { ConflictError, NotFoundError } from '@backstage/errors';
import { v7 as uuid } from 'uuid';
import type { Version } from '@konstellation/backstage-plugin-konstellation-common';
import type { Database } from '../database/Database';
import type { PageQuery } from '../database/paging';
import type { PublicationStore } from '../database/PublicationStore';
import type { RuntimeStore } from '../database/RuntimeStore';
import type { VersionWithFacts } from '../database/statuses';
import type { VersionStore } from '../database/VersionStore';
import type { RuntimeRecord } from '../domain/types';
import { checkComment } from '../domain/validation';
import type { PackageStore } from '../packages/PackageStore';
import { readPackageFile } from '../packages/readPackageFile';
import type { ClusterOperations } from '../reconciliation/types';
import { statusReport } from '../status/statusReport';
import { docsOf, isDocsFile } from './docs';
import { toPublicationAnswer, toVersionAnswer } from './presentation';
import { RefusedConflict } from '../domain/refusals';
import { refuseWithoutRoom } from './room';
import { schemaOf } from './schema';
import type { Caller, LogQuery, VersionName, VersionQuery } from './types';
import type { VersionUploads } from './VersionUploads';

/** What a new version is made of: bytes, an upload in parts that is complete, or the package of another version. */
export type PackageSource =
  | { bytes: AsyncIterable<Uint8Array> }
  | { upload: string }
  | { version: VersionName };

interface RollbackRequest {
  solution?: string;
  publication?: string;
}

/** Versions, without permissions. */
export class DefaultVersionService {
  constructor(
    private readonly options: {
      database: Database;
      runtimes: RuntimeStore;
      versions: VersionStore;
      publications: PublicationStore;
      packages: PackageStore;
      operations: ClusterOperations;
      uploads: VersionUploads;
      /** Called after a command: there is work for the reconciler. */
      wake: () => void;
    },
  ) {}

  async list(runtime: string, query: VersionQuery) {
    await this.#runtime(runtime);
    const page = await this.options.versions.list(runtime, query);
    return { ...page, items: page.items.map(item => this.#answer(item)) };
  }

  async get(name: VersionName) {
    return this.#answer(await this.#version(name));
  }

  async upload(
    runtime: string,
    source: PackageSource,
    options: { solution?: string; mayConfigure: boolean },
    caller: Caller,
  ) {
    const { uploads } = this.options;
    const place = { runtime, ...options };
    let version: string;
    if ('upload' in source) {
      version = await uploads.fromUpload(place, source.upload, caller);
    } else if ('version' in source) {
      version = await uploads.fromVersion(place, source.version, caller);
    } else {
      version = await uploads.inOneRequest(place, source.bytes, caller);
    }
    return this.get({ runtime, version });
  }

  async delete(name: VersionName, comment: string, caller: Caller) {
    await this.#command(name, 'delete', { comment }, caller);
  }

  async start(
    name: VersionName,
    request: { comment: string; publishWhenReady?: boolean },
    caller: Caller,
  ) {
    checkComment(request.comment);
    await this.#refuseUnsafe(name.runtime);
    await this.#command(name, 'start', request, caller);
    return this.get(name);
  }

  /** Looked at as it is now only where it was not fine: the reconciler looks again in any case. @throws RefusedConflict */
  async #refuseUnsafe(id: string): Promise<void> {
    const runtime = await this.#runtime(id);
    const { bound, observed } = runtime;
    if (observed?.namespace?.ready ?? !bound) return;
    const why = await this.options.operations.whyNotStarted(runtime);
    if (why !== undefined)
      throw new RefusedConflict('namespace-not-ready', why);
  }

  async stop(name: VersionName, comment: string, caller: Caller) {
    await this.#command(name, 'stop', { comment }, caller);
    return this.get(name);
  }

  async publish(name: VersionName, comment: string, caller: Caller) {
    await this.options.publications.publish(name.runtime, name.version, {
      actor: caller.actor,
      comment: checkComment(comment),
    });
    this.options.wake();
    return this.get(name);
  }

  async unpublish(name: VersionName, comment: string, caller: Caller) {
    await this.options.publications.unpublish(name.runtime, name.version, {
      actor: caller.actor,
      comment: checkComment(comment),
    });
    this.options.wake();
    return this.get(name);
  }

  /** Where a roll back goes to, and whether it has to start that version. @throws NotFoundError, ConflictError */
  async rollbackTarget(runtime: string, request: RollbackRequest) {
    await this.#runtime(runtime);
    const target = await this.options.publications.rollbackTarget(runtime, {
      solution: request.solution ?? runtime,
      publication: request.publication,
    });
    return { ...target, startsVersion: !target.isStarted };
  }

  async rollback(
    runtime: string,
    request: RollbackRequest & { comment: string },
    caller: Caller,
  ): Promise<Version> {
    const comment = checkComment(request.comment);
    const target = await this.rollbackTarget(runtime, request);
    if (target.startsVersion) await this.#refuseUnsafe(runtime);
    if (target.isStarted) {
      await this.#refuseWithoutRoom(
        { runtime, version: target.version },
        target.configurationRevision,
      );
    }
    const version = await this.options.publications.rollback(runtime, {
      solution: target.solution,
      // The one that was looked at, whatever is published meanwhile.
      publication: target.id,
      startId: uuid(),
      actor: caller.actor,
      comment,
    });
    this.options.wake();
    return this.get({ runtime, version });
  }

  /** Another revision of a running version runs beside it for a while. @throws ConflictError where the quota has no room */
  async #refuseWithoutRoom(name: VersionName, revision: number) {
    const runtime = await this.#runtime(name.runtime);
    const { version } = await this.#version(name);
    if (version.releaseRevision === revision) return;
    if (version.retiring?.revision === revision) return;
    const room = await this.options.operations.roomFor(runtime, version);
    refuseWithoutRoom(room, 'stop the version first, then roll back');
  }

  async listPublications(
    runtime: string,
    query: PageQuery & { solution?: string },
  ) {
    const { solutions } = await this.options.runtimes.summary(runtime);
    const page = await this.options.publications.list(runtime, query);
    const current = new Set(solutions.map(({ publication }) => publication));
    return {
      ...page,
      items: page.items.map(record =>
        toPublicationAnswer(record, current.has(record.id)),
      ),
    };
  }

  async getStatus(name: VersionName) {
    const known = await this.#version(name);
    return statusReport(this.#answer(known), known.version);
  }

  async readLogs(name: VersionName, query: LogQuery, signal: AbortSignal) {
    const runtime = await this.#runtime(name.runtime);
    const { version } = await this.#version(name);
    return this.options.operations.readLogs(runtime, version, query, signal);
  }

  async getDocs(name: VersionName) {
    return docsOf((await this.#version(name)).version.files);
  }

  async getDocsFile(name: VersionName, path: string) {
    const { version } = await this.#version(name);
    const file = version.files.find(candidate => candidate.path === path);
    if (!file || !isDocsFile(file)) {
      throw new NotFoundError(`the documentation has no file "${path}"`);
    }
    const { packages } = this.options;
    return {
      mediaType: file.mediaType,
      content: await readPackageFile(packages, version.packageDigest, path),
    };
  }

  async getFiles(name: VersionName) {
    return (await this.#version(name)).version.files;
  }

  async getSchema(name: VersionName) {
    return schemaOf((await this.#version(name)).version);
  }

  async predict(
    name: VersionName,
    rpc: string,
    body: unknown,
    signal: AbortSignal,
  ) {
    const runtime = await this.#runtime(name.runtime);
    const { version } = await this.#version(name);
    if (!version.proto.rpcs.some(candidate => candidate.name === rpc)) {
      throw new NotFoundError(`the package has no rpc "${rpc}"`);
    }
    if (version.desired !== 'started') {
      throw new ConflictError(
        'the version must be started before it can be called',
      );
    }
    return this.options.operations.predict(runtime, version, rpc, body, signal);
  }

  async #command(
    name: VersionName,
    command: 'start' | 'stop' | 'delete',
    request: { comment: string; publishWhenReady?: boolean },
    caller: Caller,
  ) {
    await this.options.versions.command(name.runtime, name.version, command, {
      startId: uuid(),
      actor: caller.actor,
      comment: checkComment(request.comment),
      publishWhenReady: request.publishWhenReady,
    });
    this.options.wake();
  }

  /** @throws NotFoundError */
  async #runtime(id: string): Promise<RuntimeRecord> {
    const runtime = await this.options.runtimes.find(id);
    if (runtime) return runtime;
    throw new NotFoundError(`no runtime with the id "${id}"`);
  }

  /** @throws NotFoundError */
  async #version(name: VersionName): Promise<VersionWithFacts> {
    await this.#runtime(name.runtime);
    return this.options.versions.get(name.runtime, name.version);
  }

  #answer(known: VersionWithFacts): Version {
    const { database } = this.options;
    return toVersionAnswer(known, database.policy.deadlines, database.now());
  }
}
