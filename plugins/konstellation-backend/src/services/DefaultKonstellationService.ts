import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { ConflictError, InputError, NotFoundError } from '@backstage/errors';
import { v7 as uuid } from 'uuid';
import type {
  CreateRuntimeRequest,
  UpdateRuntimeRequest,
  Version,
} from '@konstellation/backstage-plugin-konstellation-common';
import type { ActivityStore } from '../database/ActivityStore';
import type { Database } from '../database/Database';
import type { PageQuery } from '../database/paging';
import type { PublicationStore } from '../database/PublicationStore';
import type { RuntimeStore } from '../database/RuntimeStore';
import { declaredKeys, type VersionWithFacts } from '../database/statuses';
import type { VersionStore } from '../database/VersionStore';
import type { Deadlines } from '../domain/deriveVersionStatus';
import {
  checkComment,
  checkId,
  checkLabels,
  checkName,
  checkSettings,
  checkValue,
  MAX_REVISION_BYTES,
} from '../domain/validation';
import type { PackageStore } from '../packages/PackageStore';
import { readPackageFile } from '../packages/readPackageFile';
import type { ClusterOperations, Clusters } from '../reconciliation/types';
import { statusReport } from '../status/statusReport';
import { docsOf, isDocsFile } from './docs';
import {
  toActivityAnswer,
  toConfigurationAnswer,
  toPublicationAnswer,
  toRuntimeAnswer,
  toVersionAnswer,
} from './presentation';
import type {
  Caller,
  KonstellationService,
  LogQuery,
  VersionName,
} from './types';
import type { VersionUploads } from './VersionUploads';

/** A package to try the product with, on this machine. */
export interface Example {
  package: string;
  runtime: string;
  name: string;
  origins: string[];
}

export interface DefaultKonstellationServiceOptions {
  database: Database;
  runtimes: RuntimeStore;
  versions: VersionStore;
  publications: PublicationStore;
  activities: ActivityStore;
  packages: PackageStore;
  clusters: Clusters;
  operations: ClusterOperations;
  deadlines: Deadlines;
  uploads: VersionUploads;
  namespacePrefix: string;
  /** Names of the clusters; the first is the default. */
  clusterNames: string[];
  example?: Example;
  /** Called after a command: there is work for the reconciler. */
  wake: () => void;
}

/** What a new version is made of: bytes, an upload in parts that is complete, or the package of another version. */
export type PackageSource =
  | { bytes: AsyncIterable<Uint8Array> }
  | { upload: string }
  | { version: VersionName };

/** The use cases, without permissions. */
export class DefaultKonstellationService
  implements
    Omit<
      KonstellationService,
      'uploadVersion' | 'beginUpload' | 'findUpload' | 'cancelUpload'
    >
{
  constructor(private readonly options: DefaultKonstellationServiceOptions) {}

  async listRuntimes(
    query: PageQuery & {
      search?: string;
      owner?: string;
      status?: string;
      visible?: Parameters<RuntimeStore['list']>[0]['visible'];
    },
  ) {
    const page = await this.options.runtimes.list(query);
    const items = await Promise.all(
      page.items.map(async summary =>
        toRuntimeAnswer(summary, await this.#front(summary.runtime.cluster)),
      ),
    );
    return {
      ...page,
      items: query.status
        ? items.filter(item => item.status === query.status)
        : items,
    };
  }

  async getRuntime(id: string) {
    const summary = await this.options.runtimes.summary(id);
    return toRuntimeAnswer(summary, await this.#front(summary.runtime.cluster));
  }

  async createRuntime(request: CreateRuntimeRequest, caller: Caller) {
    checkId(request.id);
    const name = checkName(request.name);
    const settings = request.settings ?? {};
    checkSettings(settings);
    checkLabels(request.labels ?? {});
    const cluster = request.cluster ?? this.options.clusterNames[0];
    if (!cluster || !this.options.clusterNames.includes(cluster)) {
      throw new InputError(
        `there is no cluster "${cluster ?? ''}"; there are: ${
          this.options.clusterNames.join(', ') || 'none'
        }`,
      );
    }
    await this.options.runtimes.create(
      {
        id: request.id,
        name,
        description: (request.description ?? '').trim().slice(0, 2_000),
        owner: request.owner ?? caller.actor,
        labels: request.labels ?? {},
        cluster,
        namespace: `${this.options.namespacePrefix}${request.id}`,
        settings,
        signal: randomBytes(16).toString('hex'),
        revision: 0,
        deleting: false,
        createdBy: caller.actor,
        createdAt: this.options.database.now(),
      },
      {
        actor: caller.actor,
        type: 'runtime.created',
        runtime: request.id,
        comment: name,
      },
    );
    this.options.wake();
    return this.getRuntime(request.id);
  }

  async updateRuntime(
    id: string,
    request: UpdateRuntimeRequest,
    caller: Caller,
  ) {
    const { runtime } = await this.options.runtimes.summary(id);
    if (runtime.deleting) {
      throw new ConflictError('the runtime is being deleted');
    }
    if (request.settings) checkSettings(request.settings);
    if (request.labels) checkLabels(request.labels);
    const change = {
      ...(request.name === undefined ? {} : { name: checkName(request.name) }),
      ...(request.description === undefined
        ? {}
        : { description: request.description.trim().slice(0, 2_000) }),
      ...(request.owner === undefined ? {} : { owner: request.owner }),
      ...(request.labels === undefined ? {} : { labels: request.labels }),
      ...(request.settings === undefined
        ? {}
        : { settings: { ...runtime.settings, ...request.settings } }),
    };
    if (Object.keys(change).length > 0) {
      await this.options.runtimes.update(id, change, {
        actor: caller.actor,
        type: 'runtime.updated',
        runtime: id,
        comment: `Changed ${Object.keys(change).join(', ')}`,
      });
      this.options.wake();
    }
    return this.getRuntime(id);
  }

  async deleteRuntime(id: string, comment: string, caller: Caller) {
    const why = checkComment(comment);
    await this.options.runtimes.summary(id);
    await this.options.runtimes.markDeleting(id, {
      actor: caller.actor,
      type: 'runtime.deleted',
      runtime: id,
      comment: why,
    });
    this.options.wake();
  }

  async listVersions(
    runtime: string,
    query: PageQuery & { solution?: string; status?: string },
  ) {
    await this.options.runtimes.summary(runtime);
    const page = await this.options.versions.list(runtime, query);
    return {
      ...page,
      items: await Promise.all(page.items.map(item => this.#answer(item))),
    };
  }

  async getVersion(name: VersionName) {
    return this.#answer(await this.#version(name));
  }

  async uploadVersion(
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
    return this.getVersion({ runtime, version });
  }

  async deleteVersion(name: VersionName, comment: string, caller: Caller) {
    await this.#command(name, 'delete', comment, caller);
  }

  async getConfiguration(name: VersionName, options: { showValues: boolean }) {
    return toConfigurationAnswer(await this.#version(name), options.showValues);
  }

  async updateConfiguration(
    name: VersionName,
    request: {
      values: Record<string, string>;
      comment: string;
      confirm: string[];
    },
    caller: Caller,
  ) {
    const comment = checkComment(request.comment);
    const known = await this.#version(name);
    const types = new Map(
      declaredKeys(known.version).map(({ key, type }) => [key, type] as const),
    );
    let bytes = 0;
    for (const [key, value] of Object.entries(request.values)) {
      checkValue(key, value, types.get(key) ?? 'variable');
      bytes += Buffer.byteLength(value);
    }
    if (bytes > MAX_REVISION_BYTES) {
      throw new InputError(
        `all values together have more than ${MAX_REVISION_BYTES} bytes`,
      );
    }
    await this.options.versions.configure(name.runtime, name.version, {
      values: request.values,
      confirm: request.confirm,
      actor: caller.actor,
      comment,
    });
    return toConfigurationAnswer(await this.#version(name), false);
  }

  async start(name: VersionName, comment: string, caller: Caller) {
    return this.#command(name, 'start', comment, caller);
  }

  async stop(name: VersionName, comment: string, caller: Caller) {
    return this.#command(name, 'stop', comment, caller);
  }

  async publish(name: VersionName, comment: string, caller: Caller) {
    await this.options.publications.publish(name.runtime, name.version, {
      actor: caller.actor,
      comment: checkComment(comment),
    });
    this.options.wake();
    return this.getVersion(name);
  }

  async unpublish(name: VersionName, comment: string, caller: Caller) {
    await this.options.publications.unpublish(name.runtime, name.version, {
      actor: caller.actor,
      comment: checkComment(comment),
    });
    this.options.wake();
    return this.getVersion(name);
  }

  async rollback(
    runtime: string,
    request: { solution?: string; publication?: string; comment: string },
    caller: Caller,
  ): Promise<Version> {
    const comment = checkComment(request.comment);
    await this.options.runtimes.summary(runtime);
    const version = await this.options.publications.rollback(runtime, {
      solution: request.solution ?? runtime,
      publication: request.publication,
      actor: caller.actor,
      comment,
    });
    this.options.wake();
    return this.getVersion({ runtime, version });
  }

  async getStatus(name: VersionName) {
    const known = await this.#version(name);
    return statusReport(await this.#answer(known), known.version);
  }

  async readLogs(
    name: VersionName,
    query: LogQuery,
    _caller: Caller,
    signal: AbortSignal,
  ) {
    const { runtime, version } = await this.#running(name);
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
    const { proto, manifest } = (await this.#version(name)).version;
    return {
      proto: proto.text,
      rpcs: proto.rpcs.flatMap(rpc => {
        const workflow = manifest.workflows.find(
          candidate => candidate.entrypoint === rpc.name,
        );
        if (!workflow) return [];
        return [
          {
            workflow: workflow.name,
            service: proto.service,
            rpc: rpc.name,
            requestType: rpc.requestType,
            responseType: rpc.responseType,
            requestSchema: rpc.requestSchema,
            example: rpc.example,
          },
        ];
      }),
    };
  }

  async predict(
    name: VersionName,
    rpc: string,
    body: unknown,
    _caller: Caller,
    signal: AbortSignal,
  ) {
    const { runtime, version } = await this.#running(name);
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
        toPublicationAnswer(
          record,
          current.has(record.id) ? record.id : undefined,
        ),
      ),
    };
  }

  async listActivities(
    query: PageQuery & {
      runtime?: string;
      runtimes?: string[];
      version?: string;
      actor?: string;
      type?: string;
    },
  ) {
    const { runtime, ...rest } = query;
    const page = await this.options.activities.list({
      ...rest,
      ...(runtime ? { runtimes: [runtime] } : {}),
    });
    return { ...page, items: page.items.map(toActivityAnswer) };
  }

  async getExample() {
    const { example } = this.options;
    return example
      ? { available: true, runtime: example.runtime, name: example.name }
      : { available: false };
  }

  async createExample(caller: Caller) {
    const { example, runtimes, versions } = this.options;
    if (!example) throw new NotFoundError('this portal brings no example');
    if (!(await runtimes.find(example.runtime))) {
      await this.createRuntime(
        {
          id: example.runtime,
          name: example.name,
          description: 'What a house in Windsor, Ontario, may be sold for',
          settings: { origins: example.origins },
        },
        caller,
      );
    }
    const runtime = await this.getRuntime(example.runtime);
    const { items } = await versions.list(example.runtime, { limit: 1 });
    const newest = items[0];
    const version = newest
      ? await this.#answer(newest)
      : await this.uploadVersion(
          example.runtime,
          { bytes: createReadStream(example.package) },
          { mayConfigure: true },
          caller,
        );
    return { runtime, version };
  }

  async #command(
    name: VersionName,
    command: 'start' | 'stop' | 'delete',
    comment: string,
    caller: Caller,
  ) {
    await this.options.versions.command(name.runtime, name.version, command, {
      startId: uuid(),
      actor: caller.actor,
      comment: checkComment(comment),
    });
    this.options.wake();
    return this.getVersion(name);
  }

  async #version(name: VersionName): Promise<VersionWithFacts> {
    await this.options.runtimes.summary(name.runtime);
    return this.options.versions.get(name.runtime, name.version);
  }

  async #running(name: VersionName) {
    const { runtime } = await this.options.runtimes.summary(name.runtime);
    const { version } = await this.options.versions.get(
      name.runtime,
      name.version,
    );
    return { runtime, version };
  }

  async #answer(known: VersionWithFacts): Promise<Version> {
    const { runtimes, publications, deadlines, database } = this.options;
    const { version, facts } = known;
    const solution = facts.published
      ? await runtimes.solution(version.runtime, version.solution)
      : undefined;
    const published = solution?.publication
      ? await publications.get(solution.publication)
      : undefined;
    return toVersionAnswer(known, deadlines, database.now(), published);
  }

  #front(cluster: string) {
    return this.options.clusters(cluster).front();
  }
}
