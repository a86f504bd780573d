export { clusterContract, type ContractSubject } from './clusterContract';
export * from './objects';
export { serverScript } from './serverScript';
