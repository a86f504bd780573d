import {
  coreServices,
  createBackendPlugin,
} from '@backstage/backend-plugin-api';
import { mockServices, startTestBackend } from '@backstage/backend-test-utils';
import type {
  EntityProvider,
  EntityProviderMutation,
} from '@backstage/plugin-catalog-node';
import { catalogProcessingExtensionPoint } from '@backstage/plugin-catalog-node';
import { FakePortal } from './__testUtils__/FakePortal';
import { waitFor } from './__testUtils__/waitFor';
import { catalogModuleKonstellation } from './module';

/** Answers as the konstellation plugin does, to the catalog alone. */
function konstellationPlugin(portal: FakePortal, callers: Set<string>) {
  return createBackendPlugin({
    pluginId: 'konstellation',
    register(env) {
      env.registerInit({
        deps: {
          httpRouter: coreServices.httpRouter,
          httpAuth: coreServices.httpAuth,
        },
        async init({ httpRouter, httpAuth }) {
          httpRouter.use((request, response, next) => {
            httpAuth
              .credentials(request, { allow: ['service'] })
              .then(({ principal }) => {
                callers.add(principal.subject);
                const { status, body } = portal.answer(request.url);
                response.status(status).json(body);
              })
              .catch(next);
          });
        },
      });
    },
  });
}

describe('catalogModuleKonstellation', () => {
  it('reads the runtimes with credentials of the catalog once the portal is there', async () => {
    const portal = new FakePortal();
    portal.runtimes.set('prices', { versions: ['v1'], published: 'v1' });
    const callers = new Set<string>();
    const providers: EntityProvider[] = [];
    const mutations: EntityProviderMutation[] = [];

    const { stop } = await startTestBackend({
      extensionPoints: [
        [
          catalogProcessingExtensionPoint,
          {
            addProcessor() {},
            addEntityProvider(...added) {
              providers.push(...added.flat());
            },
            addPlaceholderResolver() {},
            setOnProcessingErrorHandler() {},
          },
        ],
      ],
      features: [
        catalogModuleKonstellation,
        konstellationPlugin(portal, callers),
        mockServices.rootConfig.factory({
          data: { app: { baseUrl: 'http://portal' } },
        }),
        mockServices.scheduler.factory({ skipTaskRunOnStartup: true }),
      ],
    });
    try {
      const [provider] = providers;
      expect(provider?.getProviderName()).toBe('konstellation');
      await provider?.connect({
        applyMutation: async mutation => {
          mutations.push(mutation);
        },
        refresh: async () => {},
      });
      await waitFor(() => mutations.length > 0);
    } finally {
      await stop();
    }
    expect(callers).toEqual(new Set(['plugin:catalog']));
    const [mutation] = mutations;
    expect(mutation?.type).toBe('full');
    expect(
      mutation?.type === 'full' &&
        mutation.entities.map(({ entity }) => entity.kind),
    ).toEqual(['System', 'Component', 'API']);
  });
});
