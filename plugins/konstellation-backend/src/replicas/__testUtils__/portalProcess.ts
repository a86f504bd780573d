// A portal of its own process: the plugin alone, on a cluster that lives elsewhere.
import { createBackend } from '@backstage/backend-defaults';
import { createBackendModule } from '@backstage/backend-plugin-api';
import { konstellationClusterExtensionPoint } from '@konstellation/backstage-plugin-konstellation-node';
import { konstellationPlugin } from '../../plugin';
import { RemoteCluster } from './RemoteCluster';

const backend = createBackend();
backend.add(konstellationPlugin);
backend.add(
  createBackendModule({
    pluginId: 'konstellation',
    moduleId: 'remote-cluster',
    register(env) {
      env.registerInit({
        deps: { clusters: konstellationClusterExtensionPoint },
        async init({ clusters }) {
          const client = new RemoteCluster(process.env.CLUSTER_URL ?? '');
          clusters.addCluster({ name: 'test', client });
        },
      });
    },
  }),
);

// It ends with the test, however that ends.
process.on('disconnect', () => process.exit(0));
backend.start().catch(error => {
  process.stderr.write(`${error}\n`);
  process.exit(1);
});
