// What Ingress and Gateway objects call the front of the cluster.
export const CLASS = 'haproxy';
export const CONTROLLER = 'konstellation.io/dev-cluster';
export const GATEWAY = 'dev';
/** Where callers reach it: on the loopback of this machine. */
export const ADDRESS = '127.0.0.1';
