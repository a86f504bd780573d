import { SignInPage } from '@backstage/core-components';
import { configApiRef, useApi } from '@backstage/frontend-plugin-api';
import type { SignInPageProps } from '@backstage/plugin-app-react';
import { oidcAuthApiRef } from './oidcAuthApi';
import { readSignInOptions } from './readSignInOptions';

/**
 * The page of those who are not signed in: Backstage's own, with what the configuration offers. It never begins by itself (`auto`):
 * browsers block windows that nobody clicked for, and whoever signed out would be in again.
 */
export function SignIn(props: SignInPageProps) {
  const { oidc, guest } = readSignInOptions(useApi(configApiRef));
  if (!oidc) return <SignInPage {...props} providers={['guest']} />;
  const provider = { id: 'oidc', ...oidc, apiRef: oidcAuthApiRef };
  return guest ? (
    <SignInPage {...props} providers={[provider, 'guest']} align="center" />
  ) : (
    <SignInPage {...props} provider={provider} />
  );
}
