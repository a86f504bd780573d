/**
 * The operations centre for AI/ML solutions: backend.
 *
 * @packageDocumentation
 */
export { konstellationPlugin as default } from './plugin';
export {
  hasRuntimeId,
  hasRuntimeLabel,
  isRuntimeOwner,
} from './permissions/rules';
