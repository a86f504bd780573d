import { createPermission } from '@backstage/plugin-permission-common';

/** Resource type of all permissions: they are decided per runtime. @public */
export const RESOURCE_TYPE_KONSTELLATION_RUNTIME = 'konstellation-runtime';

const resourceType = RESOURCE_TYPE_KONSTELLATION_RUNTIME;

/** @public */
export const runtimeReadPermission = createPermission({
  name: 'konstellation.runtime.read',
  attributes: { action: 'read' },
  resourceType,
});
/** Not bound to a runtime, as there is none yet. @public */
export const runtimeCreatePermission = createPermission({
  name: 'konstellation.runtime.create',
  attributes: { action: 'create' },
});
/** @public */
export const runtimeUpdatePermission = createPermission({
  name: 'konstellation.runtime.update',
  attributes: { action: 'update' },
  resourceType,
});
/** @public */
export const runtimeDeletePermission = createPermission({
  name: 'konstellation.runtime.delete',
  attributes: { action: 'delete' },
  resourceType,
});
/** @public */
export const versionReadPermission = createPermission({
  name: 'konstellation.version.read',
  attributes: { action: 'read' },
  resourceType,
});
/** @public */
export const versionCreatePermission = createPermission({
  name: 'konstellation.version.create',
  attributes: { action: 'create' },
  resourceType,
});
/** @public */
export const versionStartPermission = createPermission({
  name: 'konstellation.version.start',
  attributes: { action: 'update' },
  resourceType,
});
/** @public */
export const versionStopPermission = createPermission({
  name: 'konstellation.version.stop',
  attributes: { action: 'update' },
  resourceType,
});
/** Publish, unpublish and roll back. @public */
export const versionPublishPermission = createPermission({
  name: 'konstellation.version.publish',
  attributes: { action: 'update' },
  resourceType,
});
/** @public */
export const versionDeletePermission = createPermission({
  name: 'konstellation.version.delete',
  attributes: { action: 'delete' },
  resourceType,
});
/** Reads values; that a key is set or missing is part of the version. @public */
export const configurationReadPermission = createPermission({
  name: 'konstellation.configuration.read',
  attributes: { action: 'read' },
  resourceType,
});
/** @public */
export const configurationUpdatePermission = createPermission({
  name: 'konstellation.configuration.update',
  attributes: { action: 'update' },
  resourceType,
});
/** @public */
export const logsReadPermission = createPermission({
  name: 'konstellation.logs.read',
  attributes: { action: 'read' },
  resourceType,
});
/** Calls a version through the portal, published or not. @public */
export const predictionCallPermission = createPermission({
  name: 'konstellation.prediction.call',
  attributes: {},
  resourceType,
});
/** @public */
export const activityReadPermission = createPermission({
  name: 'konstellation.activity.read',
  attributes: { action: 'read' },
  resourceType,
});

/** @public */
export const konstellationPermissions = [
  runtimeReadPermission,
  runtimeCreatePermission,
  runtimeUpdatePermission,
  runtimeDeletePermission,
  versionReadPermission,
  versionCreatePermission,
  versionStartPermission,
  versionStopPermission,
  versionPublishPermission,
  versionDeletePermission,
  configurationReadPermission,
  configurationUpdatePermission,
  logsReadPermission,
  predictionCallPermission,
  activityReadPermission,
];
