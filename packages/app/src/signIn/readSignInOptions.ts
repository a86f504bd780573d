import type { ConfigApi } from '@backstage/frontend-plugin-api';

/** What people who are not signed in are offered, at least one of both. */
export interface SignInOptions {
  /** The provider `oidc`: the name people know it by, and a sentence below. */
  oidc?: { title: string; message: string };
  guest: boolean;
}

const DEFAULT_TITLE = 'Company account';
const DEFAULT_MESSAGE = 'A new window opens for you to sign in.';

/** The name people know the provider `oidc` by. */
export function readOidcTitle(config: ConfigApi): string {
  return config.getOptionalString('app.signIn.oidc.title') ?? DEFAULT_TITLE;
}

/** Reads `app.signIn`. @throws Error where it leaves no way in */
export function readSignInOptions(config: ConfigApi): SignInOptions {
  const oidc = config.getOptionalConfig('app.signIn.oidc');
  const guest = config.getOptionalBoolean('app.signIn.guest') ?? !oidc;
  if (!oidc && !guest) {
    throw new Error(
      'Nobody can sign in: app.signIn.guest is false, and app.signIn.oidc is not configured',
    );
  }
  return {
    oidc: oidc && {
      title: readOidcTitle(config),
      message: oidc.getOptionalString('message') ?? DEFAULT_MESSAGE,
    },
    guest,
  };
}
