import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, Page } from '@playwright/test';
import { startOpenIdProvider } from './openIdProvider';
import { expect, startPortal, test as base, type Portal } from './fixtures';

/** What another service than Konstellation's asks the catalog with. */
const CATALOG_TOKEN = randomBytes(16).toString('hex');
const RUNTIME = 'Price estimation';

const ORGANISATION = `apiVersion: backstage.io/v1alpha1
kind: User
metadata: { name: ada.lovelace }
spec:
  profile: { email: ada@example.com, displayName: Ada }
  memberOf: [platform]
---
apiVersion: backstage.io/v1alpha1
kind: Group
metadata: { name: platform }
spec: { type: team, children: [] }
`;

/** Waits until the catalog knows which groups Ada is in: until then she would be somebody without any. */
async function untilAdaIsKnown({ baseUrl }: Portal) {
  await expect
    .poll(
      async () => {
        const answer = await fetch(
          `${baseUrl}/api/catalog/entities/by-name/user/default/ada.lovelace`,
          { headers: { authorization: `Bearer ${CATALOG_TOKEN}` } },
        );
        return answer.text();
      },
      { timeout: 60_000 },
    )
    .toContain('group:default/platform');
}

/** A portal as a company sets it up: no guests, roles, and a provider with people that the catalog has and has not. */
const test = base.extend<object, { portal: Portal }>({
  portal: [
    async ({ ports, stateDirectory }, use) => {
      const provider = await startOpenIdProvider(
        `http://localhost:${ports.portal}/api/auth/oidc/handler/frame`,
      );
      const organisation = join(stateDirectory, 'organisation.yaml');
      await writeFile(organisation, ORGANISATION);
      const configuration = join(stateDirectory, 'app-config.yaml');
      await writeFile(
        configuration,
        JSON.stringify({
          app: { signIn: { oidc: { title: 'Keycloak' } } },
          auth: {
            environment: 'production',
            session: { secret: randomBytes(16).toString('hex') },
            providers: {
              guest: null,
              oidc: {
                production: {
                  metadataUrl: provider.metadataUrl,
                  clientId: provider.clientId,
                  clientSecret: provider.clientSecret,
                  prompt: 'auto',
                  signIn: {
                    resolvers: [
                      { resolver: 'emailMatchingUserEntityProfileEmail' },
                      {
                        resolver: 'emailLocalPartMatchingUserEntityName',
                        allowedDomains: ['example.com'],
                        dangerouslyAllowSignInWithoutUserInCatalog: true,
                      },
                    ],
                  },
                },
              },
            },
          },
          backend: {
            auth: {
              externalAccess: [
                {
                  type: 'static',
                  options: { token: CATALOG_TOKEN, subject: 'tests' },
                },
              ],
            },
          },
          catalog: { locations: [{ type: 'file', target: organisation }] },
          permission: {
            konstellation: {
              roles: {
                viewer: ['user:default/vera'],
                manager: [],
                admin: ['group:default/platform'],
              },
            },
          },
        }),
      );
      const portal = await startPortal(stateDirectory, ports, [configuration]);
      await untilAdaIsKnown(portal);
      await use(portal);
      await portal.stop();
      await provider.close();
    },
    { scope: 'worker', timeout: 240_000 },
  ],
});

/** A browser of somebody else, who sees the sign-in page. */
async function visit(browser: Browser, portal: Portal): Promise<Page> {
  const context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
  });
  // Nothing comes from elsewhere, whether there is an internet or not.
  await context.route(
    ({ hostname }) => !['localhost', '127.0.0.1'].includes(hostname),
    route => route.abort(),
  );
  const page = await context.newPage();
  await page.goto(`${portal.baseUrl}/konstellation`);
  await expect(page.getByRole('button', { name: 'Sign In' })).toBeVisible();
  return page;
}

/** Logs in at the provider, in the window that opens, and consents there. */
async function signIn(page: Page, address: string) {
  const opened = page.waitForEvent('popup');
  await page.getByRole('button', { name: 'Sign In' }).click();
  const popup = await opened;
  await popup.getByPlaceholder('Enter any login').fill(address);
  await popup.getByPlaceholder('and password').fill('any');
  await popup.getByRole('button', { name: 'Sign-in' }).click();
  const closed = popup.waitForEvent('close');
  await popup.getByRole('button', { name: 'Continue' }).click();
  await closed;
}

/** Asks the API as whoever is signed in. */
async function createRuntimeOf(page: Page, { baseUrl }: Portal, id: string) {
  const refreshed = await page.request.get(
    `${baseUrl}/api/auth/oidc/refresh?env=production`,
    { headers: { 'x-requested-with': 'XMLHttpRequest' } },
  );
  const { backstageIdentity } = await refreshed.json();
  return page.request.post(`${baseUrl}/api/konstellation/runtimes`, {
    headers: { authorization: `Bearer ${backstageIdentity.token}` },
    data: { id, name: id },
  });
}

test.describe.configure({ mode: 'serial' });

test.describe('signing in with OpenID Connect', () => {
  let page: Page;

  test.afterEach(async () => {
    await page.context().close();
  });

  test('an admin by a group of the catalog signs in, stays so, and out', async ({
    browser,
    portal,
  }) => {
    page = await visit(browser, portal);
    await expect(page.getByText('Keycloak')).toBeVisible();
    await expect(page.getByText('Guest')).toBeHidden();

    await signIn(page, 'ada@example.com');
    await page.getByRole('button', { name: 'Create runtime' }).first().click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('textbox', { name: 'Name' }).fill(RUNTIME);
    await dialog.getByRole('button', { name: 'Create runtime' }).click();
    await expect(page.getByText('No version yet')).toBeVisible();

    await page.reload();
    await expect(page.getByText('No version yet')).toBeVisible();

    await page.goto(`${portal.baseUrl}/settings`);
    await expect(page.getByText('ada@example.com')).toBeVisible();
    await expect(page.getByRole('link', { name: 'platform' })).toBeVisible();
    await page.getByTestId('user-settings-menu').click();
    await page.getByTestId('sign-out').click();
    await expect(page.getByRole('button', { name: 'Sign In' })).toBeVisible();
    await page.reload();
    await expect(page.getByRole('button', { name: 'Sign In' })).toBeVisible();
  });

  test('a viewer, whom the catalog does not know, looks and changes nothing', async ({
    browser,
    portal,
  }) => {
    page = await visit(browser, portal);
    await signIn(page, 'vera@example.com');
    await expect(page.getByText(RUNTIME)).toBeVisible();
    await expect(
      page.getByRole('button', { name: 'Create runtime' }),
    ).toBeHidden();
    const refused = await createRuntimeOf(page, portal, 'of-vera');
    expect(refused.status()).toBe(403);
    expect(await refused.text()).toContain('you may not create runtimes');
  });

  test('somebody without a role sees nothing and changes nothing', async ({
    browser,
    portal,
  }) => {
    page = await visit(browser, portal);
    await signIn(page, 'nobody@example.com');
    await expect(page.getByText('No runtime yet')).toBeVisible();
    await expect(page.getByText(RUNTIME)).toBeHidden();
    const refused = await createRuntimeOf(page, portal, 'of-nobody');
    expect(refused.status()).toBe(403);
  });

  test('somebody of another domain is not let in', async ({
    browser,
    portal,
  }) => {
    page = await visit(browser, portal);
    await signIn(page, 'vera@elsewhere.example');
    await expect(
      page.getByText('Sign-in user email is not from an allowed domain'),
    ).toBeVisible();
    await expect(page.getByRole('button', { name: 'Sign In' })).toBeVisible();
  });

  test('guests are not let in', async ({ browser, portal }) => {
    page = await visit(browser, portal);
    const answer = await page.request.get(
      `${portal.baseUrl}/api/auth/guest/refresh`,
      { headers: { 'x-requested-with': 'XMLHttpRequest' } },
    );
    expect(answer.status()).toBe(404);
  });
});
