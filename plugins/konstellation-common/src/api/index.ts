export * from './types';
export { KonstellationClient } from './KonstellationClient';
export type { KonstellationClientOptions } from './KonstellationClient';
export { isSentInParts, UploadPausedError } from './sendInParts';
export type { UploadMemory } from './sendInParts';
