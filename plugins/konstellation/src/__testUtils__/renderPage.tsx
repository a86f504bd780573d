import type { ReactElement } from 'react';
import { Route, Routes } from 'react-router-dom';
import { entityRouteRef } from '@backstage/plugin-catalog-react';
import {
  permissionApiRef,
  type PermissionApi,
} from '@backstage/plugin-permission-react';
import {
  mockApis,
  renderInTestApp,
  TestApiProvider,
} from '@backstage/test-utils';
import type { KonstellationApi } from '@konstellation/backstage-plugin-konstellation-common';
import { konstellationApiRef } from '../api';
import { KonstellationRouter } from '../components/Router/KonstellationRouter';
import { rootRouteRef } from '../routes';

/** What is not as usual. */
export interface RenderOptions {
  /** Names of permissions the user lacks. */
  denied?: string[];
}

/** Shows the page at a path below `/konstellation`, with an API of one's own. */
export function renderPage(
  api: KonstellationApi,
  path = '',
  options: RenderOptions = {},
) {
  return renderElement(
    api,
    <Routes>
      <Route path="/konstellation/*" element={<KonstellationRouter />} />
    </Routes>,
    `/konstellation${path}`,
    options,
  );
}

/** Shows one component with what all of them need around. */
export function renderElement(
  api: KonstellationApi,
  element: ReactElement,
  path = '/',
  { denied = [] }: RenderOptions = {},
) {
  return renderInTestApp(
    <TestApiProvider
      apis={[
        [konstellationApiRef, api],
        [permissionApiRef, permissionsWithout(denied)],
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

/** Allows everything but these, of which it never says that they are allowed. */
function permissionsWithout(denied: string[]): PermissionApi {
  const allowing = mockApis.permission();
  return {
    authorize: request =>
      denied.includes(request.permission.name)
        ? new Promise<never>(() => {})
        : allowing.authorize(request),
  };
}
