import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { FakeKonstellationApi } from '../../__testUtils__/FakeKonstellationApi';
import {
  makeCondition,
  makeRuntime,
  makeVersion,
} from '../../__testUtils__/fixtures';
import { renderPage } from '../../__testUtils__/renderPage';

const PATH = '/runtimes/price-estimation/versions/price-v2';

function fakeApi(status: 'STARTED' | 'PUBLISHED') {
  const api = new FakeKonstellationApi();
  api.runtimes = [
    makeRuntime({
      publishedVersion: status === 'PUBLISHED' ? 'price-v2' : 'price-v1',
    }),
  ];
  api.versions = [makeVersion({ name: 'price-v2', status })];
  return api;
}

describe('VersionPage', () => {
  it('publishes with a comment, after saying what will happen', async () => {
    const api = fakeApi('STARTED');
    await renderPage(api, PATH);

    await userEvent.click(
      await screen.findByRole('button', { name: 'Publish' }),
    );
    const dialog = await screen.findByRole('dialog', {
      name: 'Publish price-v2 to price-estimation',
    });
    expect(dialog).toHaveTextContent(
      'Calls to http://price-estimation.localhost:7080 switch from price-v1 to price-v2 without a failed call.',
    );
    expect(dialog).toHaveTextContent('price-v1 stays started');
    await userEvent.type(
      within(dialog).getByRole('textbox', { name: 'Comment' }),
      'better model',
    );
    await userEvent.click(
      within(dialog).getByRole('button', { name: 'Publish' }),
    );

    expect(
      await screen.findByRole('button', { name: 'Unpublish' }),
    ).toBeInTheDocument();
    expect(api.sent).toEqual(['publish price-v2: better model']);
    await waitFor(() =>
      expect(screen.queryByRole('dialog')).not.toBeInTheDocument(),
    );
  });

  it('says that its cluster does not do what is wanted', async () => {
    const api = fakeApi('STARTED');
    const message = 'The cluster "eu" cannot be reached: nothing answers there';
    api.versions = [
      makeVersion({
        name: 'price-v2',
        status: 'STARTED',
        conditions: [
          makeCondition('Reconciled', 'ClusterUnavailable', {
            status: 'False',
            message,
          }),
        ],
      }),
    ];
    await renderPage(api, PATH);
    expect(await screen.findByText(message)).toBeInTheDocument();
  });

  it('explains the statuses', async () => {
    await renderPage(fakeApi('PUBLISHED'), PATH);
    await userEvent.click(
      await screen.findByRole('button', { name: /^Status PUBLISHED/ }),
    );
    expect(
      await screen.findByText(/It uses no resources and can be started again/),
    ).toBeInTheDocument();
  });

  it('has a part for each concern, with an address of its own', async () => {
    await renderPage(fakeApi('PUBLISHED'), PATH);
    const tabs = await screen.findAllByRole('tab');
    expect(tabs.map(each => each.textContent)).toEqual([
      'Status',
      'Configuration',
      'Logs',
      'Predictions',
      'Documentation',
      'Activity',
    ]);
    expect(tabs[2]).toHaveAttribute('href', `/konstellation${PATH}/logs`);
  });

  it('calls an rpc, shows the answer and the curl of the same call', async () => {
    await renderPage(fakeApi('PUBLISHED'), `${PATH}/predictions`);

    const request = await screen.findByRole('textbox', {
      name: 'Request (JSON)',
    });
    expect(request).toHaveValue('{\n  "lotSize": 5850,\n  "bedrooms": 3\n}');
    expect(
      screen.getByText(
        `curl -X POST http://price-estimation.localhost:7080/entrypoint.Entrypoint/Estimate -H 'content-type: application/json' -d '{"lotSize":5850,"bedrooms":3}'`,
      ),
    ).toBeInTheDocument();
    await userEvent.click(screen.getByRole('button', { name: 'Call' }));
    const answer = await screen.findByRole('status', { name: 'Answer' });
    expect(answer).toHaveTextContent('Status 200');
    expect(answer).toHaveTextContent('"price": 42000');
  });

  it('shows the lines of a node that the link names', async () => {
    const api = fakeApi('STARTED');
    api.logLines = ['etl', 'model'].map((node, index) => ({
      at: `2026-03-02T10:14:0${index}.000Z`,
      node,
      pod: `pod-${node}`,
      container: node,
      level: 'info',
      message: `${node} is ready`,
    }));
    await renderPage(api, `${PATH}/logs?node=model`);
    expect(await screen.findByText('model is ready')).toBeInTheDocument();
    expect(screen.queryByText('etl is ready')).not.toBeInTheDocument();
  });

  it('says that a version is not there without raising an alarm', async () => {
    const api = fakeApi('STARTED');
    api.versions = [];
    await renderPage(api, PATH);
    expect(await screen.findByText('Not found')).toBeInTheDocument();
  });
});
