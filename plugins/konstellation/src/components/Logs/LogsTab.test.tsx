import { screen } from '@testing-library/react';
import { FakeKonstellationApi } from '../../__testUtils__/FakeKonstellationApi';
import { makeRuntime, makeVersion } from '../../__testUtils__/fixtures';
import { renderPage } from '../../__testUtils__/renderPage';

const PATH = '/runtimes/price-estimation/versions/price-v1/logs';

function fakeApi(status: 'CREATED' | 'STOPPED' | 'STARTED') {
  const api = new FakeKonstellationApi();
  api.runtimes = [makeRuntime()];
  api.versions = [makeVersion({ status })];
  return api;
}

const line = {
  at: '2026-03-02T10:14:00.000Z',
  node: 'model',
  pod: 'pod-model',
  container: 'node',
  level: 'info',
  message: 'loaded',
} as const;

describe('LogsTab', () => {
  it('shows the last run of a version that is stopped, once', async () => {
    const api = fakeApi('STOPPED');
    api.logLines = [line];
    const read = jest.spyOn(api, 'readLogs');
    await renderPage(api, PATH);
    expect(await screen.findByText('loaded')).toBeInTheDocument();
    expect(
      screen.getByText('It does not run. These are the lines of its last run.'),
    ).toBeInTheDocument();
    expect(
      screen.queryByRole('switch', { name: 'Follow' }),
    ).not.toBeInTheDocument();
    expect(read.mock.calls[0][1]).toMatchObject({ follow: false });
  });

  it('draws a gap with its reason', async () => {
    const api = fakeApi('STARTED');
    api.logLines = [
      line,
      { ...line, message: 'the pod was removed before', marker: true },
    ];
    await renderPage(api, PATH);
    expect(await screen.findByText('Gap')).toBeInTheDocument();
    expect(screen.getByText(/the pod was removed before/)).toBeInTheDocument();
  });

  it('says that a version has never run', async () => {
    await renderPage(fakeApi('CREATED'), PATH);
    expect(await screen.findByText(/^It has never run\./)).toBeInTheDocument();
  });
});
