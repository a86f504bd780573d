import {
  coreServices,
  createBackendPlugin,
} from '@backstage/backend-plugin-api';
import { eventsServiceRef } from '@backstage/plugin-events-node';
import { signalsServiceRef } from '@backstage/plugin-signals-node';
import { konstellationPermissions } from '@konstellation/backstage-plugin-konstellation-common';
import { konstellationClusterExtensionPoint } from '@konstellation/backstage-plugin-konstellation-node';
import { announceChanges } from './announceChanges';
import { connectClusters, type NamedCluster } from './cluster/connectClusters';
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
    const brought: NamedCluster[] = [];
    env.registerExtensionPoint(konstellationClusterExtensionPoint, {
      addCluster: cluster => brought.push(cluster),
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
        const config = readConfig(deps.config);
        const clusters = await connectClusters({
          configured: config.clusters,
          brought,
          logger: deps.logger,
        });
        const konstellation = await createKonstellation({
          config,
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
