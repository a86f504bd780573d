/**
 * An example permission policy for Konstellation: viewer, manager and admin.
 *
 * @packageDocumentation
 */
export { permissionModuleKonstellationExample as default } from './module';
export {
  KonstellationPermissionPolicy,
  type KonstellationPermissionPolicyOptions,
} from './KonstellationPermissionPolicy';
export type { Role, RoleMembers } from './roles';
