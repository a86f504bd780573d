import type {
  AuthService,
  DiscoveryService,
} from '@backstage/backend-plugin-api';
import {
  KonstellationClient,
  type KonstellationApi,
} from '@konstellation/backstage-plugin-konstellation-common';

/** The API of Konstellation, called as the catalog itself: its built-in role reads ids, owners and links. */
export function createClient(options: {
  auth: AuthService;
  discovery: DiscoveryService;
}): KonstellationApi {
  const { auth, discovery } = options;
  return new KonstellationClient({
    discoveryApi: discovery,
    fetchApi: {
      async fetch(input, init) {
        const { token } = await auth.getPluginRequestToken({
          onBehalfOf: await auth.getOwnServiceCredentials(),
          targetPluginId: 'konstellation',
        });
        const headers = new Headers(init?.headers);
        headers.set('authorization', `Bearer ${token}`);
        return fetch(input, { ...init, headers });
      },
    },
  });
}
