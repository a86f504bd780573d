import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page, Request } from '@playwright/test';
import { expect, repository, startPortal, test, type Portal } from './fixtures';

const RUNTIME = 'price-estimation';
const RPC = '/price.PriceEstimator/Estimate';
const HOUSE = { lotsize: 5850, bedrooms: 3, bathrms: 1, stories: 2 };
const greeter = join(
  repository,
  '../shared/krt-samples/greeter-v1.website-docs-2020.krt',
);
const example = (file: string) =>
  join(repository, 'examples/price-estimator', file);

/** A call from outside. Node does not resolve `*.localhost`, so the name travels as Host. */
function call(
  address: string,
  path: string,
  body: unknown,
): Promise<{ status: number; version?: string; body: string }> {
  const { host, port } = new URL(address);
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest(
      {
        host: '127.0.0.1',
        port,
        path,
        method: 'POST',
        agent: false,
        headers: { host, 'content-type': 'application/json' },
      },
      answer => {
        let text = '';
        answer.setEncoding('utf8');
        answer.on('data', chunk => {
          text += chunk;
        });
        answer.on('end', () =>
          resolve({
            status: answer.statusCode ?? 0,
            version: answer.headers['x-konstellation-version']?.toString(),
            body: text,
          }),
        );
      },
    );
    outgoing.on('error', reject);
    outgoing.end(JSON.stringify(body));
  });
}

/** Processes that play containers of this portal, told from others by a folder in their environment. */
function containerProcesses(stateDirectory: string): string[] {
  return readdirSync('/proc').filter(pid => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      return readFileSync(`/proc/${pid}/environ`, 'utf8').includes(
        `KRT_SERVICE_MAP=${stateDirectory}`,
      );
    } catch {
      return false;
    }
  });
}

async function expectStatus(page: Page, status: string) {
  await expect(
    page.getByRole('button', { name: new RegExp(`^Status ${status}`) }).first(),
  ).toBeVisible({ timeout: 60_000 });
}

/** Opens the dialog of a verb, says why and confirms. */
async function command(page: Page, verb: string, comment: string) {
  await page.getByRole('button', { name: verb, exact: true }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox', { name: 'Comment' }).fill(comment);
  await dialog.getByRole('button', { name: verb, exact: true }).click();
  await expect(dialog).toBeHidden();
}

/** Changes the value on the page of a version: looks at what would happen, says why and applies it. */
async function configure(
  page: Page,
  change: { value: string; comment: string; verb: string },
) {
  await page.getByRole('tab', { name: 'Configuration' }).click();
  await page
    .getByLabel('OUTPUT_PRICE_CURRENCY', { exact: true })
    .fill(change.value);
  await page.getByRole('button', { name: 'Review changes' }).click();
  const dialog = page.getByRole('dialog');
  await expect(
    dialog.getByRole('list', { name: 'Changed keys' }),
  ).toContainText('OUTPUT_PRICE_CURRENCY');
  // Which keys change is said, never to what.
  await expect(dialog).not.toContainText(change.value);
  await dialog.getByRole('textbox', { name: 'Comment' }).fill(change.comment);
  await dialog.getByRole('button', { name: change.verb }).click();
  await expect(dialog).toBeHidden();
}

async function open(page: Page, portal: Portal, path: string) {
  await page.goto(`${portal.baseUrl}/konstellation${path}`);
}

async function upload(page: Page, file: string) {
  await page.getByLabel('KRT package').setInputFiles(file);
}

/** A package with mistakes in its manifest, made with the tool. */
function brokenPackage(): Buffer {
  const folder = mkdtempSync(join(tmpdir(), 'konstellation-broken-'));
  try {
    mkdirSync(join(folder, 'src'));
    writeFileSync(
      join(folder, 'krt.yml'),
      `version: Price V1
description: Estimates prices.
entrypoint:
  proto: public_input.proto
  image: konstellation/entrypoint:0.1.0
nodes:
  - name: etl
    image: konstellation/python:0.1.0
    src: src/elt.py
workflows:
  - name: price
    entrypoint: Estimate
    sequental: [etl]
`,
    );
    writeFileSync(
      join(folder, 'public_input.proto'),
      'syntax = "proto3"; message A {} service S { rpc Estimate (A) returns (A); }',
    );
    writeFileSync(
      join(folder, 'src/etl.py'),
      'def handler(ctx, data): return {}',
    );
    const krt = join(folder, 'broken.krt');
    execFileSync(join(repository, 'bin/krt'), [
      ...['pack', folder, '--force', '--output', krt, '--json'],
    ]);
    return readFileSync(krt);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A package that is sent in three parts. */
function largePackage(): { path: string; remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'konstellation-large-'));
  const krt = join(repository, 'bin/krt');
  const source = join(folder, 'solution');
  execFileSync(krt, ['init', source, '--name', 'weights', '--yes', '--json']);
  writeFileSync(
    join(source, 'models/weights.bin'),
    randomBytes(20 * 1024 * 1024),
  );
  const path = join(folder, 'weights.krt');
  execFileSync(krt, ['pack', source, '--output', path, '--json']);
  return { path, remove: () => rmSync(folder, { recursive: true }) };
}

/** As if a file were dropped on the page. */
async function dropFile(page: Page, name: string, bytes: Buffer) {
  const transfer = await page.evaluateHandle(
    ([file, base64]) => {
      const dropped = new DataTransfer();
      const content = Uint8Array.from(atob(base64), c => c.charCodeAt(0));
      dropped.items.add(new File([content], file));
      return dropped;
    },
    [name, bytes.toString('base64')] as const,
  );
  await page.dispatchEvent('body', 'dragenter', { dataTransfer: transfer });
  await page.dispatchEvent('body', 'drop', { dataTransfer: transfer });
}

test.describe.configure({ mode: 'serial' });

test.describe('the main job in a browser', () => {
  let page: Page;
  let address: string;

  test.beforeAll(async ({ browser, portal, ports }) => {
    const context = await browser.newContext({
      viewport: { width: 1440, height: 900 },
    });
    page = await context.newPage();
    address = `http://${RUNTIME}.localhost:${ports.front}`;
    expect(portal.baseUrl).toContain(String(ports.portal));
  });

  test.afterAll(async () => {
    await page.context().close();
  });

  test('signs in as guest and finds no runtime', async ({ portal }) => {
    await open(page, portal, '');
    await page.getByRole('button', { name: 'Enter' }).click();
    await expect(page.getByText('No runtime yet')).toBeVisible();
    await expect(
      page.getByRole('button', { name: 'or try the example' }),
    ).toBeVisible();
  });

  test('creates a runtime with an id derived from its name', async () => {
    await page.getByRole('button', { name: 'Create runtime' }).first().click();
    const dialog = page.getByRole('dialog');
    await dialog
      .getByRole('textbox', { name: 'Name' })
      .fill('Price estimation');
    await expect(dialog.getByRole('textbox', { name: 'Id' })).toHaveValue(
      RUNTIME,
    );
    await dialog.getByRole('button', { name: 'Create runtime' }).click();
    await expect(page.getByText('No version yet')).toBeVisible();
  });

  test('lets the page of the house seller call it', async ({ portal }) => {
    await page.getByRole('tab', { name: 'Settings' }).click();
    await page
      .getByRole('textbox', { name: 'Origin', exact: true })
      .fill(portal.appUrl);
    await page.getByRole('button', { name: 'Add origin' }).click();
    await page.getByRole('button', { name: 'Save changes' }).click();
    await expect(page.getByText('Saved.')).toBeVisible();
    await page.getByRole('tab', { name: 'Versions' }).click();
  });

  test('shows every problem of a broken package at its line, and sends nothing', async () => {
    const sent: string[] = [];
    const remember = (request: Request) => {
      if (
        /\/(versions|uploads)$/.test(request.url()) &&
        request.method() !== 'GET'
      ) {
        sent.push(`${request.method()} ${request.url()}`);
      }
    };
    page.on('request', remember);
    await dropFile(page, 'broken.krt', brokenPackage());
    await expect(page.getByText('broken.krt cannot be used')).toBeVisible();
    const problems = page.getByRole('region', { name: 'Problems of krt.yml' });
    await expect(problems).toContainText(
      'line 1, column 10: Invalid resource name "Price V1"',
    );
    await expect(problems).toContainText('did you mean `src/etl.py`?');
    await expect(problems).toContainText('line 13, column 5');
    await expect(problems).toContainText('did you mean `sequential`?');
    await expect(problems.getByText('    sequental: [etl]')).toBeVisible();
    page.off('request', remember);
    expect(sent).toEqual([]);
    await page.getByRole('button', { name: 'Close' }).click();
  });

  test('uploads version 1, which cannot start without its configuration', async () => {
    await upload(page, example('price-estimator-v1.krt'));
    await expect(page).toHaveURL(/\/versions\/price-v1/);
    await expectStatus(page, 'CREATED');
    await expect(page.getByText(/OUTPUT_PRICE_CURRENCY/).first()).toBeVisible();
    await expect(
      page.getByRole('button', { name: 'Start', exact: true }),
    ).toHaveAttribute('aria-disabled', 'true');
  });

  test('shows the documentation of the package', async () => {
    await page.getByRole('tab', { name: 'Documentation' }).click();
    await expect(
      page.getByRole('article').getByRole('img').first(),
    ).toBeVisible();
  });

  test('sets the missing value', async () => {
    await configure(page, {
      value: 'CAD',
      comment: 'Prices of Windsor are Canadian',
      verb: 'Save configuration',
    });
    await expect(page.getByText(/Saved as revision/)).toBeVisible();
  });

  test('starts it: every node of the graph gets ready', async () => {
    await page.getByRole('tab', { name: 'Status', exact: true }).click();
    await command(page, 'Start', 'First start');
    await expectStatus(page, 'STARTED');
    for (const node of ['entrypoint', 'etl', 'model', 'output']) {
      await expect(
        page.locator(`[data-node="${node}"][data-status="READY"]`).first(),
      ).toBeVisible();
    }
  });

  test('refuses callers from outside while it is not published', async ({
    portal,
  }) => {
    expect((await call(address, RPC, HOUSE)).status).toBe(503);
    const seller = await page.context().newPage();
    await seller.goto(`${portal.appUrl}/?api=${encodeURIComponent(address)}`);
    await seller.getByRole('button', { name: /estimate/i }).click();
    await expect(seller.getByRole('alert')).toContainText(/not published/i);
    await seller.close();
  });

  test('publishes it, calls it from the page and from a web page', async ({
    portal,
  }) => {
    await command(page, 'Publish', 'The first estimate for the shop');
    await expectStatus(page, 'PUBLISHED');
    await expect(page.getByText(address).first()).toBeVisible();

    await page.getByRole('tab', { name: 'Predictions' }).click();
    await page
      .getByRole('textbox', { name: 'Request (JSON)' })
      .fill(JSON.stringify(HOUSE));
    await page.getByRole('button', { name: 'Call', exact: true }).click();
    await expect(page.getByRole('status', { name: 'Answer' })).toContainText(
      '"currency": "CAD"',
    );

    const seller = await page.context().newPage();
    await seller.goto(`${portal.appUrl}/?api=${encodeURIComponent(address)}`);
    await seller.getByRole('button', { name: /estimate/i }).click();
    await expect(seller.locator('#answer')).toContainText('price-v1');
    await seller.close();
  });

  test('shows the logs of every node', async () => {
    await page.getByRole('tab', { name: 'Logs' }).click();
    await expect(
      page.getByRole('log', { name: 'Log lines' }).getByText(/./).first(),
    ).toBeVisible();
    for (const node of ['etl', 'model', 'output']) {
      await expect(
        page.getByRole('log', { name: 'Log lines' }).getByText(node).first(),
      ).toBeVisible();
    }
  });

  test('publishes version 2 without a failed call in between', async ({
    portal,
  }) => {
    await open(page, portal, `/runtimes/${RUNTIME}`);
    await upload(page, example('price-estimator-v2.krt'));
    await expect(page).toHaveURL(/\/versions\/price-v2/);
    // The value is taken over from version 1.
    await command(page, 'Start', 'A better model');
    await expectStatus(page, 'STARTED');

    const answers: string[] = [];
    let failed = 0;
    let publishing = true;
    const calling = (async () => {
      while (publishing) {
        const { status, version } = await call(address, RPC, HOUSE);
        if (status !== 200) failed++;
        else if (version && answers.at(-1) !== version) answers.push(version);
      }
    })();
    await command(page, 'Publish', 'Lower error on the held-out houses');
    await expectStatus(page, 'PUBLISHED');
    await expect.poll(() => answers.at(-1)).toBe('price-v2');
    publishing = false;
    await calling;
    expect({ failed, answers }).toEqual({
      failed: 0,
      answers: ['price-v1', 'price-v2'],
    });
    await open(page, portal, `/runtimes/${RUNTIME}/versions/price-v1`);
    await expectStatus(page, 'STARTED');
  });

  test('rolls back to version 1 at once', async ({ portal }) => {
    await open(page, portal, `/runtimes/${RUNTIME}/publications`);
    await page
      .getByRole('button', { name: /^Roll back to this/ })
      .first()
      .click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('textbox', { name: 'Comment' }).fill('To compare');
    await dialog.getByRole('button', { name: /^Roll back/ }).click();
    await expect(dialog).toBeHidden();
    await expect
      .poll(async () => (await call(address, RPC, HOUSE)).version)
      .toBe('price-v1');
  });

  test('changes the configuration of the published version without a failed call', async ({
    portal,
  }) => {
    await open(page, portal, `/runtimes/${RUNTIME}/versions/price-v1`);
    await expectStatus(page, 'PUBLISHED');
    const answers: string[] = [];
    let failed = 0;
    let changing = true;
    const calling = (async () => {
      while (changing) {
        const { status, body } = await call(address, RPC, HOUSE);
        const currency = /"currency":"(\w+)"/.exec(body)?.[1];
        if (status !== 200) failed++;
        else if (currency && answers.at(-1) !== currency) {
          answers.push(currency);
        }
      }
    })();
    await configure(page, {
      value: 'USD',
      comment: 'Buyers come from Detroit',
      verb: 'Apply configuration',
    });
    await expect.poll(() => answers.at(-1), { timeout: 60_000 }).toBe('USD');
    changing = false;
    await calling;
    expect({ failed, answers }).toEqual({
      failed: 0,
      answers: ['CAD', 'USD'],
    });
    await open(page, portal, `/runtimes/${RUNTIME}/publications`);
    await expect(page.getByText('Buyers come from Detroit')).toBeVisible();
  });

  test('finds runtime, versions and API in the catalog', async ({ portal }) => {
    const token = await guestToken(portal);
    await expect
      .poll(
        async () => {
          const answer = await fetch(
            `${portal.baseUrl}/api/catalog/entities?filter=metadata.annotations.konstellation.io/runtime=${RUNTIME}`,
            { headers: { authorization: `Bearer ${token}` } },
          );
          const entities: Array<{ kind: string; metadata: { name: string } }> =
            await answer.json();
          return entities
            .map(({ kind, metadata }) => `${kind}:${metadata.name}`)
            .sort();
        },
        { timeout: 60_000 },
      )
      .toEqual([
        `API:${RUNTIME}`,
        `Component:${RUNTIME}.price-v1`,
        `Component:${RUNTIME}.price-v2`,
        `System:${RUNTIME}`,
      ]);
  });

  test('stops everything: its processes are gone', async ({ portal }) => {
    await open(page, portal, `/runtimes/${RUNTIME}/versions/price-v1`);
    await expectStatus(page, 'PUBLISHED');
    await command(page, 'Unpublish', 'The season is over');
    await expectStatus(page, 'STARTED');
    expect((await call(address, RPC, HOUSE)).status).toBe(503);
    expect(containerProcesses(portal.stateDirectory)).not.toEqual([]);
    for (const version of ['price-v1', 'price-v2']) {
      await open(page, portal, `/runtimes/${RUNTIME}/versions/${version}`);
      await command(page, 'Stop', 'The season is over');
      await expectStatus(page, 'STOPPED');
    }
    expect(containerProcesses(portal.stateDirectory)).toEqual([]);
  });

  test('still has the logs of what is gone', async ({ portal }) => {
    await open(page, portal, `/runtimes/${RUNTIME}/versions/price-v1/logs`);
    for (const node of ['etl', 'model', 'output']) {
      await expect(
        page.getByRole('log', { name: 'Log lines' }).getByText(node).first(),
      ).toBeVisible();
    }
  });

  test('wrote down who did what, and why', async ({ portal }) => {
    await open(page, portal, `/runtimes/${RUNTIME}/activity`);
    await expect(
      page.getByText('The first estimate for the shop'),
    ).toBeVisible();
  });

  test('pauses a large upload, and goes on with it after the page was left', async ({
    portal,
  }) => {
    const file = largePackage();
    try {
      const begun: string[] = [];
      page.on('request', request => {
        if (request.method() === 'POST' && /\/uploads$/.test(request.url())) {
          begun.push(request.url());
        }
      });
      await open(page, portal, `/runtimes/${RUNTIME}`);
      // The second part waits until it is let go.
      let parts = 0;
      let letGo = () => {};
      const held = new Promise<void>(resolve => {
        letGo = resolve;
      });
      await page.route('**/api/konstellation/uploads/*', async route => {
        if (route.request().method() === 'PATCH' && ++parts === 2) await held;
        await route.continue().catch(() => undefined);
      });
      await upload(page, file.path);
      await expect.poll(() => parts, { timeout: 30_000 }).toBe(2);
      await page.getByRole('button', { name: 'Pause' }).click();
      await expect(page.getByText(/^Paused: /)).toBeVisible();
      await expect(page.getByText(/are there/)).toBeVisible();
      letGo();
      await page.unroute('**/api/konstellation/uploads/*');

      await page.reload();
      await upload(page, file.path);
      await expect(page).toHaveURL(/\/versions\/weights-v1/, {
        timeout: 30_000,
      });
      await expectStatus(page, 'CREATED');
      expect(begun).toHaveLength(1);
      await command(page, 'Delete', 'It was only large');
      // Its page closes once it is gone.
      await expect(page).toHaveURL(new RegExp(`/runtimes/${RUNTIME}$`), {
        timeout: 30_000,
      });
      await expect(
        page.getByRole('link', { name: 'price-v2' }).first(),
      ).toBeVisible();
      await expect(page.getByRole('link', { name: 'weights-v1' })).toHaveCount(
        0,
      );
    } finally {
      file.remove();
    }
  });
});

async function guestToken({ baseUrl }: Portal): Promise<string> {
  const answer = await fetch(`${baseUrl}/api/auth/guest/refresh`, {
    headers: { 'x-requested-with': 'XMLHttpRequest' },
  });
  const { backstageIdentity } = await answer.json();
  return backstageIdentity.token;
}

/** Calls the API as the guest; the call has to succeed. */
async function apiOf(portal: Portal) {
  const token = await guestToken(portal);
  return async (method: string, path: string, body?: unknown) => {
    const isPackage = Buffer.isBuffer(body);
    const answer = await fetch(`${portal.baseUrl}/api/konstellation${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': isPackage ? 'application/gzip' : 'application/json',
      },
      body: isPackage ? new Uint8Array(body) : JSON.stringify(body),
    });
    const text = await answer.text();
    expect(answer.ok, `${method} ${path}: ${text}`).toBe(true);
    return JSON.parse(text);
  };
}

/** Uploads, configures, starts and publishes, and waits until callers are answered. */
async function publish(
  portal: Portal,
  options: {
    runtime: string;
    file: string;
    version: string;
    values?: Record<string, string>;
  },
) {
  const { runtime, file, values } = options;
  const api = await apiOf(portal);
  await api('POST', '/runtimes', { id: runtime, name: runtime });
  await api('POST', `/runtimes/${runtime}/versions`, readFileSync(file));
  const version = `/runtimes/${runtime}/versions/${options.version}`;
  if (values) {
    await api('PUT', `${version}/configuration`, { values, comment: 'Needed' });
  }
  await api('POST', `${version}/start`, { comment: 'First start' });
  await expect
    .poll(async () => (await api('GET', version)).status, { timeout: 60_000 })
    .toBe('STARTED');
  await api('POST', `${version}/publish`, { comment: 'For everyone' });
  await expect
    .poll(async () => (await api('GET', version)).status)
    .toBe('PUBLISHED');
}

test('an original package of 2020 runs unmodified', async ({
  portal,
  ports,
}) => {
  test.skip(!existsSync(greeter), 'the original package is not here');
  await publish(portal, {
    runtime: 'greeter',
    file: greeter,
    version: 'greeter-v1',
  });
  for (const rpc of ['Greet', 'Salute']) {
    const answer = await call(
      `http://greeter.localhost:${ports.front}`,
      `/entrypoint.Entrypoint/${rpc}`,
      { name: 'Ana' },
    );
    expect(answer.status).toBe(200);
    expect(answer.body).toContain('Hello Ana!');
  }
});

test('a killed portal leaves nothing, and runs again what was started', async ({
  portal,
  ports,
  stateDirectory,
}) => {
  await publish(portal, {
    runtime: 'again',
    file: example('price-estimator-v1.krt'),
    version: 'price-v1',
    values: { OUTPUT_PRICE_CURRENCY: 'CAD' },
  });
  const status = async () => {
    const address = `http://again.localhost:${ports.front}`;
    return (await call(address, RPC, HOUSE)).status;
  };
  expect(await status()).toBe(200);
  expect(containerProcesses(stateDirectory)).not.toEqual([]);

  process.kill(portal.pid, 'SIGKILL');
  await expect
    .poll(() => containerProcesses(stateDirectory), { timeout: 20_000 })
    .toEqual([]);
  await portal.stop();

  const again = await startPortal(stateDirectory, ports);
  try {
    await expect.poll(status, { timeout: 60_000 }).toBe(200);
  } finally {
    await again.stop();
  }
  expect(containerProcesses(stateDirectory)).toEqual([]);
});
