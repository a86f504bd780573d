import { createBackend } from '@backstage/backend-defaults';
import { endInTime } from './endInTime';
import { oidcProvider } from './oidcProvider';
import { permissionPolicy } from './permissionPolicy';
import { rootLogger } from './rootLogger';
import { searchOnPostgres } from './searchOnPostgres';
import { startInTurn } from './startInTurn';

const backend = createBackend();

backend.add(rootLogger);
backend.add(endInTime);
backend.add(startInTurn);
backend.add(import('@backstage/plugin-app-backend'));
backend.add(import('@backstage/plugin-proxy-backend'));
backend.add(import('@backstage/plugin-auth-backend'));
backend.add(import('@backstage/plugin-auth-backend-module-guest-provider'));
backend.add(oidcProvider);
backend.add(import('@backstage/plugin-catalog-backend'));
backend.add(import('@backstage/plugin-catalog-backend-module-logs'));
backend.add(import('@backstage/plugin-events-backend'));
backend.add(import('@backstage/plugin-permission-backend'));
backend.add(permissionPolicy);
backend.add(import('@backstage/plugin-search-backend'));
backend.add(import('@backstage/plugin-search-backend-module-catalog'));
backend.add(searchOnPostgres);
backend.add(import('@backstage/plugin-user-settings-backend'));
backend.add(import('@backstage/plugin-notifications-backend'));
backend.add(import('@backstage/plugin-signals-backend'));

backend.add(import('@konstellation/backstage-plugin-konstellation-backend'));
backend.add(
  import(
    '@konstellation/backstage-plugin-konstellation-backend-module-embedded'
  ),
);
backend.add(
  import(
    '@konstellation/backstage-plugin-catalog-backend-module-konstellation'
  ),
);

// Started by `npm start`, the portal ends with it, however that ends: the channel closes also when it is killed.
if (process.channel) {
  process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'));
}

// Backstage would stay, half started, and refuse every call. Whoever runs the portal can only start again what ended.
backend.start().catch(error => {
  process.stderr.write(`The portal could not start. ${error}\n`);
  process.exit(1);
});
