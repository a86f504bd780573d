import { ConflictError } from '@backstage/errors';
import type { Knex } from 'knex';
import type { Millis } from './rows';

export interface PackageRow {
  digest: string;
  removing: boolean | number;
  unused_since: Millis | null;
}

/**
 * Notes that a package is used. Where it is just being removed, as nobody had needed it for a day, that is refused.
 * @param unusedSince - milliseconds; null for a version that has it
 * @throws ConflictError
 */
export async function usePackage(
  knex: Knex,
  digest: string,
  unusedSince: number | null,
): Promise<void> {
  await knex<PackageRow>('packages')
    .insert({ digest, removing: false, unused_since: unusedSince })
    .onConflict('digest')
    .ignore();
  const used = await knex<PackageRow>('packages')
    .where({ digest, removing: false })
    .update({ unused_since: unusedSince });
  if (used === 0) {
    throw new ConflictError(
      'an old copy of this package is just being removed; upload it again',
    );
  }
}
