import type { ActivityRow } from '../../database/rows';
import type { Command } from './spec/commands';
import { PEOPLE } from './spec/people';
import type { Stage } from './stage/Stage';

/** What an accepted command is called. */
const TYPES: Record<Command['do'], string> = {
  'create runtime': 'runtime.created',
  'change runtime': 'runtime.updated',
  'delete runtime': 'runtime.deleted',
  'create solution': 'solution.created',
  'delete solution': 'solution.deleted',
  upload: 'version.created',
  configure: 'version.configured',
  start: 'version.start',
  stop: 'version.stop',
  publish: 'version.publish',
  unpublish: 'version.unpublish',
  delete: 'version.deleted',
  'roll back': 'version.rollback',
};

/** An entry as a sentence. */
export function lineOf({
  actor,
  type,
  runtime,
  version,
  from,
  to,
  comment,
}: ActivityRow): string {
  const what = version ? `${runtime}/${version}` : runtime;
  const change = from || to ? ` from ${from ?? '?'} to ${to ?? '?'}` : '';
  return `${type} of ${what} by ${actor}${change}: "${comment}"`;
}

/** Whether an entry is what an accepted command writes. */
export function isOf(activity: ActivityRow, command: Command): boolean {
  const { actor, type, runtime, solution, version, comment } = activity;
  return (
    actor === PEOPLE[command.by] &&
    type === TYPES[command.do] &&
    runtime === command.runtime &&
    (!('version' in command) || version === command.version) &&
    (command.do !== 'create solution' || solution === command.solution) &&
    ('comment' in command ? comment === command.comment : comment !== '')
  );
}

/** The activity log as it is read: entry after entry, and never another than before. */
export class ActivityLog {
  readonly #entries: ActivityRow[];

  constructor(private readonly stage: Stage, known: ActivityRow[] = []) {
    this.#entries = [...known];
  }

  get entries(): readonly ActivityRow[] {
    return this.#entries;
  }

  /** What was added since. */
  async next(): Promise<ActivityRow[]> {
    const added = await this.#read(this.#entries.at(-1)?.id ?? '');
    this.#entries.push(...added);
    return added;
  }

  /** @throws Error when entries have changed, are gone, or have come in between */
  async check(): Promise<void> {
    const all = await this.#read('');
    if (JSON.stringify(all) === JSON.stringify(this.#entries)) return;
    throw new Error('the activity log is not what it was');
  }

  #read(after: string): Promise<ActivityRow[]> {
    return this.stage.read(database =>
      database<ActivityRow>('activities').where('id', '>', after).orderBy('id'),
    );
  }
}
