import { screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { FakeKonstellationApi } from '../../__testUtils__/FakeKonstellationApi';
import { makeRuntime, makeVersion } from '../../__testUtils__/fixtures';
import { renderPage } from '../../__testUtils__/renderPage';

const PATH = '/runtimes/price-estimation/versions/price-v1/configuration';

function fakeApi() {
  const api = new FakeKonstellationApi();
  api.runtimes = [makeRuntime()];
  api.versions = [
    makeVersion({
      configuration: {
        completed: false,
        missing: ['OUTPUT_PRICE_CURRENCY'],
        unconfirmed: [],
        revision: 1,
      },
    }),
  ];
  return api;
}

describe('ConfigurationTab', () => {
  it('leads from a missing value to the start', async () => {
    const api = fakeApi();
    await renderPage(api, PATH);

    expect(
      await screen.findByText(
        'Set 1 value to start it: OUTPUT_PRICE_CURRENCY.',
      ),
    ).toBeInTheDocument();
    expect(await screen.findByText('Has no value yet')).toBeInTheDocument();
    const start = screen.getByRole('button', { name: 'Start' });
    expect(start).toHaveAttribute('aria-disabled', 'true');
    expect(start).toHaveAccessibleDescription(
      'version config is incomplete: OUTPUT_PRICE_CURRENCY',
    );

    const value = screen.getByLabelText('OUTPUT_PRICE_CURRENCY');
    expect(value).toHaveAttribute('type', 'password');
    await userEvent.type(value, 'CAD');
    await userEvent.click(
      screen.getByRole('button', { name: 'Save configuration' }),
    );
    expect(
      screen.getByText('Say in a few words why you change it.'),
    ).toBeInTheDocument();

    await userEvent.type(
      screen.getByRole('textbox', { name: 'Comment' }),
      'Canadian dollars',
    );
    await userEvent.click(
      screen.getByRole('button', { name: 'Save configuration' }),
    );

    expect(await screen.findByText('Saved as revision 2.')).toBeInTheDocument();
    expect(api.sent).toEqual(['configure price-v1: Canadian dollars']);
    await userEvent.click(
      await screen.findByRole('button', { name: 'Start now' }),
    );
    expect(
      await screen.findByRole('dialog', { name: 'Start price-v1' }),
    ).toBeInTheDocument();
  });

  it('says where a value came from, and that it may not be read', async () => {
    const api = fakeApi();
    api.configuration = {
      revision: 3,
      completed: true,
      entries: [
        {
          key: 'API_KEY',
          type: 'variable',
          isSet: true,
          inheritedFrom: 'price-v0',
        },
      ],
    };
    await renderPage(api, PATH);

    const value = await screen.findByLabelText('API_KEY');
    expect(value).toHaveValue('');
    expect(value).toHaveAccessibleDescription(
      'A value is set. You may replace it but not read it. · Taken over from price-v0',
    );
    expect(
      screen.getByRole('button', { name: 'Save configuration' }),
    ).toBeDisabled();
  });
});
