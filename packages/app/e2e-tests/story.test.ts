import { expect, test, repository, startPortal, type Portal } from './fixtures';
import type { Page } from '@playwright/test';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

const RUNTIME = 'price-estimation';
const example = (file: string) =>
  join(repository, 'examples/price-estimator', file);

/** The badge in the heading; its accessible name begins with the status. */
function statusBadge(page: Page) {
  return page.getByRole('button', { name: /^Status [A-Z]+/ }).first();
}

async function expectStatus(page: Page, status: string) {
  await expect(statusBadge(page)).toHaveAccessibleName(
    new RegExp(`^Status ${status}`),
    { timeout: 60_000 },
  );
}

/** Opens the dialog of a verb, says why and confirms. */
async function command(page: Page, verb: string, comment: string) {
  await page.getByRole('button', { name: verb, exact: true }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Comment').fill(comment);
  await dialog.getByRole('button', { name: verb, exact: true }).click();
  await expect(dialog).toBeHidden();
}

async function upload(page: Page, file: string) {
  await page.goto(page.url().replace(/\/versions\/.*$/, ''));
  await page.getByLabel('KRT package').setInputFiles(example(file));
}

/** Processes of running versions: children of the backend that play containers. */
function nodeProcesses(stateDirectory: string): string[] {
  const table = execFileSync('ps', ['-eo', 'pid,args'], { encoding: 'utf8' });
  return table
    .split('\n')
    .filter(line => line.includes('krt_runner') || line.includes('main.cjs'))
    .filter(line => ownedBy(line.trim().split(' ')[0], stateDirectory));
}

/** Told apart from those of other portals on this machine by their environment. */
function ownedBy(pid: string, stateDirectory: string): boolean {
  try {
    return execFileSync('cat', [`/proc/${pid}/environ`], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).includes(stateDirectory);
  } catch {
    return false;
  }
}

test.describe.configure({ mode: 'serial' });

test.describe('the main job', () => {
  let page: Page;
  let current: Portal;

  test.beforeAll(async ({ browser, portal }) => {
    current = portal;
    page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  });

  test.afterAll(async () => {
    await page.close();
  });

  test('signs in as guest and finds no runtime', async () => {
    await page.goto(`${current.baseUrl}/konstellation`);
    await page.getByRole('button', { name: 'Enter' }).click();
    await expect(page.getByText('No runtime yet')).toBeVisible();
  });

  test('creates a runtime with an id derived from the name', async () => {
    await page.getByRole('button', { name: 'Create runtime' }).first().click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name', { exact: true }).fill('Price estimation');
    await expect(dialog.getByLabel('Id', { exact: true })).toHaveValue(RUNTIME);
    await dialog.getByRole('button', { name: 'Create runtime' }).click();
    await expect(page).toHaveURL(new RegExp(`/runtimes/${RUNTIME}`));
    await expect(page.getByText('No version yet')).toBeVisible();
  });

  test('shows what is wrong with a broken package', async () => {
    await page.getByLabel('KRT package').setInputFiles({
      name: 'broken.krt',
      mimeType: 'application/gzip',
      buffer: Buffer.from('this is not a package'),
    });
    await expect(page.getByText('broken.krt cannot be used')).toBeVisible();
    await page.getByRole('button', { name: 'Close' }).click();
  });

  test('uploads version 1, which cannot start without its configuration', async () => {
    await upload(page, 'price-estimator-v1.krt');
    await expect(page).toHaveURL(/\/versions\/price-v1/);
    await expectStatus(page, 'CREATED');
    await expect(page.getByText(/OUTPUT_PRICE_CURRENCY/).first()).toBeVisible();
    await expect(
      page.getByRole('button', { name: 'Start', exact: true }),
    ).toHaveAttribute('aria-disabled', 'true');
  });

  test('sets the missing value', async () => {
    await page.getByRole('tab', { name: 'Configuration' }).click();
    await page.getByLabel('OUTPUT_PRICE_CURRENCY').fill('CAD');
    await page.getByLabel('Comment').fill('Prices of Windsor are Canadian');
    await page.getByRole('button', { name: 'Save configuration' }).click();
    await expect(page.getByText(/Saved as revision/)).toBeVisible();
  });

  test('starts it: every node of the graph gets ready', async () => {
    await page.getByRole('tab', { name: 'Status' }).click();
    await command(page, 'Start', 'First start');
    await expectStatus(page, 'STARTED');
    for (const node of ['entrypoint', 'etl', 'model', 'output']) {
      await expect(
        page.getByRole('button', {
          name: new RegExp(`^${node}, ready, 1 of 1 ready`),
        }),
      ).toBeVisible();
    }
  });

  test('refuses callers while it is not published', async () => {
    await page.goto(current.appUrl + appQuery(current));
    await page.getByRole('button', { name: /estimate/i }).click();
    await expect(page.getByRole('alert')).toContainText(/not published/i);
    await page.goto(
      `${current.baseUrl}/konstellation/runtimes/${RUNTIME}/versions/price-v1`,
    );
  });
});

function appQuery(portal: Portal): string {
  return `?portal=${encodeURIComponent(portal.baseUrl)}`;
}

export { nodeProcesses, startPortal };
