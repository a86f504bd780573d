import {
  configApiRef,
  discoveryApiRef,
  errorApiRef,
  translationApiRef,
} from '@backstage/frontend-plugin-api';
import { mockApis, TestApiProvider } from '@backstage/frontend-test-utils';
import { themes, UnifiedThemeProvider } from '@backstage/theme';
import type { JsonObject } from '@backstage/types';
import { render, screen } from '@testing-library/react';
import { MemoryRouter } from 'react-router-dom';
import { oidcAuthApiRef } from './oidcAuthApi';
import { SignIn } from './SignIn';

/** Somebody without a session. */
const nobody = { getBackstageIdentity: async () => undefined };

function renderWith(signIn?: JsonObject) {
  const config = mockApis.config({ data: { app: { title: 'P', signIn } } });
  render(
    <TestApiProvider
      apis={[
        [configApiRef, config],
        [oidcAuthApiRef, nobody],
        [discoveryApiRef, mockApis.discovery()],
        [errorApiRef, mockApis.error()],
        [translationApiRef, mockApis.translation()],
      ]}
    >
      <UnifiedThemeProvider theme={themes.light}>
        <MemoryRouter>
          <SignIn onSignInSuccess={() => {}} />
        </MemoryRouter>
      </UnifiedThemeProvider>
    </TestApiProvider>,
  );
}

describe('SignIn', () => {
  it('lets guests enter where nothing is configured', async () => {
    renderWith();
    expect(
      await screen.findByRole('button', { name: 'Enter' }),
    ).toBeInTheDocument();
    expect(screen.queryByRole('button', { name: 'Sign In' })).toBeNull();
  });

  it('offers the provider alone, by its name', async () => {
    renderWith({ oidc: { title: 'Keycloak', message: 'With two factors.' } });
    expect(await screen.findByText('Keycloak')).toBeInTheDocument();
    expect(screen.getByText('With two factors.')).toBeInTheDocument();
    expect(screen.getByRole('button', { name: 'Sign In' })).toBeInTheDocument();
    expect(screen.queryByRole('button', { name: 'Enter' })).toBeNull();
  });

  it('offers both, the provider first', async () => {
    renderWith({ oidc: { title: 'Keycloak' }, guest: true });
    await screen.findByText('Keycloak');
    expect(
      screen.getAllByRole('button').map(({ textContent }) => textContent),
    ).toEqual(['Sign In', 'Enter']);
  });
});
