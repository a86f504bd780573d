/**
 * Topic of the Backstage event bus: something of a runtime changed that its catalog entities show.
 * @public
 */
export const KONSTELLATION_CATALOG_TOPIC = 'konstellation.catalog';

/** Payload on {@link KONSTELLATION_CATALOG_TOPIC}; ids only, listeners read what they need. @public */
export interface KonstellationCatalogEvent {
  runtime: string;
}
