import { act, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { FakeKonstellationApi } from '../../__testUtils__/FakeKonstellationApi';
import {
  makeNode,
  makeReport,
  makeRuntime,
  makeVersion,
  THEN,
} from '../../__testUtils__/fixtures';
import { renderPage } from '../../__testUtils__/renderPage';

const PATH = '/runtimes/price-estimation/versions/price-v1';

function fakeApi() {
  const api = new FakeKonstellationApi();
  api.runtimes = [makeRuntime()];
  api.versions = [makeVersion({ status: 'STARTED' })];
  return api;
}

/** What the page does when its tab is looked at again. */
function lookAgain() {
  act(() => {
    document.dispatchEvent(new Event('visibilitychange'));
  });
}

describe('StatusTab', () => {
  it('draws the workflow and recolours it without moving anything', async () => {
    const api = fakeApi();
    api.reports.set(
      'price-v1',
      makeReport([
        makeNode('entrypoint', 'READY'),
        makeNode('etl', 'READY'),
        makeNode('model', 'STARTING', { reason: 'Waits for its image.' }),
      ]),
    );
    await renderPage(api, PATH);

    const model = await screen.findByRole('button', {
      name: /^model starting Waits for its image\. 0.1$/,
    });
    expect(model).toHaveAttribute('data-status', 'STARTING');
    expect(screen.getByText('2 of 3 ready')).toBeInTheDocument();
    const { left } = model.style;

    api.reports.set(
      'price-v1',
      makeReport(
        ['entrypoint', 'etl', 'model'].map(name => makeNode(name, 'READY')),
      ),
    );
    lookAgain();

    expect(
      await screen.findByRole('button', { name: /^model ready 1.1$/ }),
    ).toBe(model);
    expect(model).toHaveAttribute('data-status', 'READY');
    expect(model.style.left).toBe(left);
  });

  it('opens the node of a link, with pods, events and logs', async () => {
    const api = fakeApi();
    api.reports.set(
      'price-v1',
      makeReport(
        [
          makeNode('entrypoint', 'READY'),
          makeNode('model', 'ERROR', {
            reason: 'model crashed 3 times: exit 1.',
            line: 15,
            pods: [
              {
                name: 'pod-1',
                phase: 'Running',
                ready: false,
                restarts: 3,
                lastTermination: { exitCode: 1, reason: 'Error', at: THEN },
              },
            ],
          }),
        ],
        {
          events: [
            {
              at: THEN,
              type: 'Warning',
              reason: 'BackOff',
              message: 'Waits before it starts again.',
              node: 'model',
              count: 4,
            },
          ],
        },
      ),
    );
    await renderPage(api, `${PATH}?node=model`);

    const panel = await screen.findByRole('region', { name: 'model' });
    expect(panel).toHaveTextContent('model crashed 3 times: exit 1.');
    expect(panel).toHaveTextContent('3 restarts');
    expect(panel).toHaveTextContent('exit code 1 (Error)');
    expect(panel).toHaveTextContent('Waits before it starts again.');
    expect(panel).toHaveTextContent('krt.yml, line 15');
    expect(
      within(panel).getByRole('link', { name: 'Logs of model' }),
    ).toHaveAttribute('href', `/konstellation${PATH}/logs?node=model`);

    await userEvent.click(
      within(panel).getByRole('button', { name: 'Close model' }),
    );
    expect(
      screen.queryByRole('region', { name: 'model' }),
    ).not.toBeInTheDocument();
  });

  it('is walked with the arrow keys', async () => {
    await renderPage(fakeApi(), PATH);
    const etl = await screen.findByRole('button', { name: /^etl/ });
    act(() => etl.focus());
    await userEvent.keyboard('{ArrowRight}');
    expect(screen.getByRole('button', { name: /^model/ })).toHaveFocus();
    await userEvent.keyboard('{Enter}');
    expect(
      await screen.findByRole('region', { name: 'model' }),
    ).toBeInTheDocument();
  });

  it('keeps the picture when a later read fails', async () => {
    const api = fakeApi();
    await renderPage(api, PATH);
    await screen.findByRole('button', { name: /^etl/ });
    jest
      .spyOn(api, 'getStatus')
      .mockRejectedValue(new Error('The cluster did not answer for 10 s.'));
    lookAgain();

    expect(
      await screen.findByText(/The cluster did not answer for 10 s/),
    ).toBeInTheDocument();
    expect(screen.getByRole('button', { name: /^etl/ })).toBeInTheDocument();
  });
});
