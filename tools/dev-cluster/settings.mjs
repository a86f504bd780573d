// Where a development cluster lives and what its addresses are. Two can run beside each other under names of their own.
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Inside of its network namespace; nothing of it is seen outside. */
export const NODE_NAME = 'dev';
export const NODE_IP = '10.88.7.1';
export const POD_CIDR = '10.88.7.0/24';
export const SERVICE_CIDR = '10.96.0.0/16';
export const API_CLUSTER_IP = '10.96.0.1';
export const DNS_IP = '10.96.0.10';

const DEFAULT_NAME = 'konstellation-dev-cluster';
const DEFAULT_PORT = 16_443;

/**
 * @param options.name - of the network namespace, and of the folder below /run
 * @param options.port - of the API server on the loopback of this machine
 * @returns `{ name, port, state, log, cache, bin, socket, kubeconfig }`
 */
export function clusterSettings({ name, port } = {}) {
  const { env } = process;
  const own = name ?? env.KONSTELLATION_DEV_CLUSTER ?? DEFAULT_NAME;
  const state = join('/run', own);
  const cache =
    env.KONSTELLATION_DEV_CLUSTER_CACHE ??
    join(homedir(), '.cache/konstellation-dev-cluster');
  return {
    name: own,
    port: port ?? Number(env.KONSTELLATION_DEV_CLUSTER_PORT ?? DEFAULT_PORT),
    state,
    log: join(state, 'log'),
    cache,
    bin: join(cache, 'bin'),
    socket: join(state, 'containerd.sock'),
    kubeconfig: join(state, 'admin.kubeconfig'),
  };
}
