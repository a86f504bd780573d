export * from './types';
export { KonstellationClient } from './KonstellationClient';
export type { KonstellationClientOptions } from './KonstellationClient';
