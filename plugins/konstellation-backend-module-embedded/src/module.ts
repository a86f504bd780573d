import {
  coreServices,
  createBackendModule,
} from '@backstage/backend-plugin-api';
import { konstellationClusterExtensionPoint } from '@konstellation/backstage-plugin-konstellation-node';
import { EmbeddedClusterClient } from './EmbeddedClusterClient';
import { readEmbeddedConfig } from './readEmbeddedConfig';

const BACKOFF = { baseMillis: 1_000, maxMillis: 60_000 };

/**
 * Adds the cluster `embedded`, which plays manifests as processes of this machine.
 * @public
 */
export const konstellationModuleEmbedded = createBackendModule({
  pluginId: 'konstellation',
  moduleId: 'embedded',
  register(env) {
    env.registerInit({
      deps: {
        clusters: konstellationClusterExtensionPoint,
        config: coreServices.rootConfig,
        logger: coreServices.logger,
      },
      async init({ clusters, config, logger }) {
        const embedded = readEmbeddedConfig(config);
        if (!embedded.enabled) return;
        if (
          process.env.NODE_ENV === 'production' &&
          !embedded.allowInProduction
        ) {
          throw new Error(
            'the embedded cluster runs the code of all solutions as processes of the portal, without isolation: it does not start with NODE_ENV=production. Set konstellation.embedded.enabled to false, or, if you know what you do, konstellation.embedded.allowInProduction to true',
          );
        }
        const client = await EmbeddedClusterClient.create({
          ...embedded,
          backoff: BACKOFF,
        });
        clusters.addCluster({ name: 'embedded', client });
        logger.info(
          `embedded cluster: solutions are published below localhost:${embedded.frontPort}`,
        );
      },
    });
  },
});
