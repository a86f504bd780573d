import { ConfigReader } from '@backstage/config';
import { readRoles, roleOf } from './roles';

const read = (roles: Record<string, string[]>) =>
  readRoles(new ConfigReader({ permission: { konstellation: { roles } } }));

describe('readRoles', () => {
  it('names a group for each role by default', () => {
    expect(readRoles(new ConfigReader({}))).toEqual({
      viewer: ['group:default/konstellation-viewers'],
      manager: ['group:default/konstellation-managers'],
      admin: ['group:default/konstellation-admins'],
    });
  });

  it('takes groups, users and everyone', () => {
    expect(
      read({ viewer: ['*'], manager: ['group:ML', 'User:Default/Ana'] }),
    ).toMatchObject({
      viewer: ['*'],
      manager: ['group:default/ml', 'user:default/ana'],
      admin: ['group:default/konstellation-admins'],
    });
  });

  it('takes a role away with an empty list', () => {
    expect(read({ admin: [] }).admin).toEqual([]);
  });

  it('says which role is not known', () => {
    expect(() => read({ admins: ['*'] })).toThrow(
      'permission.konstellation.roles has "admins", the roles are admin, manager, viewer',
    );
  });

  it('says which member is no entity ref', () => {
    expect(() => read({ manager: ['data-science'] })).toThrow(
      'permission.konstellation.roles.manager has "data-science", it must be an entity ref such as group:default/data-science, or *',
    );
  });
});

describe('roleOf', () => {
  const members = {
    viewer: ['*'],
    manager: ['group:default/ml'],
    admin: ['user:default/ana'],
  };

  it('gives the highest', () => {
    expect(roleOf(['group:default/ml', 'user:default/ana'], members)).toBe(
      'admin',
    );
    expect(roleOf(['user:default/bo', 'group:default/ml'], members)).toBe(
      'manager',
    );
    expect(roleOf(['user:default/bo'], members)).toBe('viewer');
  });

  it('gives none to strangers', () => {
    expect(
      roleOf(['user:default/bo'], { ...members, viewer: [] }),
    ).toBeUndefined();
  });
});
