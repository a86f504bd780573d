import { screen } from '@testing-library/react';
import { Route, Routes } from 'react-router-dom';
import { permissionApiRef } from '@backstage/plugin-permission-react';
import {
  mockApis,
  renderInTestApp,
  TestApiProvider,
} from '@backstage/test-utils';
import { entityRouteRef } from '@backstage/plugin-catalog-react';
import { configApiRef } from '@backstage/core-plugin-api';
import { konstellationApiRef } from '../..';
import { FakeKonstellationApi } from '../../__testUtils__/FakeKonstellationApi';
import { makeRuntime } from '../../__testUtils__/fixtures';
import { rootRouteRef } from '../../routes';
import { KonstellationRouter } from './KonstellationRouter';

async function open(path: string) {
  const api = new FakeKonstellationApi();
  api.runtimes = [makeRuntime({ id: 'churn', name: 'Churn' })];
  const config = mockApis.config({ data: { app: { title: 'Portal' } } });
  await renderInTestApp(
    <TestApiProvider
      apis={[
        [konstellationApiRef, api],
        [permissionApiRef, mockApis.permission()],
        [configApiRef, config],
      ]}
    >
      <Routes>
        <Route path="/konstellation/*" element={<KonstellationRouter />} />
      </Routes>
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

describe('addresses', () => {
  it('name the page in the tab of the browser', async () => {
    await open('/konstellation/runtimes/churn');
    await screen.findByRole('heading', { name: 'Churn' });
    expect(document.title).toBe('Churn · Runtimes · Portal');
  });

  it('of no page say so, and lead back', async () => {
    await open('/konstellation/churn');
    expect(
      await screen.findByRole('link', { name: 'Back to the runtimes' }),
    ).toHaveAttribute('href', '/konstellation');
    expect(document.title).toBe('Not found · Runtimes · Portal');
  });

  it('of no part of a runtime lead back to it', async () => {
    await open('/konstellation/runtimes/churn/nothing');
    await screen.findByText('There is no such page');
    expect(
      await screen.findByRole('link', { name: 'Back to Churn' }),
    ).toHaveAttribute('href', '/konstellation/runtimes/churn');
  });
});
