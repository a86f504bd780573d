import type { Drift } from '@konstellation/backstage-plugin-konstellation-node';
import { SYSTEM, type Database } from './Database';
import type { ActivityRow } from './rows';

/** What happens to an object again within so long is counted, not told anew: whoever fights with the portal would fill the log. */
const SAME_WITHIN_MILLIS = 24 * 60 * 60_000;

const WORDS: Record<Drift['was'], string> = {
  changed: 'was changed by somebody else, and is put back',
  deleted: 'was deleted by somebody else, and is made again',
};

/** Whose object it was. */
export interface DriftPlace {
  runtime: string;
  solution?: string;
  version?: string;
}

/** Tells the activity log of an object that was put back. */
export async function recordDrift(
  database: Database,
  { runtime, solution, version }: DriftPlace,
  { object, was }: Drift,
): Promise<void> {
  const name = `${object.kind} ${object.name}`;
  const subject = `${name} ${was}`;
  await database.change(runtime, async tx => {
    const now = database.now().getTime();
    const last = await tx<ActivityRow>('activities')
      .where({ runtime, type: 'runtime.drift-corrected', subject })
      .orderBy('id', 'desc')
      .first();
    if (last && now - Number(last.last_at ?? last.at) < SAME_WITHIN_MILLIS) {
      await tx<ActivityRow>('activities')
        .where({ id: last.id })
        .update({ count: tx.raw('?? + 1', ['count']), last_at: now });
    } else {
      await database.addActivity(tx, {
        actor: SYSTEM,
        type: 'runtime.drift-corrected',
        runtime,
        solution,
        version,
        comment: `${name} ${WORDS[was]}`,
        subject,
      });
    }
    return true;
  });
}
