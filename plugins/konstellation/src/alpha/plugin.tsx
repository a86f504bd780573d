import {
  ApiBlueprint,
  createFrontendPlugin,
  discoveryApiRef,
  fetchApiRef,
  identityApiRef,
  PageBlueprint,
} from '@backstage/frontend-plugin-api';
import { EntityContentBlueprint } from '@backstage/plugin-catalog-react/alpha';
import { KonstellationClient } from '@konstellation/backstage-plugin-konstellation-common';
import { RiSparkling2Line } from '@remixicon/react';
import { konstellationApiRef } from '../api';
import { isKonstellationAvailable } from '../components/Entity/isKonstellationAvailable';
import { rootRouteRef, runtimeRouteRef, versionRouteRef } from '../routes';

const api = ApiBlueprint.make({
  params: defineParams =>
    defineParams({
      api: konstellationApiRef,
      deps: {
        discoveryApi: discoveryApiRef,
        fetchApi: fetchApiRef,
        identityApi: identityApiRef,
      },
      factory: deps => new KonstellationClient(deps),
    }),
});

const page = PageBlueprint.make({
  params: {
    path: '/konstellation',
    title: 'Konstellation',
    icon: <RiSparkling2Line />,
    routeRef: rootRouteRef,
    loader: () =>
      import('../components/Router/KonstellationRouter').then(m => (
        <m.KonstellationRouter />
      )),
  },
});

const entityContent = EntityContentBlueprint.make({
  params: {
    path: '/konstellation',
    title: 'Konstellation',
    filter: isKonstellationAvailable,
    loader: () =>
      import('../components/Entity/EntityKonstellationContent').then(m => (
        <m.EntityKonstellationContent />
      )),
  },
});

/**
 * The pages of Konstellation for portals on the new frontend system.
 * @alpha
 */
export default createFrontendPlugin({
  pluginId: 'konstellation',
  title: 'Konstellation',
  icon: <RiSparkling2Line />,
  info: { packageJson: () => import('../../package.json') },
  routes: {
    root: rootRouteRef,
    runtime: runtimeRouteRef,
    version: versionRouteRef,
  },
  extensions: [api, page, entityContent],
});
