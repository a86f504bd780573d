/**
 * Runtimes, versions and published APIs of Konstellation in the software catalog.
 *
 * @packageDocumentation
 */
export { catalogModuleKonstellation as default } from './module';
