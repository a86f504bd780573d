import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import type { Version } from '@konstellation/backstage-plugin-konstellation-common';
import { FakeConfiguration } from '../../__testUtils__/FakeConfiguration';
import { FakeKonstellationApi } from '../../__testUtils__/FakeKonstellationApi';
import {
  makeCondition,
  makeRuntime,
  makeVersion,
} from '../../__testUtils__/fixtures';
import { renderPage } from '../../__testUtils__/renderPage';

const PATH = '/runtimes/price-estimation/versions/price-v1/configuration';
const CANARY = 'canary-5a1d';

function fakeApi(
  overrides: Parameters<typeof makeVersion>[0] = {},
  entries?: FakeConfiguration['entries'],
) {
  const api = new FakeKonstellationApi();
  api.runtimes = [makeRuntime()];
  api.versions = [makeVersion(overrides)];
  if (entries) {
    api.configurations.set('price-v1', new FakeConfiguration(entries));
  }
  return api;
}

const running: Partial<Version> = {
  status: 'STARTED',
  configuration: {
    completed: true,
    missing: [],
    unconfirmed: [],
    revision: 1,
    runningRevision: 1,
  },
};

const click = (name: string) =>
  userEvent.click(screen.getByRole('button', { name }));

async function comment(text: string) {
  await userEvent.type(
    await screen.findByRole('textbox', { name: 'Comment' }),
    text,
  );
}

describe('ConfigurationTab', () => {
  it('leads from a missing value over the review to the start', async () => {
    const api = fakeApi({
      configuration: {
        completed: false,
        missing: ['OUTPUT_PRICE_CURRENCY'],
        unconfirmed: [],
        revision: 1,
      },
    });
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
    await userEvent.type(value, CANARY);
    await click('Review changes');

    const dialog = await screen.findByRole('dialog', {
      name: 'Change the configuration of price-v1',
    });
    const keys = await within(dialog).findByRole('list', {
      name: 'Changed keys',
    });
    expect(keys).toHaveTextContent('OUTPUT_PRICE_CURRENCY set');
    expect(dialog).toHaveTextContent(
      'It takes effect when price-v1 is started.',
    );
    expect(dialog).not.toHaveTextContent(CANARY);

    await click('Save configuration');
    expect(screen.getByText('Say in a few words why.')).toBeInTheDocument();
    await comment('Canadian dollars');
    await click('Save configuration');

    expect(await screen.findByText('Saved as revision 2.')).toBeInTheDocument();
    expect(api.changes).toEqual([
      {
        values: { OUTPUT_PRICE_CURRENCY: CANARY },
        comment: 'Canadian dollars',
      },
    ]);
    const newest = await screen.findByRole('listitem', { name: 'Revision 2' });
    expect(newest).toHaveTextContent('current');
    expect(newest).toHaveTextContent('Canadian dollars');
    expect(newest).toHaveTextContent('OUTPUT_PRICE_CURRENCY set');

    await userEvent.click(
      await screen.findByRole('button', { name: 'Start now' }),
    );
    expect(
      await screen.findByRole('dialog', { name: 'Start price-v1' }),
    ).toBeInTheDocument();
  });

  it('lets a value be replaced that may not be read, and not exported', async () => {
    const api = fakeApi({}, [
      {
        key: 'API_KEY',
        type: 'variable',
        isSet: true,
        value: CANARY,
        inheritedFrom: 'price-v0',
      },
    ]);
    api.configurationOf('price-v1').valuesVisible = false;
    await renderPage(api, PATH);

    const value = await screen.findByLabelText('API_KEY');
    expect(value).toHaveValue('');
    expect(value).toHaveAttribute('placeholder', 'set, not shown');
    expect(value).toHaveAccessibleDescription(
      'A value is set. You may replace it but not read it. · Taken over from price-v0',
    );
    expect(
      screen.queryByRole('button', { name: 'Export .env' }),
    ).not.toBeInTheDocument();

    await userEvent.type(value, 'x');
    expect(screen.getByText('1 change, not saved')).toBeInTheDocument();
    await userEvent.clear(value);
    expect(screen.getByText('No changes')).toBeInTheDocument();
    await click('Remove the value of API_KEY');
    expect(
      screen.getByText('Its value goes with the next save'),
    ).toBeInTheDocument();
  });

  it('confirms all inherited values at once', async () => {
    const inherited = (key: string) => ({
      key,
      type: 'variable' as const,
      isSet: true,
      value: 'x',
      inheritedFrom: 'price-v0',
      unconfirmed: true,
    });
    const api = fakeApi({}, [inherited('API_KEY'), inherited('LOG_LEVEL')]);
    await renderPage(api, PATH);

    expect(
      await screen.findByText(
        '2 inherited values take effect once they are confirmed',
      ),
    ).toBeInTheDocument();
    await click('Confirm all');
    await click('Review changes');
    expect(
      await screen.findByText(
        'What runs goes on as it is, as no value of it would be another.',
      ),
    ).toBeInTheDocument();
    await comment('Mine');
    await click('Save configuration');
    expect(await screen.findByText(/^Saved as revision/)).toBeInTheDocument();
    expect(api.changes).toEqual([
      { values: {}, confirm: ['API_KEY', 'LOG_LEVEL'], comment: 'Mine' },
    ]);
  });

  it('makes a second release, and tells how far it is', async () => {
    const api = fakeApi(running);
    await renderPage(api, PATH);

    const value = await screen.findByLabelText('OUTPUT_PRICE_CURRENCY');
    await userEvent.clear(value);
    await userEvent.type(value, 'USD');
    await click('Review changes');
    expect(
      await screen.findByText('Runs anew: entrypoint, etl, model, output'),
    ).toBeInTheDocument();
    await comment('US dollars');
    await click('Apply configuration');

    expect(
      await screen.findByText('A changed configuration is being made ready'),
    ).toBeInTheDocument();
    expect(
      await screen.findByText('the version is changing, wait until it has'),
    ).toBeInTheDocument();
    expect(
      await screen.findByText('Revision 2 · Runs with revision 1 · Complete'),
    ).toBeInTheDocument();
  });

  it('offers a pause where the quota has no room', async () => {
    const api = fakeApi(running);
    api.configurationOf('price-v1').quota = [
      {
        resource: 'limits.memory',
        used: '3Gi',
        needed: '2Gi',
        limit: '4Gi',
        hasRoom: false,
      },
    ];
    await renderPage(api, PATH);

    await userEvent.type(
      await screen.findByLabelText('OUTPUT_PRICE_CURRENCY'),
      'X',
    );
    await click('Review changes');
    const row = await screen.findByRole('row', { name: /limits.memory/ });
    expect(row).toHaveTextContent('limits.memory3Gi2Gi4Gitoo little');
    await comment('It has to be');
    expect(
      screen.getByRole('button', { name: 'Apply configuration' }),
    ).toBeDisabled();
    await userEvent.click(
      screen.getByRole('checkbox', { name: 'Replace with a pause' }),
    );
    await click('Apply with a pause');
    await waitFor(() =>
      expect(api.changes).toEqual([
        {
          values: { OUTPUT_PRICE_CURRENCY: 'CADX' },
          comment: 'It has to be',
          replace: 'pause',
        },
      ]),
    );
  });

  it('imports the text of a file, and keeps it when it is refused', async () => {
    const api = fakeApi();
    await renderPage(api, PATH);
    await screen.findByLabelText('OUTPUT_PRICE_CURRENCY');

    await click('Import .env');
    const env = `NOT_DECLARED=${CANARY}\n`;
    await userEvent.upload(
      await screen.findByLabelText('Choose a file', { selector: 'input' }),
      new File([env], 'production.env'),
    );
    const text = await screen.findByRole('textbox', {
      name: 'Text of production.env',
    });
    expect(text).toHaveValue(env);
    await userEvent.click(
      within(screen.getByRole('dialog')).getByRole('button', {
        name: 'Review changes',
      }),
    );
    expect(
      await screen.findByText(
        'version config contains an unknown key: NOT_DECLARED',
      ),
    ).toBeInTheDocument();

    await click('Back');
    const pasted = await screen.findByRole('textbox', {
      name: 'Text of the file',
    });
    expect(pasted).toHaveValue(env);
    await userEvent.clear(pasted);
    await userEvent.type(pasted, 'OUTPUT_PRICE_CURRENCY=EUR');
    await userEvent.click(
      within(screen.getByRole('dialog')).getByRole('button', {
        name: 'Review changes',
      }),
    );
    await comment('From production');
    await userEvent.click(
      await screen.findByRole('button', { name: 'Save configuration' }),
    );
    await waitFor(() =>
      expect(api.changes).toEqual([
        {
          values: {},
          env: 'OUTPUT_PRICE_CURRENCY=EUR',
          comment: 'From production',
        },
      ]),
    );
  });

  it('takes a value from a file, unless it is too large or no text', async () => {
    const api = fakeApi({}, [{ key: 'AREAS', type: 'file', isSet: false }]);
    await renderPage(api, PATH);
    const input = await screen.findByLabelText(
      'Take the value of AREAS from a file',
      { selector: 'input' },
    );

    await userEvent.upload(input, new File(['x'.repeat(300_000)], 'big.csv'));
    expect(
      await screen.findByText('At most 256 KiB; this is 293 KiB.'),
    ).toBeInTheDocument();
    await userEvent.upload(
      input,
      new File([new Uint8Array([0xff, 0xfe])], 'areas.bin'),
    );
    expect(
      await screen.findByText('areas.bin is not a text in UTF-8.'),
    ).toBeInTheDocument();
    await userEvent.upload(input, new File(['Windsor\n'], 'areas.csv'));
    expect(
      await screen.findByText('From areas.csv, 8 B, not saved'),
    ).toBeInTheDocument();
    expect(screen.getByLabelText('AREAS')).toHaveValue('Windsor\n');
    await click('Undo the change of AREAS');
    expect(screen.getByText('Has no value yet')).toBeInTheDocument();
  });

  it('says why a revision was dropped, and offers a pause then', async () => {
    const api = fakeApi({
      ...running,
      conditions: [
        makeCondition('ConfigurationApplied', 'Dropped', {
          message: 'No node has 2 GiB of memory free for model.',
        }),
      ],
    });
    await renderPage(api, PATH);
    expect(
      await screen.findByText('A changed configuration was dropped'),
    ).toBeInTheDocument();
    expect(
      screen.getByText('No node has 2 GiB of memory free for model.'),
    ).toBeInTheDocument();
    await userEvent.type(
      await screen.findByLabelText('OUTPUT_PRICE_CURRENCY'),
      'X',
    );
    await click('Review changes');
    expect(
      await screen.findByRole('checkbox', { name: 'Replace with a pause' }),
    ).toBeInTheDocument();
  });

  it('changes nothing without permission', async () => {
    const api = fakeApi({ runtime: 'read-only', solution: 'read-only' });
    // Answers about permissions are kept by runtime, longer than a test.
    api.runtimes = [makeRuntime({ id: 'read-only' })];
    await renderPage(api, PATH.replace('price-estimation', 'read-only'), {
      denied: ['konstellation.configuration.update'],
    });
    expect(
      await screen.findByText(
        'You may not change the configuration of this runtime.',
      ),
    ).toBeInTheDocument();
    expect(
      screen.queryByRole('button', { name: 'Import .env' }),
    ).not.toBeInTheDocument();
    expect(screen.getByLabelText('OUTPUT_PRICE_CURRENCY')).toHaveAttribute(
      'readonly',
    );
  });
});
