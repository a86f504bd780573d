import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import type { Activity } from '@konstellation/backstage-plugin-konstellation-common';
import { FakeKonstellationApi } from '../../__testUtils__/FakeKonstellationApi';
import { makeRuntime } from '../../__testUtils__/fixtures';
import { renderPage } from '../../__testUtils__/renderPage';

function activity(id: string, overrides: Partial<Activity>): Activity {
  return {
    id,
    at: '2026-03-02T10:14:00.000Z',
    actor: 'user:default/ana',
    type: 'version.published',
    runtime: 'price-estimation',
    version: 'price-v1',
    comment: `comment ${id}`,
    ...overrides,
  };
}

function fakeApi() {
  const api = new FakeKonstellationApi();
  api.runtimes = [makeRuntime()];
  api.activities = [
    activity('1', {}),
    activity('2', { actor: 'service:ci', type: 'version.created' }),
    activity('3', { runtime: 'churn', version: 'churn-v1' }),
    activity('4', { at: '2026-02-01T10:00:00.000Z' }),
  ];
  return api;
}

describe('ActivityLog', () => {
  it('narrows one runtime by who, what and when', async () => {
    await renderPage(fakeApi(), '/runtimes/price-estimation/activity');
    expect(await screen.findByText('comment 1')).toBeInTheDocument();
    expect(screen.getByText('comment 4')).toBeInTheDocument();
    expect(screen.queryByText('comment 3')).not.toBeInTheDocument();
    expect(screen.queryByLabelText('Runtime')).not.toBeInTheDocument();

    await userEvent.type(screen.getByLabelText('From'), '2026-03-01');
    await waitFor(() =>
      expect(screen.queryByText('comment 4')).not.toBeInTheDocument(),
    );
    await userEvent.type(screen.getByRole('textbox', { name: 'Who' }), 'ana');
    await waitFor(() =>
      expect(screen.queryByText('comment 2')).not.toBeInTheDocument(),
    );
    expect(screen.getByText('comment 1')).toBeInTheDocument();

    await userEvent.type(screen.getByRole('textbox', { name: 'Who' }), 'x');
    expect(await screen.findByText('No activity matches')).toBeInTheDocument();
    await userEvent.click(
      screen.getByRole('button', { name: 'Clear filters' }),
    );
    expect(await screen.findByText('comment 4')).toBeInTheDocument();
  });

  it('shows that of all runtimes, with the filter of the address', async () => {
    await renderPage(fakeApi(), '/activity?type=version.created');
    expect(await screen.findByText('comment 2')).toBeInTheDocument();
    expect(screen.queryByText('comment 1')).not.toBeInTheDocument();
    expect(screen.getByRole('row', { name: /Uploaded/ })).toHaveTextContent(
      'price-estimation · price-v1',
    );
  });

  it('exports what the filter lets through', async () => {
    const api = fakeApi();
    const exported = jest.spyOn(api, 'exportActivities');
    URL.createObjectURL = jest.fn(() => 'blob:activity');
    URL.revokeObjectURL = jest.fn();
    jest.spyOn(HTMLAnchorElement.prototype, 'click').mockReturnValue();
    await renderPage(
      api,
      '/runtimes/price-estimation/activity?version=price-v1',
    );
    await screen.findByText('comment 1');
    await userEvent.click(screen.getByRole('button', { name: 'Export CSV' }));
    await waitFor(() =>
      expect(exported).toHaveBeenCalledWith(
        expect.objectContaining({
          runtime: 'price-estimation',
          version: 'price-v1',
          format: 'csv',
        }),
      ),
    );

    exported.mockRejectedValueOnce(new Error('The portal did not answer.'));
    await userEvent.click(
      screen.getByRole('button', { name: 'Export NDJSON' }),
    );
    expect(await screen.findByRole('alert')).toHaveTextContent(
      'The portal did not answer.',
    );
  });
});
