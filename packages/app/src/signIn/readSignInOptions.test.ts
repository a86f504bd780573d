import { ConfigReader } from '@backstage/core-app-api';
import type { JsonObject } from '@backstage/types';
import { readSignInOptions } from './readSignInOptions';

const read = (signIn?: JsonObject) =>
  readSignInOptions(new ConfigReader({ app: { signIn } }));

describe('readSignInOptions', () => {
  it('lets guests in where nothing is configured', () => {
    expect(read()).toEqual({ guest: true });
    expect(read({})).toEqual({ guest: true });
  });

  it('takes the provider alone, by the name people know', () => {
    expect(read({ oidc: { title: 'Keycloak', message: 'With 2FA.' } })).toEqual(
      { oidc: { title: 'Keycloak', message: 'With 2FA.' }, guest: false },
    );
  });

  it('has words of its own for the provider', () => {
    expect(read({ oidc: {} })).toEqual({
      oidc: {
        title: 'Company account',
        message: 'A new window opens for you to sign in.',
      },
      guest: false,
    });
  });

  it('takes both', () => {
    expect(read({ oidc: { title: 'Keycloak' }, guest: true })).toMatchObject({
      oidc: { title: 'Keycloak' },
      guest: true,
    });
  });

  it('says when nobody could sign in', () => {
    expect(() => read({ guest: false })).toThrow(
      'Nobody can sign in: app.signIn.guest is false, and app.signIn.oidc is not configured',
    );
  });
});
