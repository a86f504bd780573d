import type { Knex } from 'knex';
import type { VersionRow } from './rows';
import type { ReleaseRef } from './types';

/** A version whose wanted state is still the one that was looked at. */
export function whereCurrent(
  knex: Knex,
  { uid, generation, releaseRevision }: ReleaseRef,
) {
  const select = knex<VersionRow>('versions').where({ uid, generation });
  return releaseRevision === undefined
    ? select.whereNull('release_revision')
    : select.where({ release_revision: releaseRevision });
}
