import {
  coreServices,
  createBackendModule,
} from '@backstage/backend-plugin-api';
import { policyExtensionPoint } from '@backstage/plugin-permission-node/alpha';
import { KonstellationPermissionPolicy } from './KonstellationPermissionPolicy';
import { readRoles } from './roles';

/**
 * Sets the policy of roles. A portal has one policy: it stands in place of the one that was there, such as the one that allows all.
 * @public
 */
export const permissionModuleKonstellationExample = createBackendModule({
  pluginId: 'permission',
  moduleId: 'konstellation-example',
  register(env) {
    env.registerInit({
      deps: {
        config: coreServices.rootConfig,
        policy: policyExtensionPoint,
        userInfo: coreServices.userInfo,
      },
      async init({ config, policy, userInfo }) {
        policy.setPolicy(
          new KonstellationPermissionPolicy({
            members: readRoles(config),
            userInfo,
          }),
        );
      },
    });
  },
});
