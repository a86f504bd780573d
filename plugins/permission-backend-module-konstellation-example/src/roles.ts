import { parseEntityRef, stringifyEntityRef } from '@backstage/catalog-model';
import type { Config } from '@backstage/config';

/** From the highest to the lowest. */
const ROLES = ['admin', 'manager', 'viewer'] as const;

const KEY = 'permission.konstellation.roles';

/** Stands for everyone who is signed in. */
const EVERYONE = '*';

/** @public */
export type Role = (typeof ROLES)[number];

/** Entity refs of the groups and users that have a role, or `*`. @public */
export type RoleMembers = Record<Role, readonly string[]>;

function isRole(name: string): name is Role {
  return ROLES.some(role => role === name);
}

function readMember(key: string, member: string): string {
  if (member === EVERYONE) return member;
  try {
    return stringifyEntityRef(parseEntityRef(member));
  } catch {
    throw new Error(
      `${key} has "${member}", it must be an entity ref such as group:default/data-science, or ${EVERYONE}`,
    );
  }
}

/** Reads `permission.konstellation.roles`. @throws Error that names the key that is wrong */
export function readRoles(config: Config): RoleMembers {
  const roles = config.getOptionalConfig(KEY);
  const unknown = roles?.keys().find(role => !isRole(role));
  if (unknown !== undefined) {
    throw new Error(
      `${KEY} has "${unknown}", the roles are ${ROLES.join(', ')}`,
    );
  }
  const members = (role: Role) =>
    (
      roles?.getOptionalStringArray(role) ?? [
        `group:default/konstellation-${role}s`,
      ]
    ).map(member => readMember(`${KEY}.${role}`, member));
  return {
    viewer: members('viewer'),
    manager: members('manager'),
    admin: members('admin'),
  };
}

/** @param refs - what the user is and is a member of @returns the highest role, undefined without any */
export function roleOf(
  refs: readonly string[],
  members: RoleMembers,
): Role | undefined {
  return ROLES.find(role =>
    members[role].some(member => member === EVERYONE || refs.includes(member)),
  );
}
