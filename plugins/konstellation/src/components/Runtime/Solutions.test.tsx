import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { FakeKonstellationApi } from '../../__testUtils__/FakeKonstellationApi';
import {
  makePublication,
  makeRuntime,
  makeSolution,
  makeVersion,
} from '../../__testUtils__/fixtures';
import { renderPage } from '../../__testUtils__/renderPage';

jest.mock('../Upload/checkPackage', () => ({
  checkPackage: async () => ({ problems: [], digest: 'sha256:ab' }),
}));

const PATH = '/runtimes/price-estimation';

function fakeApi() {
  const api = new FakeKonstellationApi();
  const runtime = makeRuntime({ publishedVersion: 'sale-v1' });
  api.runtimes = [
    {
      ...runtime,
      solutions: [
        { ...runtime.solutions[0], name: 'Sale prices' },
        makeSolution('price-estimation', { id: 'rent', name: 'Rents' }),
      ],
    },
  ];
  api.versions = [
    makeVersion({ name: 'rent-v1', solution: 'rent', status: 'STOPPED' }),
    makeVersion({ name: 'sale-v1', status: 'PUBLISHED' }),
  ];
  return api;
}

describe('a runtime with several solutions', () => {
  it('groups versions and publications by solution', async () => {
    const api = fakeApi();
    api.publications = [
      makePublication({ version: 'sale-v1' }),
      makePublication({
        version: 'rent-v0',
        solution: 'rent',
        current: false,
        packageDeleted: true,
      }),
      makePublication({ version: 'rent-v1', solution: 'rent', current: false }),
    ];
    await renderPage(api, PATH);
    const rents = await screen.findByRole('region', {
      name: 'Versions of Rents',
    });
    expect(
      await within(rents).findByRole('row', { name: /rent-v1/ }),
    ).toBeInTheDocument();
    expect(within(rents).queryByText('sale-v1')).not.toBeInTheDocument();

    await userEvent.click(screen.getByRole('tab', { name: 'Publications' }));
    const history = await screen.findByRole('region', {
      name: 'Publications of Rents',
    });
    expect(
      await within(history).findByText(/Package deleted/),
    ).toBeInTheDocument();
    const back = await within(history).findAllByRole('button', {
      name: /^Roll back to this/,
    });
    expect(back).toHaveLength(1);
    await userEvent.click(back[0]);
    expect(
      await screen.findByText(/rent-v1 does not run: it is started first/),
    ).toBeInTheDocument();
  });

  it('asks which one a package is of, and remembers it', async () => {
    const api = fakeApi();
    const upload = jest.spyOn(api, 'uploadVersion');
    await renderPage(api, PATH);
    const choose = async () =>
      userEvent.upload(
        await screen.findByLabelText('KRT package'),
        new File(['x'], 'rent-v2.krt'),
      );
    await choose();
    const dialog = await screen.findByRole('dialog', {
      name: 'Upload rent-v2.krt',
    });
    await userEvent.click(
      within(dialog).getByRole('button', { name: /Sale prices/ }),
    );
    await userEvent.click(
      await screen.findByRole('option', { name: 'Rents (rent)' }),
    );
    expect(
      within(dialog).getByText('http://rent--price-estimation.localhost:7080'),
    ).toBeInTheDocument();
    await userEvent.click(
      within(dialog).getByRole('button', { name: 'Check and upload' }),
    );
    await waitFor(() => expect(upload).toHaveBeenCalled());
    expect(upload.mock.calls[0][2]).toMatchObject({ solution: 'rent' });
  });

  it('adds one, and shows its address beforehand', async () => {
    const api = fakeApi();
    await renderPage(api, `${PATH}/settings`);
    await userEvent.click(
      await screen.findByRole('button', { name: 'Add solution' }),
    );
    const dialog = await screen.findByRole('dialog');
    await userEvent.type(
      within(dialog).getByRole('textbox', { name: 'Name' }),
      'Rent',
    );
    expect(
      within(dialog).getByText(
        'The runtime has a solution with this id already.',
      ),
    ).toBeInTheDocument();
    await userEvent.type(
      within(dialog).getByRole('textbox', { name: 'Name' }),
      ' forecast',
    );
    expect(
      within(dialog).getByText(
        'http://rent-forecast--price-estimation.localhost:7080',
      ),
    ).toBeInTheDocument();
    await userEvent.click(
      within(dialog).getByRole('button', { name: 'Add solution' }),
    );
    const list = await screen.findByRole('list', {
      name: 'Solutions of the runtime',
    });
    await waitFor(() =>
      expect(within(list).getAllByRole('listitem')).toHaveLength(3),
    );
  });

  it('deletes one, and shows why it may not', async () => {
    const api = fakeApi();
    api.versions[0] = makeVersion({
      name: 'rent-v1',
      solution: 'rent',
      status: 'STARTED',
    });
    await renderPage(api, `${PATH}/settings`);
    await userEvent.click(
      await screen.findByRole('button', { name: 'Delete Rents' }),
    );
    expect(
      screen.queryByRole('button', { name: 'Delete Sale prices' }),
    ).not.toBeInTheDocument();
    const dialog = await screen.findByRole('dialog');
    expect(dialog).toHaveTextContent(
      'http://rent--price-estimation.localhost:7080 stops answering for good.',
    );
    await userEvent.type(
      within(dialog).getByRole('textbox', { name: 'Comment' }),
      'not sold',
    );
    const remove = within(dialog).getByRole('button', {
      name: 'Delete solution',
    });
    await userEvent.click(remove);
    expect(await within(dialog).findByRole('alert')).toHaveTextContent(
      'rent-v1 (STARTED)',
    );
    api.versions = [];
    await userEvent.click(remove);
    await waitFor(() => expect(api.sent).toEqual(['delete rent: not sold']));
    const list = screen.getByRole('list', { name: 'Solutions of the runtime' });
    expect(await within(list).findByText(/Being deleted/)).toBeInTheDocument();
  });
});
