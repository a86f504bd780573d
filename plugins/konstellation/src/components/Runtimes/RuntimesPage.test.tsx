import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { FakeKonstellationApi } from '../../__testUtils__/FakeKonstellationApi';
import { makeRuntime } from '../../__testUtils__/fixtures';
import { renderPage } from '../../__testUtils__/renderPage';

describe('RuntimesPage', () => {
  it('offers to create the first runtime and to try the example', async () => {
    const api = new FakeKonstellationApi();
    api.example = true;
    await renderPage(api);

    expect(await screen.findByText('No runtime yet')).toBeInTheDocument();
    expect(
      screen.getAllByRole('button', { name: 'Create runtime' }),
    ).toHaveLength(1);
    await userEvent.click(
      await screen.findByRole('button', { name: 'or try the example' }),
    );
    expect(
      await screen.findByRole('heading', { name: 'price-v1' }),
    ).toBeInTheDocument();
  });

  it('derives the id from the name until it is edited', async () => {
    const api = new FakeKonstellationApi();
    api.runtimes = [makeRuntime({ id: 'churn', name: 'Churn' })];
    await renderPage(api);

    await userEvent.click(
      await screen.findByRole('button', { name: 'Create runtime' }),
    );
    const dialog = await screen.findByRole('dialog');
    const name = within(dialog).getByRole('textbox', { name: 'Name' });
    const id = within(dialog).getByRole('textbox', { name: 'Id' });

    await userEvent.type(name, 'Precios de Málaga');
    expect(id).toHaveValue('precios-de-malaga');

    await userEvent.clear(id);
    await userEvent.type(id, 'Malaga');
    expect(
      within(dialog).getByText(/Lower-case letters, digits/),
    ).toBeInTheDocument();
    await userEvent.clear(id);
    await userEvent.type(id, 'malaga');
    await userEvent.type(name, ' 2');
    expect(id).toHaveValue('malaga');

    await userEvent.click(
      within(dialog).getByRole('button', { name: 'Create runtime' }),
    );
    expect(
      await screen.findByRole('heading', { name: 'Precios de Málaga 2' }),
    ).toBeInTheDocument();
    expect(api.runtimes[1]).toMatchObject({ id: 'malaga' });
  });

  it('asks where a runtime goes, as far as there is a choice', async () => {
    const api = new FakeKonstellationApi();
    api.runtimes = [makeRuntime({ id: 'churn', name: 'Churn' })];
    api.clusters = [
      { name: 'laptop' },
      { name: 'shared', freeNamespaces: ['team-a', 'team-b'] },
    ];
    await renderPage(api);
    await userEvent.click(
      await screen.findByRole('button', { name: 'Create runtime' }),
    );
    const dialog = await screen.findByRole('dialog');
    await userEvent.type(
      within(dialog).getByRole('textbox', { name: 'Name' }),
      'Prices',
    );
    const cluster = await within(dialog).findByRole('button', {
      name: /Cluster/,
    });
    expect(cluster).toHaveTextContent('laptop');
    expect(
      within(dialog).queryByRole('button', { name: /Namespace/ }),
    ).not.toBeInTheDocument();

    await userEvent.click(cluster);
    await userEvent.click(
      await screen.findByRole('option', { name: 'shared' }),
    );
    const namespace = await screen.findByRole('button', { name: /Namespace/ });
    expect(namespace).toHaveTextContent('team-a');
    await userEvent.click(namespace);
    await userEvent.click(
      await screen.findByRole('option', { name: 'team-b' }),
    );
    await userEvent.click(
      within(await screen.findByRole('dialog')).getByRole('button', {
        name: 'Create runtime',
      }),
    );

    await screen.findByRole('heading', { name: 'Prices' });
    expect(api.runtimes[1]).toMatchObject({
      cluster: 'shared',
      namespace: 'team-b',
    });
  });

  it('says beside the field that an id is taken, and keeps what was typed', async () => {
    const api = new FakeKonstellationApi();
    api.runtimes = [makeRuntime({ id: 'churn', name: 'Churn' })];
    await renderPage(api);

    await userEvent.click(
      await screen.findByRole('button', { name: 'Create runtime' }),
    );
    const dialog = await screen.findByRole('dialog');
    await userEvent.type(
      within(dialog).getByRole('textbox', { name: 'Name' }),
      'Churn',
    );
    await userEvent.click(
      within(dialog).getByRole('button', { name: 'Create runtime' }),
    );

    expect(
      await within(dialog).findByText(/already a runtime with this id/),
    ).toBeInTheDocument();
    expect(within(dialog).getByRole('textbox', { name: 'Name' })).toHaveValue(
      'Churn',
    );
  });

  it('puts runtimes in trouble first and searches on the server', async () => {
    const api = new FakeKonstellationApi();
    api.runtimes = [
      makeRuntime({ id: 'churn', name: 'churn' }),
      makeRuntime({
        id: 'fraud-detection',
        name: 'fraud-detection',
        status: 'ERROR',
        versionCounts: { total: 7, started: 1, error: 1 },
      }),
    ];
    await renderPage(api);

    const attention = await screen.findByRole('region', {
      name: 'Needs attention (1)',
    });
    expect(
      within(attention).getByRole('link', { name: 'fraud-detection' }),
    ).toHaveAttribute('href', '/konstellation/runtimes/fraud-detection');
    expect(within(attention).getByText('1 version in error')).toBeVisible();

    await userEvent.type(
      screen.getByRole('searchbox', { name: 'Search runtimes' }),
      'nothing like it',
    );
    // Who types slowly is answered in between, so what is found may go once more.
    await waitFor(() => {
      expect(screen.getByText('No runtime matches')).toBeInTheDocument();
      expect(screen.queryByText('churn')).not.toBeInTheDocument();
    });
  });

  it('shows why runtimes could not be read, and tries again', async () => {
    const api = new FakeKonstellationApi();
    const list = jest
      .spyOn(api, 'listRuntimes')
      .mockRejectedValueOnce(new Error('The portal did not answer.'));
    await renderPage(api);

    expect(
      await screen.findByText('The portal did not answer.'),
    ).toBeInTheDocument();
    await userEvent.click(screen.getByRole('button', { name: 'Try again' }));
    expect(await screen.findByText('No runtime yet')).toBeInTheDocument();
    expect(list).toHaveBeenCalledTimes(2);
  });
});
