import {
  coreServices,
  createBackendFeatureLoader,
} from '@backstage/backend-plugin-api';
import type { Config } from '@backstage/config';

const SECTION = 'permission.konstellation';
const ROLES = `${SECTION}.roles`;

/**
 * Whether roles decide; else everything is allowed. Roles that are there and mean nothing are refused: no portal allows everything
 * because somebody mistyped who may what.
 *
 * @throws Error that says how to mend it
 */
export function hasRoles(config: Config): boolean {
  // Of the section, as a key without a value counts as absent.
  if (!config.has(SECTION)) return false;
  if (!config.has(ROLES)) {
    throw new Error(
      `${SECTION} is configured without roles. Say who has which, {} for the groups that have them by default, or take ${SECTION} away: everyone who is signed in may do everything then`,
    );
  }
  if (config.getOptionalBoolean('permission.enabled') !== true) {
    throw new Error(
      `${ROLES} is configured, and nobody would ask for it. Set permission.enabled to true`,
    );
  }
  return true;
}

/** Sets the policy of the portal: the one of roles where they are configured, else the one that allows everything. */
export const permissionPolicy = createBackendFeatureLoader({
  deps: { config: coreServices.rootConfig, logger: coreServices.rootLogger },
  async *loader({ config, logger }) {
    if (hasRoles(config)) {
      logger.info(`permission policy: the roles of ${ROLES}`);
      yield import(
        '@konstellation/backstage-plugin-permission-backend-module-konstellation-example'
      );
    } else {
      logger.info(
        `permission policy: everyone who is signed in may do everything, as ${ROLES} is not configured`,
      );
      yield import(
        '@backstage/plugin-permission-backend-module-allow-all-policy'
      );
    }
  },
});
