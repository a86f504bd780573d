/**
 * Seams of Konstellation for other backend modules.
 *
 * @packageDocumentation
 */
export * from './cluster';
export * from './events';
