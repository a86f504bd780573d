import { ConflictError, NotFoundError } from '@backstage/errors';
import type { SolutionRecord } from '../domain/types';
import type { Database, NewActivity } from './Database';
import {
  toSolution,
  type RuntimeRow,
  type SolutionRow,
  type VersionRow,
} from './rows';

const MAX_SOLUTIONS = 50;

/** Solutions of runtimes. */
export class SolutionStore {
  constructor(private readonly database: Database) {}

  async find(runtime: string, id: string): Promise<SolutionRecord | undefined> {
    const row = await this.database
      .knex<SolutionRow>('solutions')
      .where({ runtime, id })
      .first();
    return row && toSolution(row);
  }

  /** @throws ConflictError when the id is taken, or there are too many */
  async create(
    solution: { runtime: string; id: string; name: string },
    activity: NewActivity,
  ): Promise<void> {
    const { runtime, id, name } = solution;
    await this.database.change(runtime, async tx => {
      const place = await tx<RuntimeRow>('runtimes')
        .where({ id: runtime })
        .first('deleting');
      if (!place)
        throw new NotFoundError(`no runtime with the id "${runtime}"`);
      if (place.deleting) {
        throw new ConflictError('the runtime is being deleted');
      }
      const known = await tx<SolutionRow>('solutions')
        .where({ runtime })
        .select('id');
      if (known.some(row => row.id === id)) {
        throw new ConflictError(
          `the runtime "${runtime}" has already a solution with the id "${id}"`,
        );
      }
      if (known.length >= MAX_SOLUTIONS) {
        throw new ConflictError(
          `a runtime has at most ${MAX_SOLUTIONS} solutions`,
        );
      }
      const now = this.database.now().getTime();
      await tx<SolutionRow>('solutions').insert({
        runtime,
        id,
        name,
        generation: 0,
        deleting: false,
        created_at: now,
        next_at: now,
      });
      await this.database.addActivity(tx, activity);
      return true;
    });
  }

  /**
   * Marks a solution to be deleted, with its versions and publications.
   * @throws ConflictError naming each version that is started or published
   */
  async markDeleting(
    runtime: string,
    id: string,
    activity: NewActivity,
  ): Promise<void> {
    await this.database.change(runtime, async tx => {
      const running = await tx<VersionRow>('versions')
        .where({ runtime, solution: id })
        .where(builder =>
          builder
            .where({ desired: 'started' })
            .orWhereIn('status', ['PUBLISHED', 'STARTED', 'STARTING']),
        )
        .orderBy('name')
        .select('name', 'status');
      if (running.length > 0) {
        const names = running.map(row => `${row.name} (${row.status})`);
        throw new ConflictError(
          `the solution has versions that must be stopped first: ${names.join(
            ', ',
          )}`,
        );
      }
      const now = this.database.now().getTime();
      const changed = await tx<SolutionRow>('solutions')
        .where({ runtime, id, deleting: false })
        .update({ deleting: true, next_at: now });
      if (changed === 0) {
        throw new ConflictError('the solution is being deleted');
      }
      await tx<VersionRow>('versions')
        .where({ runtime, solution: id })
        .update({ deleting: true, next_at: now });
      await this.database.addActivity(tx, activity);
      return true;
    });
  }
}
