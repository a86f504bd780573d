import type {
  BackstageCredentials,
  BackstagePrincipalTypes,
} from '@backstage/backend-plugin-api';
import type { Caller } from '../services/types';

/** What a service may do. */
export type ServiceRole = 'links' | 'viewer' | 'manager' | 'admin';

const ROLES: Record<ServiceRole, (permission: string) => boolean> = {
  // Catalog and search: what their entities are made of.
  links: name =>
    name === 'konstellation.runtime.read' ||
    name === 'konstellation.version.read',
  viewer: name =>
    name.endsWith('.read') && name !== 'konstellation.configuration.read',
  manager: name =>
    !name.startsWith('konstellation.runtime.') ||
    name === 'konstellation.runtime.read',
  admin: () => true,
};

const BUILT_IN: Record<string, ServiceRole> = {
  'plugin:catalog': 'links',
  'plugin:search': 'links',
};

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

/**
 * Decides for services, which Backstage's own permission client lets do everything: a subject has the role the configuration
 * gives it, or none.
 */
export class ServiceRoles {
  constructor(private readonly configured: Record<string, ServiceRole>) {}

  /** @returns undefined for callers that are no service: for those the policy decides */
  decide(caller: Caller, permission: string): boolean | undefined {
    if (!isService(caller.credentials)) return undefined;
    const { subject } = caller.credentials.principal;
    const role = this.configured[subject] ?? BUILT_IN[subject];
    return role !== undefined && ROLES[role](permission);
  }
}
