import { act, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import type { Version } from '@konstellation/backstage-plugin-konstellation-common';
import { answeredError } from '../../__testUtils__/answeredError';
import { FakeKonstellationApi } from '../../__testUtils__/FakeKonstellationApi';
import { makeRuntime, makeVersion } from '../../__testUtils__/fixtures';
import { renderPage } from '../../__testUtils__/renderPage';

const PATH = '/runtimes/price-estimation/versions/price-v2';

function fakeApi(version: Partial<Version>) {
  const api = new FakeKonstellationApi();
  api.runtimes = [makeRuntime({ publishedVersion: 'price-v1' })];
  api.versions = [makeVersion({ name: 'price-v2', ...version })];
  return api;
}

async function command(button: string, comment: string, verb = button) {
  await userEvent.click(await screen.findByRole('button', { name: button }));
  const dialog = await screen.findByRole('dialog');
  await userEvent.type(
    within(dialog).getByRole('textbox', { name: 'Comment' }),
    comment,
  );
  await userEvent.click(within(dialog).getByRole('button', { name: verb }));
  await waitFor(() =>
    expect(screen.queryByRole('dialog')).not.toBeInTheDocument(),
  );
}

/** As if the window came to the front: the page looks again. */
function lookAgain() {
  act(() => {
    document.dispatchEvent(new Event('visibilitychange'));
  });
}

describe('commands of a version', () => {
  it('starts and publishes when ready, and says so until then', async () => {
    const api = fakeApi({ status: 'STOPPED' });
    await renderPage(api, PATH);

    await userEvent.click(await screen.findByRole('button', { name: 'Start' }));
    const dialog = await screen.findByRole('dialog', {
      name: 'Start price-v2',
    });
    await userEvent.click(
      await within(dialog).findByRole('checkbox', {
        name: 'Publish it when every node is ready',
      }),
    );
    expect(dialog).toHaveTextContent(
      'Once every node is ready, calls to http://price-estimation.localhost:7080 switch to it from price-v1, which stays started.',
    );
    await userEvent.type(
      within(dialog).getByRole('textbox', { name: 'Comment' }),
      'tonight',
    );
    await userEvent.click(
      within(dialog).getByRole('button', { name: 'Start and publish' }),
    );

    expect(
      await screen.findByText('It is published as soon as every node is ready'),
    ).toBeInTheDocument();
    expect(api.versions[0].publishWhenReady).toBe(true);
    api.finish('price-v2');
    lookAgain();
    expect(
      await screen.findByRole('button', { name: /^Status PUBLISHED/ }),
    ).toBeInTheDocument();
  });

  it('calls a start off', async () => {
    const api = fakeApi({ status: 'STARTING', publishWhenReady: true });
    await renderPage(api, PATH);
    await userEvent.click(
      await screen.findByRole('button', { name: 'Cancel start' }),
    );
    const dialog = await screen.findByRole('dialog', {
      name: 'Cancel the start of price-v2',
    });
    expect(dialog).toHaveTextContent('It is not published.');
    await userEvent.type(
      within(dialog).getByRole('textbox', { name: 'Comment' }),
      'wrong one{Control>}{Enter}{/Control}',
    );
    await waitFor(() => expect(api.sent).toEqual(['stop price-v2: wrong one']));
  });

  it('says why it failed and what can be done', async () => {
    const api = fakeApi({
      status: 'ERROR',
      statusMessage: 'model: crashed 3 times.',
    });
    await renderPage(api, PATH);
    expect(
      await screen.findByText('model: crashed 3 times.'),
    ).toBeInTheDocument();
    expect(
      await screen.findByText(
        'What you can do: start it again · stop it · delete it.',
      ),
    ).toBeInTheDocument();
    await command('Start again', 'once more');
    expect(api.sent).toEqual(['start price-v2: once more']);
  });

  it('deletes, says that it goes, and that it is gone', async () => {
    const api = fakeApi({ status: 'STOPPED' });
    await renderPage(api, PATH);
    await userEvent.click(
      await screen.findByRole('button', { name: 'Delete' }),
    );
    expect(
      await screen.findByRole('dialog', { name: 'Delete price-v2' }),
    ).toHaveTextContent('Its package (34.6 KB)');
    await userEvent.click(screen.getByRole('button', { name: 'Cancel' }));
    await command('Delete', 'no longer needed');
    expect(api.sent).toEqual(['delete price-v2: no longer needed']);

    // One is back at the runtime, where its row says so.
    const row = await screen.findByRole('row', { name: /price-v2/ });
    expect(within(row).getByText('DELETING')).toBeInTheDocument();
  });

  it('closes by itself once the version is deleted', async () => {
    const api = fakeApi({ status: 'STOPPED', deleting: true });
    await renderPage(api, PATH);
    expect(await screen.findByText('It is being deleted')).toBeInTheDocument();
    expect(
      screen.getByRole('button', { name: 'Start' }),
    ).toHaveAccessibleDescription('the version is being deleted');

    const gone = await answeredError(404, 'NotFoundError', 'no such version');
    jest.spyOn(api, 'getVersion').mockRejectedValue(gone);
    lookAgain();
    expect(await screen.findByText('price-v2 was deleted')).toBeInTheDocument();
    expect(
      screen.getByRole('link', { name: 'Back to price-estimation' }),
    ).toHaveAttribute('href', '/konstellation/runtimes/price-estimation');
    expect(screen.queryByRole('tab')).not.toBeInTheDocument();
  });

  it('says of each impossible command why, and shows none that is not permitted', async () => {
    const api = fakeApi({ status: 'PUBLISHED', runtime: 'guarded' });
    api.runtimes = [makeRuntime({ id: 'guarded' })];
    await renderPage(api, PATH.replace('price-estimation', 'guarded'), {
      denied: ['konstellation.version.delete'],
    });
    expect(
      await screen.findByRole('button', { name: 'Stop' }),
    ).toHaveAccessibleDescription(
      'a published version must be unpublished first',
    );
    expect(screen.getByRole('button', { name: 'Unpublish' })).toBeEnabled();
    expect(
      screen.queryByRole('button', { name: 'Delete' }),
    ).not.toBeInTheDocument();
  });
});
