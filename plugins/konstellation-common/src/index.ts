/**
 * What frontend, backend and clients of Konstellation agree on.
 *
 * @packageDocumentation
 */
export * from './types';
export * from './permissions';
export * from './annotations';
export * from './quantity';
export * from './KrtRefusedError';
export * from './api';
