import { createApiRef } from '@backstage/core-plugin-api';
import type { KonstellationApi } from '@konstellation/backstage-plugin-konstellation-common';

/**
 * The HTTP API of Konstellation, as the pages use it.
 * @public
 */
export const konstellationApiRef = createApiRef<KonstellationApi>({
  id: 'plugin.konstellation.api',
});
