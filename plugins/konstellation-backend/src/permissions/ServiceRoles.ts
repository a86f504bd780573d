import type {
  BackstageCredentials,
  BackstagePrincipalAccessRestrictions,
  BackstagePrincipalTypes,
} from '@backstage/backend-plugin-api';
import type { Permission } from '@backstage/plugin-permission-common';
import {
  configurationReadPermission,
  runtimeReadPermission,
  versionReadPermission,
} from '@konstellation/backstage-plugin-konstellation-common';
import type { Caller } from '../services/types';

/** What a service may do. */
export type ServiceRole = 'viewer' | 'manager' | 'admin';

/** How much of what is asked for is shown: all of it, or ids, owners and links, which entities are made of. */
export type Extent = 'all' | 'links';

const ROLES: Record<ServiceRole, (permission: Permission) => boolean> = {
  viewer: ({ name, attributes }) =>
    attributes.action === 'read' && name !== configurationReadPermission.name,
  manager: ({ name }) =>
    !name.startsWith('konstellation.runtime.') ||
    name === runtimeReadPermission.name,
  admin: () => true,
};

/** The portal's own: they read links, unless the configuration gives them a role. */
const LINKS = new Set(['plugin:catalog', 'plugin:search']);
const LINKED = [runtimeReadPermission.name, versionReadPermission.name];

function isService(
  credentials: BackstageCredentials,
): credentials is BackstageCredentials<BackstagePrincipalTypes['service']> {
  const { principal } = credentials;
  return (
    typeof principal === 'object' &&
    principal !== null &&
    'type' in principal &&
    principal.type === 'service'
  );
}

/** Whether the token itself is good for less, as Backstage's permission client has it. */
function isExcluded(
  permission: Permission,
  restrictions: BackstagePrincipalAccessRestrictions = {},
): boolean {
  const { permissionNames, permissionAttributes } = restrictions;
  const { action } = permission.attributes;
  return (
    permissionNames?.includes(permission.name) === false ||
    (permissionAttributes?.action !== undefined &&
      (action === undefined || !permissionAttributes.action.includes(action)))
  );
}

/**
 * Decides for services, which Backstage's own permission client lets do everything: a subject has the role the configuration
 * gives it, or none.
 */
export class ServiceRoles {
  readonly #configured: Map<string, ServiceRole>;

  constructor(configured: Record<string, ServiceRole>) {
    this.#configured = new Map(Object.entries(configured));
  }

  /** Reads ids, owners and links alone. */
  readsLinks({ credentials }: Caller): boolean {
    if (!isService(credentials)) return false;
    const { subject } = credentials.principal;
    return LINKS.has(subject) && !this.#configured.has(subject);
  }

  /**
   * @param extent - `links` where those who may not see more are shown less
   * @returns undefined for callers that are no service: for those the policy decides
   */
  decide(
    caller: Caller,
    permission: Permission,
    extent: Extent = 'all',
  ): boolean | undefined {
    const { credentials } = caller;
    if (!isService(credentials)) return undefined;
    const { subject, accessRestrictions } = credentials.principal;
    if (isExcluded(permission, accessRestrictions)) return false;
    if (this.readsLinks(caller)) {
      return extent === 'links' && LINKED.includes(permission.name);
    }
    const role = this.#configured.get(subject);
    return role !== undefined && ROLES[role](permission);
  }
}
