// Starts the controller of network policies in the network of a cluster.
import { join } from 'node:path';
import { root } from '../toolchain.mjs';
import { inside } from './commands.mjs';
import { startDaemon } from './daemons.mjs';
import { INGRESS_NAMESPACE } from './policies/standIns.mjs';

const CONTROLLER = join(root, 'tools/dev-cluster/policies/controller.mjs');

export async function startPolicies(settings, api) {
  await api.apply(`/api/v1/namespaces/${INGRESS_NAMESPACE}`, {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: INGRESS_NAMESPACE },
  });
  startDaemon(
    settings,
    'policies',
    inside(settings, [process.execPath, CONTROLLER, settings.state]),
  );
}
