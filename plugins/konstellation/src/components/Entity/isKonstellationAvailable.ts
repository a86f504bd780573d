import type { Entity } from '@backstage/catalog-model';
import { ANNOTATION_RUNTIME } from '@konstellation/backstage-plugin-konstellation-common';

/**
 * Whether a catalog entity stands for a runtime or version.
 * @public
 */
export function isKonstellationAvailable(entity: Entity): boolean {
  return Boolean(entity.metadata.annotations?.[ANNOTATION_RUNTIME]);
}
