export { clusterContract, type ContractSubject } from './clusterContract';
export { call, ContractCluster, isReady, until } from './ContractCluster';
export * from './objects';
export { serverScript } from './serverScript';
