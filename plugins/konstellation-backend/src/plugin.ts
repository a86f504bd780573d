import {
  coreServices,
  createBackendPlugin,
} from '@backstage/backend-plugin-api';
import { eventsServiceRef } from '@backstage/plugin-events-node';
import { signalsServiceRef } from '@backstage/plugin-signals-node';
import { konstellationPermissions } from '@konstellation/backstage-plugin-konstellation-common';
import {
  konstellationClusterExtensionPoint,
  type ClusterClient,
} from '@konstellation/backstage-plugin-konstellation-node';
import { announceChanges } from './announceChanges';
import { createKonstellation } from './createKonstellation';
import { runtimeResourceRef, runtimeRules } from './permissions/rules';
import { readConfig } from './readConfig';
import { createRouter } from './router/createRouter';

/**
 * The operations centre for AI/ML solutions. Needs at least one module that brings a cluster.
 * @public
 */
export const konstellationPlugin = createBackendPlugin({
  pluginId: 'konstellation',
  register(env) {
    const clusters: Array<{ name: string; client: ClusterClient }> = [];
    env.registerExtensionPoint(konstellationClusterExtensionPoint, {
      addCluster(cluster) {
        if (clusters.some(({ name }) => name === cluster.name)) {
          throw new Error(`there are two clusters named "${cluster.name}"`);
        }
        clusters.push(cluster);
      },
    });
    env.registerInit({
      deps: {
        auditor: coreServices.auditor,
        config: coreServices.rootConfig,
        database: coreServices.database,
        events: eventsServiceRef,
        httpAuth: coreServices.httpAuth,
        httpRouter: coreServices.httpRouter,
        lifecycle: coreServices.lifecycle,
        logger: coreServices.logger,
        permissions: coreServices.permissions,
        permissionsRegistry: coreServices.permissionsRegistry,
        scheduler: coreServices.scheduler,
        signals: signalsServiceRef,
      },
      async init(deps) {
        const { auditor, httpAuth, httpRouter, lifecycle, scheduler } = deps;
        const konstellation = await createKonstellation({
          config: readConfig(deps.config),
          clusters,
          database: deps.database,
          permissions: deps.permissions,
          logger: deps.logger,
        });
        const { database, idempotency, runtimes, services, uploads } =
          konstellation;
        announceChanges(database, deps);
        deps.permissionsRegistry.addResourceType({
          resourceRef: runtimeResourceRef,
          permissions: konstellationPermissions,
          rules: Object.values(runtimeRules),
          getResources: refs => Promise.all(refs.map(id => runtimes.find(id))),
        });
        httpRouter.use(
          await createRouter(
            { services, auditor, httpAuth, idempotency },
            uploads,
          ),
        );
        // What is the same everywhere is told to everyone; it says nothing of what is there.
        for (const path of ['/openapi.json', '/krt.schema.json']) {
          httpRouter.addAuthPolicy({ path, allow: 'unauthenticated' });
        }
        for (const { id, frequencyMinutes, run } of konstellation.upkeep) {
          await scheduler.scheduleTask({
            id,
            frequency: { minutes: frequencyMinutes },
            timeout: { minutes: 10 },
            fn: run,
          });
        }
        lifecycle.addStartupHook(() => konstellation.start());
        lifecycle.addShutdownHook(() => konstellation.stop());
      },
    });
  },
});
