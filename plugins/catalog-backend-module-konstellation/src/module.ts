import {
  coreServices,
  createBackendModule,
} from '@backstage/backend-plugin-api';
import { catalogProcessingExtensionPoint } from '@backstage/plugin-catalog-node';
import { eventsServiceRef } from '@backstage/plugin-events-node';
import { createClient } from './createClient';
import { KonstellationEntityProvider } from './KonstellationEntityProvider';
import { readSchedule } from './readSchedule';
import { RuntimeReader } from './RuntimeReader';

/**
 * Brings runtimes (System), versions (Component) and published APIs (API) into the software catalog.
 * @public
 */
export const catalogModuleKonstellation = createBackendModule({
  pluginId: 'catalog',
  moduleId: 'konstellation',
  register(env) {
    env.registerInit({
      deps: {
        auth: coreServices.auth,
        catalog: catalogProcessingExtensionPoint,
        config: coreServices.rootConfig,
        discovery: coreServices.discovery,
        events: eventsServiceRef,
        lifecycle: coreServices.lifecycle,
        logger: coreServices.logger,
        scheduler: coreServices.scheduler,
      },
      async init(deps) {
        const { config, events, logger, scheduler } = deps;
        const provider = new KonstellationEntityProvider({
          reader: new RuntimeReader(createClient(deps)),
          baseUrl: config.getString('app.baseUrl'),
          events,
          logger,
          taskRunner: scheduler.createScheduledTaskRunner(readSchedule(config)),
        });
        deps.catalog.addEntityProvider(provider);
        deps.lifecycle.addShutdownHook(() => provider.stop());
      },
    });
  },
});
