import '@backstage/cli/asset-types';
import { createApiFactory } from '@backstage/core-plugin-api';
import {
  createFrontendPlugin,
  PageBlueprint,
} from '@backstage/frontend-plugin-api';
import { createDevApp } from '@backstage/frontend-dev-utils';
import { entityRouteRef } from '@backstage/plugin-catalog-react';
import { konstellationApiRef } from '../src/api';
import plugin from '../src/alpha';
import { createDevApi } from './api';

// The pages link owners to the catalog, which this app does without.
const entityPage = PageBlueprint.make({
  params: {
    path: '/catalog/:namespace/:kind/:name',
    routeRef: entityRouteRef,
    loader: async () => <></>,
  },
});

createDevApp({
  features: [
    createFrontendPlugin({ pluginId: 'catalog', extensions: [entityPage] }),
    plugin.withOverrides({
      extensions: [
        plugin.getExtension('api:konstellation').override({
          params: defineParams =>
            defineParams(
              createApiFactory({
                api: konstellationApiRef,
                deps: {},
                factory: createDevApi,
              }),
            ),
        }),
      ],
    }),
  ],
});
