/**
 * The embedded cluster of Konstellation: plays Kubernetes manifests as processes on this machine.
 *
 * @packageDocumentation
 */
export { konstellationModuleEmbedded as default } from './module';
export { EmbeddedClusterClient } from './EmbeddedClusterClient';
export type { EmbeddedClusterOptions } from './EmbeddedClusterClient';
export type { PlayableImage } from './pods/images';
