import { screen } from '@testing-library/react';
import { Route, Routes } from 'react-router-dom';
import { permissionApiRef } from '@backstage/plugin-permission-react';
import {
  mockApis,
  renderInTestApp,
  TestApiProvider,
} from '@backstage/test-utils';
import { entityRouteRef } from '@backstage/plugin-catalog-react';
import { KonstellationPage, konstellationApiRef } from '.';
import { FakeKonstellationApi } from './__testUtils__/FakeKonstellationApi';
import { makeRuntime } from './__testUtils__/fixtures';

describe('konstellation in the legacy frontend system', () => {
  it('renders the page with a header', async () => {
    const api = new FakeKonstellationApi();
    api.runtimes = [makeRuntime({ id: 'churn', name: 'Churn' })];
    await renderInTestApp(
      <TestApiProvider
        apis={[
          [konstellationApiRef, api],
          [permissionApiRef, mockApis.permission()],
        ]}
      >
        <Routes>
          <Route path="/konstellation" element={<KonstellationPage />} />
        </Routes>
      </TestApiProvider>,
      {
        routeEntries: ['/konstellation'],
        mountedRoutes: {
          '/catalog/:namespace/:kind/:name': entityRouteRef,
        },
      },
    );
    expect(
      await screen.findByRole('heading', { name: 'Konstellation', level: 1 }),
    ).toBeInTheDocument();
    expect(await screen.findByRole('link', { name: 'Churn' })).toHaveAttribute(
      'href',
      '/konstellation/runtimes/churn',
    );
  });
});
