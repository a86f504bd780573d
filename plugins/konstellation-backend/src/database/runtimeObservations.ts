import { isDeepStrictEqual } from 'node:util';
import type { SeenFact } from '../domain/runtimeConditions';
import type { ObservedRuntime } from '../domain/types';
import type { Database } from './Database';
import type { RuntimeRow } from './rows';

/** What of a runtime was looked at; what is not named stays as it was written. */
export interface RuntimeObservation {
  namespace?: SeenFact<NonNullable<ObservedRuntime['namespace']>>;
  quotas?: ObservedRuntime['quotas'];
  removal?: SeenFact<NonNullable<ObservedRuntime['removal']>>;
}

/** A fact keeps its time as long as its reason stays, whatever its words. */
function dated<Fact extends { reason: string }>(
  before: (Fact & { since: string }) | undefined,
  now: Fact | undefined,
  at: Date,
): (Fact & { since: string }) | undefined {
  if (!now) return before;
  const since = before?.reason === now.reason ? before.since : at.toISOString();
  return { ...now, since };
}

function merged(
  stored: string | null,
  seen: RuntimeObservation,
  at: Date,
): string | undefined {
  const before: ObservedRuntime = stored === null ? {} : JSON.parse(stored);
  const after: ObservedRuntime = JSON.parse(
    JSON.stringify({
      namespace: dated(before.namespace, seen.namespace, at),
      quotas: 'quotas' in seen ? seen.quotas : before.quotas,
      removal: dated(before.removal, seen.removal, at),
    }),
  );
  return isDeepStrictEqual(before, after) ? undefined : JSON.stringify(after);
}

/** Writes what was seen of the namespace of a runtime, and tells of it where it is something else than before. */
export async function recordRuntime(
  database: Database,
  id: string,
  seen: RuntimeObservation,
): Promise<void> {
  const at = database.now();
  const rowOf = (knex: Database['knex']) =>
    knex<RuntimeRow>('runtimes').where({ id }).first('observed');
  const before = await rowOf(database.knex);
  if (!before || merged(before.observed, seen, at) === undefined) return;
  await database.change(id, async tx => {
    const row = await rowOf(tx);
    const observed = row && merged(row.observed, seen, at);
    if (observed === undefined) return undefined;
    await tx<RuntimeRow>('runtimes').where({ id }).update({ observed });
    return true;
  });
}
