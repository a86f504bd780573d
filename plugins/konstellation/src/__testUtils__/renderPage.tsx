import type { ReactElement } from 'react';
import { Route, Routes } from 'react-router-dom';
import { entityRouteRef } from '@backstage/plugin-catalog-react';
import { permissionApiRef } from '@backstage/plugin-permission-react';
import {
  mockApis,
  renderInTestApp,
  TestApiProvider,
} from '@backstage/test-utils';
import type { KonstellationApi } from '@konstellation/backstage-plugin-konstellation-common';
import { konstellationApiRef } from '../api';
import { KonstellationRouter } from '../components/Router/KonstellationRouter';
import { rootRouteRef } from '../routes';

/** Shows the page at a path below `/konstellation`, with an API of one's own. */
export function renderPage(api: KonstellationApi, path = '') {
  return renderElement(
    api,
    <Routes>
      <Route path="/konstellation/*" element={<KonstellationRouter />} />
    </Routes>,
    `/konstellation${path}`,
  );
}

/** Shows one component with what all of them need around. */
export function renderElement(
  api: KonstellationApi,
  element: ReactElement,
  path = '/',
) {
  return renderInTestApp(
    <TestApiProvider
      apis={[
        [konstellationApiRef, api],
        [permissionApiRef, mockApis.permission()],
      ]}
    >
      {element}
    </TestApiProvider>,
    {
      routeEntries: [path],
      mountedRoutes: {
        '/konstellation': rootRouteRef,
        '/catalog/:namespace/:kind/:name': entityRouteRef,
      },
    },
  );
}
