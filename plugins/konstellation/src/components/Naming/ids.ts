/** Ids of runtimes and solutions. */
const ID_PATTERN = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
const MINIMUM_ID_LENGTH = 3;
const MAXIMUM_ID_LENGTH = 30;

/** Bound of the name of a runtime or solution. */
export const MAXIMUM_NAME_LENGTH = 40;

/** What is wrong with an id. */
export type IdFault = 'idTooShort' | 'idTooLong' | 'idPattern';

/** The id that a name suggests: `Precios de Málaga 2` → `precios-de-malaga-2`; may be too short to be one. */
export function deriveId(name: string): string {
  return name
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/g, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+/, '')
    .slice(0, MAXIMUM_ID_LENGTH)
    .replace(/-+$/, '');
}

/** The first thing that is wrong with an id, if any. */
export function findIdFault(id: string): IdFault | undefined {
  if (id.length > MAXIMUM_ID_LENGTH) {
    return 'idTooLong';
  }
  if (id.length > 0 && !ID_PATTERN.test(id)) {
    return 'idPattern';
  }
  return id.length < MINIMUM_ID_LENGTH ? 'idTooShort' : undefined;
}
