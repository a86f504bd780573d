import { resolvePackagePath } from '@backstage/backend-plugin-api';
import type { DatabaseService } from '@backstage/backend-plugin-api';
import type { Knex } from 'knex';
import { v7 as uuid } from 'uuid';
import type { ActivityRecord } from '../domain/types';
import type { ActivityRow, RuntimeRow } from './rows';

/** Told after the transaction that changed something below a runtime. */
export type ChangeListener = (change: {
  runtime: string;
  signal: string;
  revision: number;
}) => void;

export type NewActivity = Omit<ActivityRecord, 'id' | 'at'>;

/** The plugin's tables, with what every store needs: transactions that count and announce changes, and a clock. */
export class Database {
  readonly #listeners: ChangeListener[] = [];

  private constructor(readonly knex: Knex, readonly now: () => Date) {}

  static async create(options: {
    database: DatabaseService;
    now?: () => Date;
  }): Promise<Database> {
    const knex = await options.database.getClient();
    if (!options.database.migrations?.skip) {
      await knex.migrate.latest({
        directory: resolvePackagePath(
          '@konstellation/backstage-plugin-konstellation-backend',
          'migrations',
        ),
      });
    }
    return new Database(knex, options.now ?? (() => new Date()));
  }

  /** True where several processes may share the database. */
  get isShared(): boolean {
    return this.knex.client.config.client === 'pg';
  }

  onChange(listener: ChangeListener): void {
    this.#listeners.push(listener);
  }

  /** Runs in a transaction; counts and announces a change of the runtime unless the work gives undefined. */
  async change<T>(
    runtime: string,
    work: (tx: Knex.Transaction) => Promise<T>,
  ): Promise<T> {
    const { result, row } = await this.knex.transaction(async tx => {
      const done = await work(tx);
      if (done !== undefined) {
        await tx<RuntimeRow>('runtimes')
          .where({ id: runtime })
          .increment('revision', 1);
      }
      return {
        result: done,
        row:
          done === undefined
            ? undefined
            : await tx<RuntimeRow>('runtimes')
                .where({ id: runtime })
                .first('signal', 'revision'),
      };
    });
    if (row) {
      for (const listener of this.#listeners) {
        listener({ runtime, signal: row.signal, revision: row.revision });
      }
    }
    return result;
  }

  /** Announces what happened to a runtime that is gone. */
  announce(runtime: string, signal: string, revision: number): void {
    for (const listener of this.#listeners) {
      listener({ runtime, signal, revision });
    }
  }

  async addActivity(
    tx: Knex.Transaction,
    activity: NewActivity,
  ): Promise<void> {
    await tx<ActivityRow>('activities').insert({
      id: uuid(),
      at: this.now().getTime(),
      actor: activity.actor,
      type: activity.type,
      runtime: activity.runtime,
      solution: activity.solution ?? null,
      version: activity.version ?? null,
      from: activity.from ?? null,
      to: activity.to ?? null,
      comment: activity.comment,
    });
  }
}
