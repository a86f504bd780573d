import { screen } from '@testing-library/react';
import { createApiFactory } from '@backstage/core-plugin-api';
import { renderTestApp } from '@backstage/frontend-test-utils';
import { konstellationApiRef } from '../api';
import { FakeKonstellationApi } from '../__testUtils__/FakeKonstellationApi';
import plugin from './plugin';

jest.setTimeout(30_000);

describe('konstellation in the new frontend system', () => {
  it('mounts the pages below the header of the portal', async () => {
    const api = new FakeKonstellationApi();
    renderTestApp({
      features: [
        plugin.withOverrides({
          extensions: [
            plugin.getExtension('api:konstellation').override({
              params: defineParams =>
                defineParams(
                  createApiFactory({
                    api: konstellationApiRef,
                    deps: {},
                    factory: () => api,
                  }),
                ),
            }),
          ],
        }),
      ],
      initialRouteEntries: ['/konstellation'],
    });
    // The page is a chunk of its own, which on a busy machine takes its time.
    expect(
      await screen.findByText('No runtime yet', {}, { timeout: 20_000 }),
    ).toBeInTheDocument();
    expect(
      screen.getAllByRole('heading', { name: 'Konstellation' }),
    ).toHaveLength(1);
    expect(
      screen.getByRole('heading', { name: 'Runtimes' }),
    ).toBeInTheDocument();
  });
});
