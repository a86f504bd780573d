import {
  mockCredentials,
  mockServices,
  startTestBackend,
} from '@backstage/backend-test-utils';
import { ConfigReader } from '@backstage/config';
import permissionPlugin from '@backstage/plugin-permission-backend';
import type { JsonObject, JsonValue } from '@backstage/types';
import { hasRoles, permissionPolicy } from './permissionPolicy';

const withRoles = (roles: JsonValue) => ({
  permission: { enabled: true, konstellation: { roles } },
});

describe('hasRoles', () => {
  const read = (data: JsonObject) => hasRoles(new ConfigReader(data));

  it('is so where roles are configured, also by default', () => {
    expect(read(withRoles({ viewer: ['*'] }))).toBe(true);
    expect(read(withRoles({}))).toBe(true);
  });

  it('is not so where nothing is said', () => {
    expect(read({})).toBe(false);
    expect(read({ permission: { enabled: true } })).toBe(false);
    expect(read({ permission: { enabled: true, konstellation: null } })).toBe(
      false,
    );
  });

  it.each([
    ['without a value', withRoles(null)],
    ['under another name', { permission: { konstellation: { role: {} } } }],
  ])('refuses roles %s', (_, data) => {
    expect(() => read(data)).toThrow(
      'permission.konstellation is configured without roles. Say who has which',
    );
  });

  it.each([false, undefined])(
    'refuses roles with permission.enabled: %s',
    enabled => {
      const { konstellation } = withRoles({}).permission;
      expect(() => read({ permission: { enabled, konstellation } })).toThrow(
        'permission.konstellation.roles is configured, and nobody would ask for it. Set permission.enabled to true',
      );
    },
  );
});

describe('the policy of the portal', () => {
  async function start(data: JsonObject) {
    const logger = mockServices.rootLogger.mock();
    logger.child.mockReturnValue(logger);
    const backend = await startTestBackend({
      features: [
        permissionPlugin,
        permissionPolicy,
        logger.factory,
        mockServices.rootConfig.factory({ data }),
      ],
    });
    const url = `http://127.0.0.1:${backend.server.port()}/api/permission/authorize`;
    return {
      logger,
      stop: () => backend.stop(),
      /** What somebody who is in no group gets from a permission of Konstellation. */
      async decide() {
        const permission = {
          type: 'basic',
          name: 'konstellation.runtime.create',
          attributes: { action: 'create' },
        };
        const response = await fetch(url, {
          method: 'POST',
          headers: {
            'content-type': 'application/json',
            authorization: mockCredentials.user.header(),
          },
          body: JSON.stringify({ items: [{ id: '1', permission }] }),
        });
        const { items } = await response.json();
        return items[0].result;
      },
    };
  }

  it('allows everything where no roles are configured', async () => {
    const { decide, logger, stop } = await start({
      permission: { enabled: true },
    });
    expect(await decide()).toBe('ALLOW');
    expect(logger.info).toHaveBeenCalledWith(
      'permission policy: everyone who is signed in may do everything, as permission.konstellation.roles is not configured',
    );
    await stop();
  });

  it.each<[string, JsonObject, string]>([
    ['those of the default', {}, 'DENY'],
    ['others', { admin: ['user:default/other'] }, 'DENY'],
    ['everyone', { admin: ['*'] }, 'ALLOW'],
  ])('gives roles to %s', async (_, roles, result) => {
    const { decide, logger, stop } = await start(withRoles(roles));
    expect(await decide()).toBe(result);
    expect(logger.info).toHaveBeenCalledWith(
      'permission policy: the roles of permission.konstellation.roles',
    );
    await stop();
  });

  it.each<[string, JsonValue]>([
    ['no value', null],
    ['a word', 'admin'],
    ['a list', []],
    ['a role that is not known', { admins: ['*'] }],
    ['a member that is no entity ref', { admin: ['ana'] }],
    ['a member that is no text', { admin: [{ name: 'ana' }] }],
  ])('does not start with roles of %s', async (_, roles) => {
    await expect(start(withRoles(roles))).rejects.toThrow(
      'permission.konstellation',
    );
  });
});
