import { mockCredentials } from '@backstage/backend-test-utils';
import {
  configurationReadPermission,
  konstellationPermissions,
  logsReadPermission,
  predictionCallPermission,
  runtimeReadPermission,
  versionReadPermission,
  versionStartPermission,
} from '@konstellation/backstage-plugin-konstellation-common';
import type { Caller } from '../services/types';
import { ServiceRoles, type Extent } from './ServiceRoles';

type Restrictions = Parameters<typeof mockCredentials.service>[1];

function service(subject: string, restrictions?: Restrictions): Caller {
  const credentials = mockCredentials.service(subject, restrictions);
  return { credentials, actor: `service:${subject}` };
}

describe('ServiceRoles', () => {
  const roles = new ServiceRoles({
    'external:reader': 'viewer',
    'external:ci': 'manager',
    'external:root': 'admin',
  });
  const allowed = (caller: Caller, extent?: Extent) =>
    konstellationPermissions
      .filter(permission => roles.decide(caller, permission, extent))
      .map(({ name }) => name);
  const names = konstellationPermissions.map(({ name }) => name);

  it('does not decide for users', () => {
    const caller = { credentials: mockCredentials.user(), actor: 'user:a/b' };
    expect(roles.decide(caller, runtimeReadPermission)).toBeUndefined();
    expect(roles.readsLinks(caller)).toBe(false);
  });

  it('gives each role its permissions', () => {
    expect(allowed(service('external:root'))).toEqual(names);
    expect(allowed(service('external:ci'))).toEqual(
      names.filter(
        name =>
          name === 'konstellation.runtime.read' ||
          !name.startsWith('konstellation.runtime.'),
      ),
    );
    expect(allowed(service('external:reader'))).toEqual(
      names.filter(
        name =>
          name.endsWith('.read') && name !== configurationReadPermission.name,
      ),
    );
  });

  it.each([
    'external:stranger',
    'plugin:scaffolder',
    'constructor',
    '__proto__',
    'external:CI',
  ])('gives %s nothing', subject => {
    expect(allowed(service(subject))).toEqual([]);
    expect(allowed(service(subject), 'links')).toEqual([]);
  });

  it.each(['plugin:catalog', 'plugin:search'])('gives %s links', subject => {
    const caller = service(subject);
    expect(roles.readsLinks(caller)).toBe(true);
    expect(allowed(caller)).toEqual([]);
    expect(allowed(caller, 'links')).toEqual([
      runtimeReadPermission.name,
      versionReadPermission.name,
    ]);
  });

  it('lets the configuration give more to the portal itself', () => {
    const caller = service('plugin:search');
    const more = new ServiceRoles({ 'plugin:search': 'viewer' });
    expect(more.readsLinks(caller)).toBe(false);
    expect(more.decide(caller, logsReadPermission)).toBe(true);
  });

  it('heeds what the token itself excludes', () => {
    const narrow = service('external:root', {
      permissionNames: [versionStartPermission.name],
    });
    expect(allowed(narrow)).toEqual([versionStartPermission.name]);
    const reader = service('external:ci', {
      permissionAttributes: { action: ['read'] },
    });
    expect(allowed(reader)).toEqual(
      names.filter(name => name.endsWith('.read')),
    );
    expect(roles.decide(reader, predictionCallPermission)).toBe(false);
    const catalog = service('plugin:catalog', {
      permissionAttributes: { action: ['update'] },
    });
    expect(allowed(catalog, 'links')).toEqual([]);
  });
});
