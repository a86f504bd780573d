import {
  coreServices,
  createBackendFeatureLoader,
} from '@backstage/backend-plugin-api';

/**
 * Keeps the index of the search in PostgreSQL where that is the database. Else it is in the memory of the process that fills it,
 * and several processes share no memory: only one of them would find anything.
 */
export const searchOnPostgres = createBackendFeatureLoader({
  deps: { config: coreServices.rootConfig },
  async *loader({ config }) {
    if (config.getString('backend.database.client') !== 'pg') return;
    yield import('@backstage/plugin-search-backend-module-pg');
  },
});
