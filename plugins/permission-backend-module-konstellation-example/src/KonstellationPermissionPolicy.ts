import type { UserInfoService } from '@backstage/backend-plugin-api';
import {
  AuthorizeResult,
  isPermission,
  isResourcePermission,
  type Permission,
  type PermissionCondition,
  type PolicyDecision,
} from '@backstage/plugin-permission-common';
import type {
  PermissionPolicy,
  PolicyQuery,
  PolicyQueryUser,
} from '@backstage/plugin-permission-node';
import {
  configurationReadPermission,
  RESOURCE_TYPE_KONSTELLATION_RUNTIME,
  runtimeCreatePermission,
} from '@konstellation/backstage-plugin-konstellation-common';
import { roleOf, type Role, type RoleMembers } from './roles';

const ALLOW: PolicyDecision = { result: AuthorizeResult.ALLOW };
const DENY: PolicyDecision = { result: AuthorizeResult.DENY };

/** By its name and parameters, as `GET /api/konstellation/.well-known/backstage/permissions/metadata` describes the rule. */
function isOwnedByOneOf(claims: string[]): PermissionCondition {
  return {
    rule: 'IS_RUNTIME_OWNER',
    resourceType: RESOURCE_TYPE_KONSTELLATION_RUNTIME,
    params: { claims },
  };
}

/** All of Konstellation's, those of later versions included: they are denied until a role knows them. */
function isOurs({ name }: Permission): boolean {
  return name.startsWith('konstellation.');
}

/** Reads everything but the values of configurations. */
function mayViewersDo({ name, attributes }: Permission): boolean {
  return (
    attributes.action === 'read' && name !== configurationReadPermission.name
  );
}

/** Does everything in the runtimes of these owners, and sees the others like a viewer. */
function decideForManager(
  permission: Permission,
  claims: string[],
): PolicyDecision {
  if (mayViewersDo(permission)) return ALLOW;
  if (isPermission(permission, runtimeCreatePermission)) return ALLOW;
  if (!isResourcePermission(permission, RESOURCE_TYPE_KONSTELLATION_RUNTIME)) {
    return DENY;
  }
  return {
    result: AuthorizeResult.CONDITIONAL,
    pluginId: 'konstellation',
    resourceType: RESOURCE_TYPE_KONSTELLATION_RUNTIME,
    conditions: isOwnedByOneOf(claims),
  };
}

function decide(
  role: Role | undefined,
  permission: Permission,
  claims: string[],
): PolicyDecision {
  switch (role) {
    case 'admin':
      return ALLOW;
    case 'manager':
      return decideForManager(permission, claims);
    case 'viewer':
      return mayViewersDo(permission) ? ALLOW : DENY;
    case undefined:
      return DENY;
    default: {
      const never: never = role;
      return never;
    }
  }
}

/** @public */
export interface KonstellationPermissionPolicyOptions {
  members: RoleMembers;
  userInfo: UserInfoService;
  /** Decides the permissions of all other plugins; they are allowed by default. */
  otherwise?: PermissionPolicy;
}

/**
 * Viewers read everything but the values of configurations; managers do everything in the runtimes that they or their groups own,
 * and are viewers of the others; admins do everything. Who has no role may do nothing.
 * @public
 */
export class KonstellationPermissionPolicy implements PermissionPolicy {
  constructor(private readonly options: KonstellationPermissionPolicyOptions) {}

  async handle(
    request: PolicyQuery,
    user?: PolicyQueryUser,
  ): Promise<PolicyDecision> {
    const { members, userInfo, otherwise } = this.options;
    const { permission } = request;
    if (!isOurs(permission)) {
      return otherwise ? otherwise.handle(request, user) : ALLOW;
    }
    if (!user) return DENY;
    const { ownershipEntityRefs } = await userInfo.getUserInfo(
      user.credentials,
    );
    return decide(
      roleOf(ownershipEntityRefs, members),
      permission,
      ownershipEntityRefs,
    );
  }
}
