// Where a development cluster lives and what its addresses are. Two can run beside each other under names of their own.
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Inside of the network namespace of the cluster; nothing of it is seen outside, so that all clusters can have the same. */
export const NODE_NAME = 'dev';
export const NODE_IP = '10.88.7.1';
export const POD_CIDR = '10.88.7.0/24';
export const FIRST_POD_IP = '10.88.7.16';
/** Below the addresses of pods: what runs beside the kubelet and still is judged by network policies as a pod is. */
export const DNS_POD_IP = '10.88.7.2';
export const INGRESS_POD_IP = '10.88.7.3';
export const METRICS_POD_IP = '10.88.7.4';
export const SERVICE_CIDR = '10.96.0.0/16';
export const API_SERVICE_IP = '10.96.0.1';
export const DNS_SERVICE_IP = '10.96.0.10';
export const NODE_DEVICE = 'node0';
export const API_SERVER = `https://${NODE_IP}:6443`;

const DEFAULT_NAME = 'konstellation-dev-cluster';
const DEFAULT_PORT = 16_443;

/**
 * @param options.name - of the network namespace, and of the folder below /run
 * @param options.port - of the API server on the loopback of this machine; the two after it are those of HTTP and HTTPS
 * @throws an Error when they cannot be a name or a port
 */
export function clusterSettings({ name, port } = {}) {
  const { env } = process;
  const own = name ?? env.KONSTELLATION_DEV_CLUSTER ?? DEFAULT_NAME;
  const first = Number(
    port ?? env.KONSTELLATION_DEV_CLUSTER_PORT ?? DEFAULT_PORT,
  );
  if (!/^[a-z][a-z0-9-]{0,39}$/.test(own)) {
    throw new Error(
      `“${own}” is no name for a cluster: lower-case letters, digits and dashes, 40 at most.`,
    );
  }
  if (!Number.isInteger(first) || first < 1 || first > 65_533) {
    throw new Error(`“${port ?? first}” is no port for a cluster.`);
  }
  const state = join('/run', own);
  const cache =
    env.KONSTELLATION_DEV_CLUSTER_CACHE ??
    join(homedir(), '.cache/konstellation-devcluster');
  return {
    name: own,
    port: first,
    httpPort: first + 1,
    httpsPort: first + 2,
    state,
    log: join(state, 'log'),
    auditLog: join(state, 'log/audit.jsonl'),
    cache,
    bin: join(cache, 'bin'),
    socket: join(state, 'containerd.sock'),
    /** For this machine, through 127.0.0.1:port. */
    kubeconfig: join(state, 'admin.kubeconfig'),
    /** For what runs in the network of the cluster. */
    insideKubeconfig: join(state, 'inside.kubeconfig'),
  };
}
