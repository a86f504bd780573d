import {
  coreServices,
  createBackendPlugin,
} from '@backstage/backend-plugin-api';
import { mockServices, startTestBackend } from '@backstage/backend-test-utils';
import type {
  EntityProviderConnection,
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
    const names: string[] = [];
    const mutations: EntityProviderMutation[] = [];
    const connected: Promise<void>[] = [];
    const catalog: EntityProviderConnection = {
      applyMutation: async mutation => {
        mutations.push(mutation);
      },
      refresh: async () => {},
    };

    const backend = await startTestBackend({
      extensionPoints: [
        [
          catalogProcessingExtensionPoint,
          {
            addProcessor() {},
            // The catalog connects them before the tasks of the scheduler begin.
            addEntityProvider(...added) {
              for (const provider of added.flat()) {
                names.push(provider.getProviderName());
                connected.push(provider.connect(catalog));
              }
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
      ],
    });
    try {
      await Promise.all(connected);
      await waitFor(() => mutations.length > 0);
    } finally {
      await backend.stop();
    }
    expect(names).toEqual(['konstellation']);
    expect(callers).toEqual(new Set(['plugin:catalog']));
    const [mutation] = mutations;
    expect(mutation?.type).toBe('full');
    expect(
      mutation?.type === 'full' &&
        mutation.entities.map(({ entity }) => entity.kind),
    ).toEqual(['System', 'Component', 'API']);
  }, 30_000);
});
