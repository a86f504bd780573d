// The main job over HTTP, step by step, on a portal that runs: what `npm run demo` tells, and what proves an installation.
import { signIn } from './api.mjs';
import { httpCaller } from './httpCaller.mjs';
import { meanwhile } from './meanwhile.mjs';
import { askPrice, packageOf, QUESTION } from './priceEstimator.mjs';
import { bold, dim, green, say, step } from './terminal.mjs';
import { until } from './until.mjs';

/** For each thing that is waited for. */
const SECONDS = 60;

function expect(condition, message) {
  if (!condition) throw new Error(message);
}

/**
 * From a new runtime to its end: two versions, configuration, publications, roll back.
 *
 * @param baseUrl - of a portal that lets guests in
 * @param runtime - id of the runtime, which is not there yet
 * @throws Error with the first step that was not as it should be
 */
export async function tellStory(baseUrl, runtime) {
  const call = await signIn(baseUrl);
  const versions = `/runtimes/${runtime}/versions`;
  const version = name => call('GET', `${versions}/${name}`);
  const verb = (name, command, comment) =>
    call('POST', `${versions}/${name}/${command}`, { comment });
  const reaches = (name, status) =>
    until(`${name} ${status}`, () => version(name), {
      seconds: SECONDS,
      isSo: seen => {
        expect(
          seen.status !== 'ERROR' || status === 'ERROR',
          `${name} failed: ${seen.statusMessage}`,
        );
        return seen.status === status;
      },
    });
  let address;

  await step(`Created the runtime ${bold(runtime)}`, async () => {
    const made = await call('POST', '/runtimes', {
      id: runtime,
      name: 'Price estimation (demo)',
    });
    address = made.address.http;
  });
  const uploaded = Date.now();
  await step('Uploaded price-estimator-v1.krt', async () => {
    const made = await call('POST', versions, packageOf('v1'));
    expect(made.status === 'CREATED', `it is ${made.status}`);
  });
  await step(
    'START is refused: OUTPUT_PRICE_CURRENCY has no value',
    async () => {
      const refusal = await verb('price-v1', 'start', 'Too early').then(
        () => undefined,
        error => error,
      );
      expect(refusal?.status === 409, 'it was not refused');
      say(dim(`  “${refusal.message}”`));
    },
  );
  await step('Set OUTPUT_PRICE_CURRENCY to CAD', () =>
    call('PUT', `${versions}/price-v1/configuration`, {
      values: { OUTPUT_PRICE_CURRENCY: 'CAD' },
      comment: 'Prices of Windsor are Canadian dollars',
    }),
  );
  await step('STARTED price-v1: entrypoint, etl, model, output', async () => {
    await verb('price-v1', 'start', 'First start');
    await reaches('price-v1', 'STARTED');
  });
  await step('A call from outside is refused: not published', async () => {
    const { status } = await askPrice(address);
    expect(status === 503, `it was answered with ${status}`);
  });
  await step(`PUBLISHED price-v1 at ${address}`, async () => {
    await verb('price-v1', 'publish', 'The first estimate for the shop');
    await reaches('price-v1', 'PUBLISHED');
  });
  await step('Asked for the price of a house', async () => {
    const { status, version: by, body } = await askPrice(address);
    expect(status === 200, `answered ${status}: ${JSON.stringify(body)}`);
    say(`  ${green(JSON.stringify(body))} ${dim(`answered by ${by}`)}`);
  });
  const firstPrediction = (Date.now() - uploaded) / 1000;

  await step('Uploaded and STARTED price-v2, a better model', async () => {
    await call('POST', versions, packageOf('v2'));
    await verb('price-v2', 'start', 'Better on the held-out houses');
    await reaches('price-v2', 'STARTED');
  });
  await step('PUBLISHED price-v2 while callers go on calling', async () => {
    const { calls, failed, answeredBy } = await callingMeanwhile(
      address,
      async () => {
        await verb('price-v2', 'publish', 'Lower error');
        await reaches('price-v2', 'PUBLISHED');
      },
    );
    say(dim(`  ${calls} calls, ${failed} failed, by ${answeredBy}`));
    expect(failed === 0, `${failed} of ${calls} calls failed`);
    expect((await version('price-v1')).status === 'STARTED', 'v1 not STARTED');
  });
  await step('Rolled back to price-v1', async () => {
    const { failed, calls } = await callingMeanwhile(address, async () => {
      await call('POST', `/runtimes/${runtime}/rollback`, {
        comment: 'Just to see that it is instant',
      });
      await reaches('price-v1', 'PUBLISHED');
    });
    expect(failed === 0, `${failed} of ${calls} calls failed`);
    const { version: by } = await askPrice(address);
    expect(by === 'price-v1', `answered by ${by}`);
  });
  await step('UNPUBLISHED and STOPPED everything', async () => {
    await verb('price-v1', 'unpublish', 'The demo ends');
    await reaches('price-v1', 'STARTED');
    for (const name of ['price-v1', 'price-v2']) {
      await verb(name, 'stop', 'The demo ends');
      await reaches(name, 'STOPPED');
    }
  });
  await step('Deleted the runtime', async () => {
    await call('DELETE', `/runtimes/${runtime}?comment=The+demo+ends`);
    await until(
      'the runtime is gone',
      () => call('GET', `/runtimes/${runtime}`).catch(error => error.status),
      { seconds: SECONDS, isSo: seen => seen === 404 },
    );
  });
  say();
  say(`  From upload to the first prediction: ${firstPrediction.toFixed(1)} s`);
}

/** Calls one after another until the work is done. */
async function callingMeanwhile(address, work) {
  const caller = httpCaller(address, QUESTION);
  const answeredBy = new Set();
  const { calls } = await meanwhile(
    {
      calls: async () => {
        const { version } = await caller.call();
        answeredBy.add(version);
      },
    },
    work,
  ).finally(caller.end);
  return {
    calls: calls.times,
    failed: calls.failures.length,
    answeredBy: [...answeredBy].join(' and '),
  };
}
