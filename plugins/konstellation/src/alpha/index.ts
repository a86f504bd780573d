/**
 * The pages of Konstellation for portals on the new frontend system.
 *
 * @packageDocumentation
 */
export { default } from './plugin';
export { konstellationTranslationRef } from '../translation';
