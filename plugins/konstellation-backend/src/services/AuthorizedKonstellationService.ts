import type { PermissionsService } from '@backstage/backend-plugin-api';
import { NotAllowedError, NotFoundError } from '@backstage/errors';
import {
  AuthorizeResult,
  type BasicPermission,
  type PolicyDecision,
  type ResourcePermission,
} from '@backstage/plugin-permission-common';
import {
  createConditionTransformer,
  type ConditionTransformer,
} from '@backstage/plugin-permission-node';
import {
  activityReadPermission,
  configurationReadPermission,
  configurationUpdatePermission,
  logsReadPermission,
  predictionCallPermission,
  runtimeCreatePermission,
  runtimeDeletePermission,
  runtimeReadPermission,
  runtimeUpdatePermission,
  versionCreatePermission,
  versionDeletePermission,
  versionPublishPermission,
  versionReadPermission,
  versionStartPermission,
  versionStopPermission,
  type CreateRuntimeRequest,
  type UpdateRuntimeRequest,
} from '@konstellation/backstage-plugin-konstellation-common';
import type { RuntimeStore } from '../database/RuntimeStore';
import type { PageQuery } from '../database/paging';
import type { RuntimeRecord } from '../domain/types';
import { runtimeRules, type RuntimeQuery } from '../permissions/rules';
import type { ServiceRoles } from '../permissions/ServiceRoles';
import type { DefaultKonstellationService } from './DefaultKonstellationService';
import type {
  Caller,
  KonstellationService,
  LogQuery,
  NewPackage,
  VersionName,
} from './types';
import { unknownDigest, type VersionUploads } from './VersionUploads';

type RuntimePermission = ResourcePermission<'konstellation-runtime'>;
type Criteria = Parameters<ConditionTransformer<RuntimeQuery>>[0];

/** A list of activities reads at most as many runtimes. */
const MAX_RUNTIMES = 1_000;

const transform: ConditionTransformer<RuntimeQuery> =
  createConditionTransformer(Object.values(runtimeRules));

function isQuery(value: unknown): value is RuntimeQuery {
  return typeof value === 'object' && value !== null && 'matches' in value;
}

function toFilter(conditions: Criteria): (runtime: RuntimeRecord) => boolean {
  return evaluate(transform(conditions));
}

/** The shape conditions are transformed to: tests, joined by all, any and not. */
function evaluate(node: unknown): (runtime: RuntimeRecord) => boolean {
  if (isQuery(node)) return node.matches;
  if (typeof node === 'object' && node !== null) {
    if ('allOf' in node && Array.isArray(node.allOf)) {
      const all = node.allOf.map(evaluate);
      return runtime => all.every(test => test(runtime));
    }
    if ('anyOf' in node && Array.isArray(node.anyOf)) {
      const any = node.anyOf.map(evaluate);
      return runtime => any.some(test => test(runtime));
    }
    if ('not' in node) {
      const test = evaluate(node.not);
      return runtime => !test(runtime);
    }
  }
  return () => false;
}

/**
 * The same use cases, each with the permissions of the caller. A denied read of one thing is not found, a list is filtered, a
 * denied write is not allowed.
 */
export class AuthorizedKonstellationService implements KonstellationService {
  constructor(
    private readonly inner: DefaultKonstellationService,
    private readonly options: {
      permissions: PermissionsService;
      runtimes: RuntimeStore;
      serviceRoles: ServiceRoles;
      uploads: VersionUploads;
    },
  ) {}

  async listRuntimes(
    query: PageQuery & { search?: string; owner?: string; status?: string },
    caller: Caller,
  ) {
    const visible = await this.#visible(runtimeReadPermission, caller);
    return this.inner.listRuntimes({ ...query, visible });
  }

  async getRuntime(id: string, caller: Caller) {
    await this.#read(id, runtimeReadPermission, caller);
    return this.inner.getRuntime(id);
  }

  async createRuntime(request: CreateRuntimeRequest, caller: Caller) {
    await this.#create(caller);
    return this.inner.createRuntime(request, caller);
  }

  async updateRuntime(
    id: string,
    request: UpdateRuntimeRequest,
    caller: Caller,
  ) {
    await this.#write(id, runtimeUpdatePermission, caller);
    return this.inner.updateRuntime(id, request, caller);
  }

  async deleteRuntime(id: string, comment: string, caller: Caller) {
    await this.#write(id, runtimeDeletePermission, caller);
    return this.inner.deleteRuntime(id, comment, caller);
  }

  async listVersions(
    runtime: string,
    query: PageQuery & { solution?: string; status?: string },
    caller: Caller,
  ) {
    await this.#read(runtime, versionReadPermission, caller);
    return this.inner.listVersions(runtime, query);
  }

  async getVersion(name: VersionName, caller: Caller) {
    await this.#read(name.runtime, versionReadPermission, caller);
    return this.inner.getVersion(name);
  }

  async uploadVersion(
    runtime: string,
    source: NewPackage,
    options: { solution?: string },
    caller: Caller,
  ) {
    await this.#write(runtime, versionCreatePermission, caller);
    const mayConfigure = await this.#may(
      runtime,
      configurationUpdatePermission,
      caller,
    );
    return this.inner.uploadVersion(
      runtime,
      'packageDigest' in source
        ? { version: await this.#readable(source.packageDigest, caller) }
        : source,
      { ...options, mayConfigure },
      caller,
    );
  }

  /** A version with this package that the caller may read: to know a digest is no access. @throws NotFoundError */
  async #readable(digest: string, caller: Caller): Promise<VersionName> {
    const visible = await this.#visible(versionReadPermission, caller);
    for (const name of await this.options.uploads.withPackage(digest)) {
      const runtime = await this.options.runtimes.find(name.runtime);
      if (runtime && (!visible || visible(runtime))) return name;
    }
    throw unknownDigest();
  }

  async beginUpload(
    runtime: string,
    announced: { solution?: string; size: number; digest?: string },
    caller: Caller,
  ) {
    await this.#write(runtime, versionCreatePermission, caller);
    const { solution, ...rest } = announced;
    return this.options.uploads.begin({ runtime, solution }, rest, caller);
  }

  async findUpload(id: string, caller: Caller) {
    const { runtime } = await this.options.uploads.find(id, caller);
    await this.#write(runtime, versionCreatePermission, caller);
    await this.options.uploads.touch(id);
  }

  async cancelUpload(id: string, caller: Caller) {
    await this.options.uploads.find(id, caller);
    await this.options.uploads.cancel(id);
  }

  async deleteVersion(name: VersionName, comment: string, caller: Caller) {
    await this.#write(name.runtime, versionDeletePermission, caller);
    return this.inner.deleteVersion(name, comment, caller);
  }

  async getConfiguration(
    name: VersionName,
    _options: { showValues: boolean },
    caller: Caller,
  ) {
    await this.#read(name.runtime, versionReadPermission, caller);
    const showValues = await this.#may(
      name.runtime,
      configurationReadPermission,
      caller,
    );
    return this.inner.getConfiguration(name, { showValues });
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
    await this.#write(name.runtime, configurationUpdatePermission, caller);
    return this.inner.updateConfiguration(name, request, caller);
  }

  async start(name: VersionName, comment: string, caller: Caller) {
    await this.#write(name.runtime, versionStartPermission, caller);
    return this.inner.start(name, comment, caller);
  }

  async stop(name: VersionName, comment: string, caller: Caller) {
    await this.#write(name.runtime, versionStopPermission, caller);
    return this.inner.stop(name, comment, caller);
  }

  async publish(name: VersionName, comment: string, caller: Caller) {
    await this.#write(name.runtime, versionPublishPermission, caller);
    return this.inner.publish(name, comment, caller);
  }

  async unpublish(name: VersionName, comment: string, caller: Caller) {
    await this.#write(name.runtime, versionPublishPermission, caller);
    return this.inner.unpublish(name, comment, caller);
  }

  async rollback(
    runtime: string,
    request: { solution?: string; publication?: string; comment: string },
    caller: Caller,
  ) {
    await this.#write(runtime, versionPublishPermission, caller);
    return this.inner.rollback(runtime, request, caller);
  }

  async getStatus(name: VersionName, caller: Caller) {
    await this.#read(name.runtime, versionReadPermission, caller);
    return this.inner.getStatus(name);
  }

  async readLogs(
    name: VersionName,
    query: LogQuery,
    caller: Caller,
    signal: AbortSignal,
  ) {
    await this.#read(name.runtime, logsReadPermission, caller);
    return this.inner.readLogs(name, query, caller, signal);
  }

  async getDocs(name: VersionName, caller: Caller) {
    await this.#read(name.runtime, versionReadPermission, caller);
    return this.inner.getDocs(name);
  }

  async getDocsFile(name: VersionName, path: string, caller: Caller) {
    await this.#read(name.runtime, versionReadPermission, caller);
    return this.inner.getDocsFile(name, path);
  }

  async getFiles(name: VersionName, caller: Caller) {
    await this.#read(name.runtime, versionReadPermission, caller);
    return this.inner.getFiles(name);
  }

  async getSchema(name: VersionName, caller: Caller) {
    await this.#read(name.runtime, versionReadPermission, caller);
    return this.inner.getSchema(name);
  }

  async predict(
    name: VersionName,
    rpc: string,
    body: unknown,
    caller: Caller,
    signal: AbortSignal,
  ) {
    await this.#write(name.runtime, predictionCallPermission, caller);
    return this.inner.predict(name, rpc, body, caller, signal);
  }

  async listPublications(
    runtime: string,
    query: PageQuery & { solution?: string },
    caller: Caller,
  ) {
    await this.#read(runtime, versionReadPermission, caller);
    return this.inner.listPublications(runtime, query);
  }

  async listActivities(
    query: PageQuery & {
      runtime?: string;
      version?: string;
      actor?: string;
      type?: string;
    },
    caller: Caller,
  ) {
    if (query.runtime) {
      await this.#read(query.runtime, activityReadPermission, caller);
      return this.inner.listActivities(query);
    }
    const visible = await this.#visible(activityReadPermission, caller);
    if (!visible) return this.inner.listActivities(query);
    const runtimes: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await this.options.runtimes.list({
        limit: 200,
        cursor,
        visible,
      });
      runtimes.push(...page.items.map(({ runtime }) => runtime.id));
      cursor = page.nextCursor;
    } while (cursor && runtimes.length < MAX_RUNTIMES);
    return this.inner.listActivities({ ...query, runtimes });
  }

  async getExample(caller: Caller) {
    const allowed = await this.#mayCreate(caller);
    return allowed ? this.inner.getExample() : { available: false };
  }

  async createExample(caller: Caller) {
    await this.#create(caller);
    return this.inner.createExample(caller);
  }

  async #mayCreate(caller: Caller): Promise<boolean> {
    const role = this.options.serviceRoles.decide(
      caller,
      runtimeCreatePermission.name,
    );
    if (role !== undefined) return role;
    const permission: BasicPermission = runtimeCreatePermission;
    const [decision] = await this.options.permissions.authorize(
      [{ permission }],
      { credentials: caller.credentials },
    );
    return decision?.result === AuthorizeResult.ALLOW;
  }

  async #create(caller: Caller): Promise<void> {
    if (!(await this.#mayCreate(caller))) {
      throw new NotAllowedError('you may not create runtimes');
    }
  }

  /** @returns what the caller may see; undefined for everything */
  async #visible(permission: RuntimePermission, caller: Caller) {
    const role = this.options.serviceRoles.decide(caller, permission.name);
    if (role !== undefined) return role ? undefined : () => false;
    const [decision] = await this.options.permissions.authorizeConditional(
      [{ permission }],
      { credentials: caller.credentials },
    );
    return filterOf(decision);
  }

  async #may(
    runtime: string,
    permission: RuntimePermission,
    caller: Caller,
  ): Promise<boolean> {
    const visible = await this.#visible(permission, caller);
    if (!visible) return true;
    const record = await this.options.runtimes.find(runtime);
    return record !== undefined && visible(record);
  }

  async #read(
    runtime: string,
    permission: RuntimePermission,
    caller: Caller,
  ): Promise<void> {
    if (!(await this.#may(runtime, permission, caller))) {
      throw new NotFoundError(`no runtime with the id "${runtime}"`);
    }
  }

  async #write(
    runtime: string,
    permission: RuntimePermission,
    caller: Caller,
  ): Promise<void> {
    if (await this.#may(runtime, permission, caller)) return;
    // Who may not even see the runtime is not told that it is there.
    await this.#read(runtime, runtimeReadPermission, caller);
    throw new NotAllowedError(
      `you may not do this in the runtime "${runtime}" (${permission.name}); ask its owner`,
    );
  }
}

function filterOf(decision: PolicyDecision | undefined) {
  switch (decision?.result) {
    case AuthorizeResult.ALLOW:
      return undefined;
    case AuthorizeResult.CONDITIONAL:
      return toFilter(decision.conditions);
    default:
      return () => false;
  }
}
