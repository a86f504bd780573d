/** Annotation of catalog entities: id of the runtime they stand for or belong to. @public */
export const ANNOTATION_RUNTIME = 'konstellation.io/runtime';

/** Annotation of catalog entities: id of the solution. @public */
export const ANNOTATION_SOLUTION = 'konstellation.io/solution';

/** Annotation of catalog entities: name of the version. @public */
export const ANNOTATION_VERSION = 'konstellation.io/version';

/**
 * Channel of the Backstage signals that say that something of a runtime changed.
 * The key is opaque and learnt with the runtime, because anyone signed in may subscribe to any channel.
 * @public
 */
export function signalChannel(signal: string): string {
  return `konstellation:${signal}`;
}

/** Message on {@link signalChannel}: refetch when the revision is newer than the one last seen. @public */
export interface RuntimeSignal {
  revision: number;
}
