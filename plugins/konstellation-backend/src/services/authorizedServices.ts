import type { ResourcePermission } from '@backstage/plugin-permission-common';
import {
  activityReadPermission,
  configurationReadPermission,
  configurationUpdatePermission,
  logsReadPermission,
  predictionCallPermission,
  runtimeDeletePermission,
  runtimeReadPermission,
  runtimeUpdatePermission,
  versionCreatePermission,
  versionDeletePermission,
  versionPublishPermission,
  versionReadPermission,
  versionStartPermission,
  versionStopPermission,
  type ActivityFilter,
} from '@konstellation/backstage-plugin-konstellation-common';
import type { RuntimeStore } from '../database/RuntimeStore';
import { checkComment } from '../domain/validation';
import { isVisible } from '../permissions/visibility';
import type { Authorization } from './Authorization';
import type { DefaultActivityService } from './DefaultActivityService';
import type { DefaultConfigurationService } from './DefaultConfigurationService';
import type { DefaultRuntimeService } from './DefaultRuntimeService';
import type { DefaultVersionService } from './DefaultVersionService';
import { toRuntimeLinks, toVersionLinks } from './presentation';
import type {
  ActivityService,
  Caller,
  ConfigurationService,
  KonstellationServices,
  RuntimeService,
  VersionName,
  VersionService,
} from './types';
import { unknownDigest, type VersionUploads } from './VersionUploads';

/**
 * The same use cases, each with the permissions of the caller. A denied read of one thing is not found, a list is filtered, a
 * denied write is not allowed.
 */

type RuntimePermission = ResourcePermission<'konstellation-runtime'>;

function authorizedRuntimes(
  inner: DefaultRuntimeService,
  authorization: Authorization,
): RuntimeService {
  /** Of what the caller may know: a refusal names no others. */
  const knownTo = (caller: Caller) => ({
    visible: () => authorization.visible(runtimeReadPermission, caller),
  });
  return {
    async list(query, caller) {
      const visible = await authorization.visible(
        runtimeReadPermission,
        caller,
        'links',
      );
      const page = await inner.list({ ...query, visible });
      return authorization.readsLinks(caller)
        ? { ...page, items: page.items.map(toRuntimeLinks) }
        : page;
    },
    async get(id, caller) {
      await authorization.read(id, runtimeReadPermission, caller, 'links');
      const runtime = await inner.get(id);
      return authorization.readsLinks(caller)
        ? toRuntimeLinks(runtime)
        : runtime;
    },
    async create(request, caller) {
      await authorization.create(caller);
      return inner.create(request, knownTo(caller), caller);
    },
    async listClusters(caller) {
      const allowed = await authorization.mayCreate(caller);
      return { items: allowed ? await inner.listClusters() : [] };
    },
    async update(id, request, caller) {
      await authorization.write(id, runtimeUpdatePermission, caller);
      return inner.update(id, request, caller);
    },
    async delete(id, comment, caller) {
      await authorization.write(id, runtimeDeletePermission, caller);
      return inner.delete(id, comment, caller);
    },
    async listSolutions(runtime, caller) {
      await authorization.read(runtime, runtimeReadPermission, caller);
      return inner.listSolutions(runtime);
    },
    async createSolution(runtime, request, caller) {
      await authorization.write(runtime, runtimeUpdatePermission, caller);
      return inner.createSolution(runtime, request, caller);
    },
    async deleteSolution(runtime, solution, comment, caller) {
      await authorization.write(runtime, runtimeUpdatePermission, caller);
      // Its versions go with it.
      await authorization.write(runtime, versionDeletePermission, caller);
      return inner.deleteSolution(runtime, solution, comment, caller);
    },
    async getExample(caller) {
      const allowed = await authorization.mayCreate(caller);
      return allowed ? inner.getExample() : { available: false };
    },
    async createExample(caller) {
      await authorization.create(caller);
      const { runtime } = await inner.getExample();
      // One that is there is somebody's: nothing is put into it, nor shown of it, to those who may not do that themselves.
      if (runtime !== undefined && (await authorization.exists(runtime))) {
        await authorization.write(runtime, versionCreatePermission, caller);
      }
      return inner.createExample(knownTo(caller), caller);
    },
  };
}

function authorizedVersions(
  inner: DefaultVersionService,
  options: {
    authorization: Authorization;
    runtimes: RuntimeStore;
    uploads: VersionUploads;
  },
): VersionService {
  const { authorization, runtimes, uploads } = options;
  const read = (
    name: VersionName,
    caller: Caller,
    permission: RuntimePermission = versionReadPermission,
  ) => authorization.read(name.runtime, permission, caller);
  const write = (
    name: VersionName,
    permission: RuntimePermission,
    caller: Caller,
  ) => authorization.write(name.runtime, permission, caller);

  /** A version with this package that the caller may read: to know a digest is no access. @throws NotFoundError */
  async function readable(digest: string, caller: Caller) {
    const visible = await authorization.visible(versionReadPermission, caller);
    for (const name of await uploads.withPackage(digest)) {
      const runtime = await runtimes.find(name.runtime);
      if (runtime && isVisible(visible, runtime)) return name;
    }
    throw unknownDigest();
  }

  return {
    async list(runtime, query, caller) {
      await authorization.read(runtime, versionReadPermission, caller, 'links');
      const page = await inner.list(runtime, query);
      return authorization.readsLinks(caller)
        ? { ...page, items: page.items.map(toVersionLinks) }
        : page;
    },
    async get({ runtime, version: name }, caller) {
      await authorization.read(runtime, versionReadPermission, caller, 'links');
      const version = await inner.get({ runtime, version: name });
      return authorization.readsLinks(caller)
        ? toVersionLinks(version)
        : version;
    },
    async upload(runtime, source, { solution }, caller) {
      await authorization.write(runtime, versionCreatePermission, caller);
      const mayConfigure = await authorization.may(
        runtime,
        configurationUpdatePermission,
        caller,
      );
      return inner.upload(
        runtime,
        'packageDigest' in source
          ? { version: await readable(source.packageDigest, caller) }
          : source,
        { solution, mayConfigure },
        caller,
      );
    },
    async beginUpload(runtime, announced, caller) {
      await authorization.write(runtime, versionCreatePermission, caller);
      const { solution, ...rest } = announced;
      return uploads.begin({ runtime, solution }, rest, caller);
    },
    async findUpload(id, caller) {
      const { runtime } = await uploads.find(id, caller);
      await authorization.write(runtime, versionCreatePermission, caller);
      await uploads.touch(id);
    },
    async cancelUpload(id, caller) {
      await uploads.find(id, caller);
      await uploads.cancel(id);
    },
    async delete(name, comment, caller) {
      await write(name, versionDeletePermission, caller);
      return inner.delete(name, comment, caller);
    },
    async start(name, request, caller) {
      await write(name, versionStartPermission, caller);
      if (request.publishWhenReady) {
        await write(name, versionPublishPermission, caller);
      }
      return inner.start(name, request, caller);
    },
    async stop(name, comment, caller) {
      await write(name, versionStopPermission, caller);
      return inner.stop(name, comment, caller);
    },
    async publish(name, comment, caller) {
      await write(name, versionPublishPermission, caller);
      return inner.publish(name, comment, caller);
    },
    async unpublish(name, comment, caller) {
      await write(name, versionPublishPermission, caller);
      return inner.unpublish(name, comment, caller);
    },
    async rollback(runtime, request, caller) {
      await authorization.write(runtime, versionPublishPermission, caller);
      // As for every command: before anything is looked at.
      checkComment(request.comment);
      const { startsVersion } = await inner.rollbackTarget(runtime, request);
      // It starts what is stopped: whoever may not start may not start this way either.
      if (startsVersion) {
        await authorization.write(runtime, versionStartPermission, caller);
      }
      return inner.rollback(runtime, request, caller);
    },
    async listPublications(runtime, query, caller) {
      await authorization.read(runtime, versionReadPermission, caller);
      return inner.listPublications(runtime, query);
    },
    async getStatus(name, caller) {
      await read(name, caller);
      return inner.getStatus(name);
    },
    async readLogs(name, query, caller, signal) {
      await read(name, caller, logsReadPermission);
      return inner.readLogs(name, query, signal);
    },
    async getDocs(name, caller) {
      await read(name, caller);
      return inner.getDocs(name);
    },
    async getDocsFile(name, path, caller) {
      await read(name, caller);
      return inner.getDocsFile(name, path);
    },
    async getFiles(name, caller) {
      await read(name, caller);
      return inner.getFiles(name);
    },
    // The definition of an API in the catalog.
    async getSchema(name, caller) {
      const { runtime } = name;
      await authorization.read(runtime, versionReadPermission, caller, 'links');
      return inner.getSchema(name);
    },
    async predict(name, rpc, body, caller, signal) {
      await write(name, predictionCallPermission, caller);
      return inner.predict(name, rpc, body, signal);
    },
  };
}

function authorizedConfigurations(
  inner: DefaultConfigurationService,
  authorization: Authorization,
): ConfigurationService {
  const mayRead = (name: VersionName, caller: Caller) =>
    authorization.may(name.runtime, configurationReadPermission, caller);
  return {
    async get(name, caller) {
      await authorization.read(name.runtime, versionReadPermission, caller);
      return inner.get(name, { showValues: await mayRead(name, caller) });
    },
    async exportEnv(name, caller) {
      await authorization.read(name.runtime, versionReadPermission, caller);
      await authorization.write(
        name.runtime,
        configurationReadPermission,
        caller,
      );
      return inner.exportEnv(name);
    },
    async preview(name, request, caller) {
      await authorization.write(
        name.runtime,
        configurationUpdatePermission,
        caller,
      );
      return inner.preview(name, request);
    },
    async update(name, request, caller) {
      await authorization.write(
        name.runtime,
        configurationUpdatePermission,
        caller,
      );
      await inner.update(name, request, caller);
      return inner.get(name, { showValues: await mayRead(name, caller) });
    },
    async listRevisions(name, query, caller) {
      await authorization.read(name.runtime, versionReadPermission, caller);
      return inner.listRevisions(name, query);
    },
  };
}

function authorizedActivities(
  inner: DefaultActivityService,
  authorization: Authorization,
): ActivityService {
  const visibleTo = async ({ runtime }: ActivityFilter, caller: Caller) => {
    if (runtime !== undefined) {
      await authorization.read(runtime, activityReadPermission, caller);
    }
    return authorization.visible(activityReadPermission, caller);
  };
  return {
    async list(query, caller) {
      return inner.list({ ...query, visible: await visibleTo(query, caller) });
    },
    async export(query, caller) {
      return inner.export({
        ...query,
        visible: await visibleTo(query, caller),
      });
    },
  };
}

/** Puts permissions around the use cases. */
export function authorizedServices(options: {
  authorization: Authorization;
  runtimes: DefaultRuntimeService;
  versions: DefaultVersionService;
  configurations: DefaultConfigurationService;
  activities: DefaultActivityService;
  runtimeStore: RuntimeStore;
  uploads: VersionUploads;
}): KonstellationServices {
  const { authorization, runtimeStore, uploads } = options;
  return {
    runtimes: authorizedRuntimes(options.runtimes, authorization),
    versions: authorizedVersions(options.versions, {
      authorization,
      runtimes: runtimeStore,
      uploads,
    }),
    configurations: authorizedConfigurations(
      options.configurations,
      authorization,
    ),
    activities: authorizedActivities(options.activities, authorization),
  };
}
