import {
  coreServices,
  createServiceFactory,
} from '@backstage/backend-plugin-api';
import {
  mockCredentials,
  mockServices,
  startTestBackend,
} from '@backstage/backend-test-utils';
import {
  AuthorizeResult,
  createPermission,
  type Permission,
  type PolicyDecision,
} from '@backstage/plugin-permission-common';
import permissionPlugin from '@backstage/plugin-permission-backend';
import {
  configurationReadPermission,
  konstellationPermissions,
  runtimeCreatePermission,
} from '@konstellation/backstage-plugin-konstellation-common';
import permissionModuleKonstellationExample from '.';

const GROUPS: Record<string, string[]> = {
  'user:default/vera': ['group:default/konstellation-viewers'],
  'user:default/max': [
    'group:default/konstellation-managers',
    'group:default/ml',
  ],
  'user:default/ada': ['group:default/konstellation-admins'],
  'user:default/nobody': ['group:default/ml'],
};

const userInfo = createServiceFactory({
  service: coreServices.userInfo,
  deps: { auth: coreServices.auth },
  factory: ({ auth }) => ({
    async getUserInfo(credentials) {
      const userEntityRef = auth.isPrincipal(credentials, 'user')
        ? credentials.principal.userEntityRef
        : 'user:default/unknown';
      return {
        userEntityRef,
        ownershipEntityRefs: [userEntityRef, ...(GROUPS[userEntityRef] ?? [])],
      };
    },
  }),
});

describe('the example policy', () => {
  let url: string;

  beforeAll(async () => {
    const { server } = await startTestBackend({
      features: [
        permissionPlugin,
        permissionModuleKonstellationExample,
        userInfo,
        mockServices.rootConfig.factory({
          data: { permission: { enabled: true } },
        }),
      ],
    });
    url = `http://127.0.0.1:${server.port()}/api/permission/authorize`;
  });

  /** As a plugin asks in the name of a user. */
  async function decide(
    user: string,
    permission: Permission,
  ): Promise<PolicyDecision> {
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${mockCredentials.user.token(
          `user:default/${user}`,
          { actor: { subject: 'plugin:konstellation' } },
        )}`,
      },
      body: JSON.stringify({ items: [{ id: '1', permission }] }),
    });
    const { items } = await response.json();
    return items[0];
  }

  async function decisions(
    user: string,
  ): Promise<Record<string, AuthorizeResult>> {
    const all = await Promise.all(
      konstellationPermissions.map(async permission => {
        const { result } = await decide(user, permission);
        return [permission.name, result] as const;
      }),
    );
    return Object.fromEntries(all);
  }

  const READS = {
    'konstellation.runtime.read': 'ALLOW',
    'konstellation.version.read': 'ALLOW',
    'konstellation.logs.read': 'ALLOW',
    'konstellation.activity.read': 'ALLOW',
  };
  const others = (result: string) =>
    Object.fromEntries(
      konstellationPermissions.map(({ name }) => [name, result]),
    );

  it('lets viewers read all but the values of configurations', async () => {
    expect(await decisions('vera')).toEqual({ ...others('DENY'), ...READS });
  });

  it('lets managers do everything in runtimes of theirs', async () => {
    expect(await decisions('max')).toEqual({
      ...others('CONDITIONAL'),
      ...READS,
      [runtimeCreatePermission.name]: 'ALLOW',
    });
    expect(await decide('max', configurationReadPermission)).toMatchObject({
      result: AuthorizeResult.CONDITIONAL,
      pluginId: 'konstellation',
      resourceType: 'konstellation-runtime',
      conditions: {
        rule: 'IS_RUNTIME_OWNER',
        resourceType: 'konstellation-runtime',
        params: {
          claims: [
            'user:default/max',
            'group:default/konstellation-managers',
            'group:default/ml',
          ],
        },
      },
    });
  });

  it('lets admins do everything', async () => {
    expect(await decisions('ada')).toEqual(others('ALLOW'));
  });

  it('lets those without a role do nothing', async () => {
    expect(await decisions('nobody')).toEqual(others('DENY'));
  });

  it('denies what no role knows', async () => {
    const unknown = createPermission({
      name: 'konstellation.runtime.sell',
      attributes: { action: 'update' },
    });
    expect(await decide('max', unknown)).toMatchObject({ result: 'DENY' });
  });

  it('leaves other plugins alone', async () => {
    const theirs = createPermission({
      name: 'catalog.entity.create',
      attributes: { action: 'create' },
    });
    expect(await decide('nobody', theirs)).toMatchObject({ result: 'ALLOW' });
  });
});
