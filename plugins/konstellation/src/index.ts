/**
 * The pages of Konstellation: runtimes, versions and control over them.
 *
 * @packageDocumentation
 */
export {
  EntityKonstellationContent,
  KonstellationPage,
  konstellationPlugin,
} from './plugin';
export { isKonstellationAvailable } from './components/Entity/isKonstellationAvailable';
export { konstellationApiRef } from './api';
