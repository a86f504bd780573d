import { createRouteRef, createSubRouteRef } from '@backstage/core-plugin-api';

/** The list of runtimes. @public */
export const rootRouteRef = createRouteRef({ id: 'konstellation' });

/** One runtime. @public */
export const runtimeRouteRef = createSubRouteRef({
  id: 'konstellation.runtime',
  parent: rootRouteRef,
  path: '/runtimes/:runtime',
});

/** One version. @public */
export const versionRouteRef = createSubRouteRef({
  id: 'konstellation.version',
  parent: rootRouteRef,
  path: '/runtimes/:runtime/versions/:version',
});
