import { ConflictError } from '@backstage/errors';
import type { QuotaRoom } from '../reconciliation/types';

/**
 * @param room - of the quota for a second release
 * @param otherwise - what to do instead
 * @throws ConflictError that names each resource without room: used, needed, limit
 */
export function refuseWithoutRoom(room: QuotaRoom, otherwise: string): void {
  const lacking = room.quota.filter(({ hasRoom }) => !hasRoom);
  if (lacking.length === 0) return;
  const named = lacking.map(
    ({ resource, used, needed, limit }) =>
      `${resource}: used ${used}, needed ${needed} more, limit ${limit}`,
  );
  throw new ConflictError(
    `the quota of the runtime has no room for a second release (${named.join(
      '; ',
    )}); ${otherwise}`,
  );
}
