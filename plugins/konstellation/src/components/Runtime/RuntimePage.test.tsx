import { cleanup, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { FakeKonstellationApi } from '../../__testUtils__/FakeKonstellationApi';
import {
  makePublication,
  makeRuntime,
  makeVersion,
  THEN,
} from '../../__testUtils__/fixtures';
import { renderPage } from '../../__testUtils__/renderPage';

const PATH = '/runtimes/price-estimation';

function fakeApi() {
  const api = new FakeKonstellationApi();
  api.runtimes = [makeRuntime({ publishedVersion: 'price-v2' })];
  api.versions = [
    makeVersion({ name: 'price-v2', status: 'PUBLISHED' }),
    makeVersion({ name: 'price-v1', status: 'STARTED' }),
  ];
  api.publications = [
    makePublication({ version: 'price-v2' }),
    makePublication({ version: 'price-v1', current: false }),
  ];
  return api;
}

describe('RuntimePage', () => {
  it('shows what is published where, and the next step of each version', async () => {
    const api = fakeApi();
    await renderPage(api, PATH);

    expect(
      await screen.findByText('http://price-estimation.localhost:7080'),
    ).toBeInTheDocument();
    const row = await screen.findByRole('row', { name: /price-v1/ });
    await userEvent.click(
      await within(row).findByRole('button', { name: 'Roll back to price-v1' }),
    );
    const dialog = await screen.findByRole('dialog', {
      name: 'Roll back to price-v1',
    });
    expect(dialog).toHaveTextContent('configuration revision 2');
    await userEvent.type(
      within(dialog).getByRole('textbox', { name: 'Comment' }),
      'v2 is wrong{Control>}{Enter}{/Control}',
    );
    await waitFor(() =>
      expect(api.sent).toEqual(['rollback publication-price-v1: v2 is wrong']),
    );
  });

  it('rolls back from the publications', async () => {
    await renderPage(fakeApi(), `${PATH}/publications`);
    const timeline = await screen.findByRole('list', {
      name: 'Publications, newest first',
    });
    expect(within(timeline).getAllByRole('listitem')).toHaveLength(2);
    expect(
      await within(timeline).findAllByRole('button', {
        name: 'Roll back to this: price-v1, revision 2',
      }),
    ).toHaveLength(1);
  });

  it('edits the quota, and keeps what it does not know', async () => {
    const api = fakeApi();
    api.runtimes = [
      makeRuntime({
        settings: { quota: { 'requests.cpu': '2', pods: '10' } },
      }),
    ];
    await renderPage(api, `${PATH}/settings`);

    const memory = await screen.findByRole('textbox', {
      name: 'Memory, at most',
    });
    const save = screen.getByRole('button', { name: 'Save changes' });
    await userEvent.type(memory, '8 gigabytes');
    await userEvent.click(save);
    expect(screen.getByText(/An amount such as/)).toBeInTheDocument();
    expect(api.runtimes[0].settings.quota).toEqual({
      'requests.cpu': '2',
      pods: '10',
    });
    await userEvent.clear(memory);
    await userEvent.type(memory, '8Gi');
    await userEvent.clear(
      screen.getByRole('textbox', { name: 'Processors, requested' }),
    );
    await userEvent.click(save);
    await screen.findByText('Saved.');
    expect(api.runtimes[0].settings.quota).toEqual({
      'limits.memory': '8Gi',
      pods: '10',
    });
  });

  it("shows the quota of a namespace that is not the portal's, and does not change it", async () => {
    const api = fakeApi();
    api.runtimes = [
      makeRuntime({
        namespace: 'team-a',
        namespaceBound: true,
        namespaceQuotas: [
          {
            name: 'team',
            hard: { 'limits.memory': '8Gi', pods: '10' },
            used: { 'limits.memory': '2Gi' },
          },
        ],
      }),
    ];
    await renderPage(api, `${PATH}/settings`);
    const table = await screen.findByRole('table', { name: 'team' });
    expect(
      within(table).getByRole('row', { name: 'Memory, at most 2Gi 8Gi' }),
    ).toBeInTheDocument();
    expect(
      screen.queryByRole('textbox', { name: 'Memory, at most' }),
    ).not.toBeInTheDocument();
    await userEvent.click(screen.getByRole('button', { name: 'Save changes' }));
    await screen.findByText('Saved.');
    expect(api.runtimes[0].settings).not.toHaveProperty('quota');
  });

  it('says why nothing can run in the namespace, and what a deletion waits for', async () => {
    const api = fakeApi();
    const condition = {
      reason: 'PodSecurityNotEnforced',
      lastTransitionTime: THEN,
      message: 'Mend it with: kubectl label namespace team-a',
    };
    api.runtimes = [
      makeRuntime({
        conditions: [{ ...condition, type: 'NamespaceReady', status: 'False' }],
      }),
    ];
    await renderPage(api, PATH);
    expect(
      await screen.findByText('Its namespace is not as it has to be'),
    ).toBeInTheDocument();
    expect(screen.getByText(condition.message)).toBeInTheDocument();
    cleanup();

    api.runtimes = [
      makeRuntime({
        status: 'DELETING',
        conditions: [
          {
            ...condition,
            type: 'Deleting',
            status: 'True',
            reason: 'NamespaceTerminating',
            message: 'Waiting for the processes of pod v-1 to end.',
          },
        ],
      }),
    ];
    await renderPage(api, PATH);
    expect(
      await screen.findByText(/Waiting for the processes of pod v-1 to end/),
    ).toBeInTheDocument();
  });

  it('edits how nodes scale, and says what cannot be', async () => {
    const api = fakeApi();
    api.runtimes = [makeRuntime({ settings: { scaling: { replicas: 2 } } })];
    await renderPage(api, `${PATH}/settings`);

    const all = within(await screen.findByRole('group', { name: 'All nodes' }));
    expect(all.getByLabelText('Pods, at least')).toHaveValue('2');
    expect(all.getByLabelText('Use of processors, %')).toBeDisabled();
    const most = all.getByLabelText('Pods, at most');
    const save = screen.getByText('Save changes');
    await userEvent.type(most, '1');
    await userEvent.click(save);
    expect(all.getByText(/not less than at least/)).toBeInTheDocument();
    expect(api.runtimes[0].settings.scaling).toEqual({ replicas: 2 });
    await userEvent.type(most, '0');
    await userEvent.type(all.getByLabelText('Use of processors, %'), '65');
    await userEvent.type(screen.getByLabelText('GPUs of each pod'), '2');
    await userEvent.click(save);
    await screen.findByText('Saved.');
    expect(api.runtimes[0].settings).toMatchObject({
      scaling: { autoscaling: { min: 2, max: 10, cpu: 65 } },
      gpu: { count: 2 },
    });
  });

  it('edits nodes that scale in another way', async () => {
    const model = { autoscaling: { max: 4 } };
    const api = fakeApi();
    api.runtimes = [
      makeRuntime({ settings: { scaling: { nodes: { model } } } }),
    ];
    await renderPage(api, `${PATH}/settings`);

    const node = await screen.findByLabelText('Node that differs');
    await userEvent.type(node, 'Up{Enter}');
    expect(screen.getByText(/as krt.yml calls the node/)).toBeInTheDocument();
    await userEvent.clear(node);
    await userEvent.type(node, 'etl{Enter}');
    const own = within(screen.getByRole('group', { name: 'etl' }));
    await userEvent.type(own.getByLabelText('Pods, at least'), '3');
    await userEvent.click(screen.getByLabelText('Scale model as all nodes'));
    await userEvent.click(screen.getByText('Save changes'));
    await screen.findByText('Saved.');
    expect(api.runtimes[0].settings.scaling).toEqual({
      nodes: { etl: { replicas: 3 } },
    });
  });

  it('edits the allowed origins', async () => {
    const api = fakeApi();
    await renderPage(api, `${PATH}/settings`);

    const origin = await screen.findByRole('textbox', { name: 'Origin' });
    await userEvent.type(origin, 'https://shop.example.com/cart{Enter}');
    expect(
      screen.getByText(/An origin is a scheme and a host/),
    ).toBeInTheDocument();
    await userEvent.clear(origin);
    await userEvent.type(origin, 'https://shop.example.com');
    await userEvent.click(screen.getByRole('button', { name: 'Add origin' }));
    await userEvent.click(
      await screen.findByRole('button', { name: 'Save changes' }),
    );

    expect(await screen.findByText('Saved.')).toBeInTheDocument();
    expect(api.runtimes[0].settings.origins).toEqual([
      'https://shop.example.com',
    ]);
  });
});
