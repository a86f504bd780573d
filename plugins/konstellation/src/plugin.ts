import {
  createApiFactory,
  createPlugin,
  createRoutableExtension,
  createComponentExtension,
  discoveryApiRef,
  fetchApiRef,
  identityApiRef,
} from '@backstage/core-plugin-api';
import { KonstellationClient } from '@konstellation/backstage-plugin-konstellation-common';
import { konstellationApiRef } from './api';
import { rootRouteRef, runtimeRouteRef, versionRouteRef } from './routes';

/**
 * The pages of Konstellation for portals on the legacy frontend system.
 * @public
 */
export const konstellationPlugin = createPlugin({
  id: 'konstellation',
  routes: {
    root: rootRouteRef,
    runtime: runtimeRouteRef,
    version: versionRouteRef,
  },
  apis: [
    createApiFactory({
      api: konstellationApiRef,
      deps: {
        discoveryApi: discoveryApiRef,
        fetchApi: fetchApiRef,
        identityApi: identityApiRef,
      },
      factory: deps => new KonstellationClient(deps),
    }),
  ],
});

/**
 * Runtimes, their versions, and everything below.
 * @public
 */
export const KonstellationPage = konstellationPlugin.provide(
  createRoutableExtension({
    name: 'KonstellationPage',
    component: () =>
      import('./components/Router/LegacyPage').then(m => m.LegacyPage),
    mountPoint: rootRouteRef,
  }),
);

/**
 * For entity pages of the legacy frontend system: how the runtime or version is that the entity stands for.
 * @public
 */
export const EntityKonstellationContent = konstellationPlugin.provide(
  createComponentExtension({
    name: 'EntityKonstellationContent',
    component: {
      lazy: () =>
        import('./components/Entity/EntityKonstellationContent').then(
          m => m.EntityKonstellationContent,
        ),
    },
  }),
);
