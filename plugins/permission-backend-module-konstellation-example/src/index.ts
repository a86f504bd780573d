/**
 * A permission policy for Konstellation by roles: viewer, manager and admin.
 *
 * @packageDocumentation
 */
export { permissionModuleKonstellationExample as default } from './module';
export {
  KonstellationPermissionPolicy,
  type KonstellationPermissionPolicyOptions,
} from './KonstellationPermissionPolicy';
export type { Role, RoleMembers } from './roles';
