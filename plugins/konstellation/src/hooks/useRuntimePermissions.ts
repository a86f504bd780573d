import { usePermission } from '@backstage/plugin-permission-react';
import {
  configurationUpdatePermission,
  predictionCallPermission,
  runtimeDeletePermission,
  runtimeUpdatePermission,
  versionCreatePermission,
  versionDeletePermission,
  versionPublishPermission,
  versionStartPermission,
  versionStopPermission,
  type VersionCommand,
} from '@konstellation/backstage-plugin-konstellation-common';

/** What the user may do in one runtime; false until known, so that nothing appears and vanishes again. */
export interface RuntimePermissions {
  update: boolean;
  delete: boolean;
  upload: boolean;
  predict: boolean;
  commands: Record<VersionCommand, boolean>;
}

/** Asks the portal's permission framework about one runtime. */
export function useRuntimePermissions(runtime: string): RuntimePermissions {
  const resourceRef = runtime;
  const update = usePermission({
    permission: runtimeUpdatePermission,
    resourceRef,
  });
  const remove = usePermission({
    permission: runtimeDeletePermission,
    resourceRef,
  });
  const upload = usePermission({
    permission: versionCreatePermission,
    resourceRef,
  });
  const start = usePermission({
    permission: versionStartPermission,
    resourceRef,
  });
  const stop = usePermission({
    permission: versionStopPermission,
    resourceRef,
  });
  const publish = usePermission({
    permission: versionPublishPermission,
    resourceRef,
  });
  const configure = usePermission({
    permission: configurationUpdatePermission,
    resourceRef,
  });
  const removeVersion = usePermission({
    permission: versionDeletePermission,
    resourceRef,
  });
  const predict = usePermission({
    permission: predictionCallPermission,
    resourceRef,
  });
  return {
    update: update.allowed,
    delete: remove.allowed,
    upload: upload.allowed,
    predict: predict.allowed,
    commands: {
      start: start.allowed,
      stop: stop.allowed,
      publish: publish.allowed,
      unpublish: publish.allowed,
      configure: configure.allowed,
      delete: removeVersion.allowed,
    },
  };
}
