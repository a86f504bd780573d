import { createBackendModule } from '@backstage/backend-plugin-api';
import { ServiceUnavailableError } from '@backstage/errors';
import {
  authProvidersExtensionPoint,
  createOAuthAuthenticator,
  createOAuthProviderFactory,
} from '@backstage/plugin-auth-node';
import {
  oidcAuthenticator,
  oidcSignInResolvers,
  type OidcAuthResult,
} from '@backstage/plugin-auth-backend-module-oidc-provider';

type Metadata = ReturnType<typeof oidcAuthenticator.initialize>;

/** What is known of a provider; asked for again by the next who wants to sign in, where it could not be reached. */
class Provider {
  #metadata: Metadata;

  constructor(private readonly read: () => Metadata) {
    this.#metadata = this.#begin();
  }

  /** @throws ServiceUnavailableError while the provider cannot be reached */
  async metadata(): Promise<Metadata> {
    const seen = this.#metadata;
    try {
      await seen.promise;
      return seen;
    } catch {
      // Whoever else waited for the same may have begun already.
      if (this.#metadata === seen) this.#metadata = this.#begin();
    }
    try {
      await this.#metadata.promise;
    } catch (error) {
      throw new ServiceUnavailableError(
        'the provider that people sign in with cannot be reached; try again in a moment',
        error,
      );
    }
    return this.#metadata;
  }

  #begin(): Metadata {
    const metadata = this.read();
    // Who waits for it is told; at the start nobody does.
    metadata.promise.catch(() => undefined);
    return metadata;
  }
}

/** Backstage's own reads the metadata of the provider once, at its start: one that is away then keeps everybody out until the next. */
const authenticator = createOAuthAuthenticator<Provider, OidcAuthResult>({
  ...oidcAuthenticator,
  initialize: options =>
    new Provider(() => oidcAuthenticator.initialize(options)),
  start: async (input, provider) =>
    oidcAuthenticator.start(input, await provider.metadata()),
  authenticate: async (input, provider) =>
    oidcAuthenticator.authenticate(input, await provider.metadata()),
  refresh: async (input, provider) =>
    oidcAuthenticator.refresh(input, await provider.metadata()),
  logout: async (input, provider) =>
    oidcAuthenticator.logout?.(input, await provider.metadata()),
});

export const oidcProvider = createBackendModule({
  pluginId: 'auth',
  moduleId: 'oidc-provider',
  register({ registerInit }) {
    registerInit({
      deps: { providers: authProvidersExtensionPoint },
      async init({ providers }) {
        providers.registerProvider({
          providerId: 'oidc',
          factory: createOAuthProviderFactory({
            authenticator,
            signInResolverFactories: { ...oidcSignInResolvers },
          }),
        });
      },
    });
  },
});
