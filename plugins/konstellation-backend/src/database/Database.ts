import type { DatabaseService } from '@backstage/backend-plugin-api';
import type { Knex } from 'knex';
import { v7 as uuid } from 'uuid';
import type { LifecyclePolicy } from '../domain/deriveVersionStatus';
import type { ActivityRecord } from '../domain/types';
import { markCommitted } from './idempotency';
import { migrate } from './migrate';
import type { ActivityRow, RuntimeRow } from './rows';

/** Told after the transaction that changed something below a runtime. */
export type ChangeListener = (change: {
  runtime: string;
  signal: string;
  revision: number;
}) => void;

export type NewActivity = Omit<
  ActivityRecord,
  'id' | 'at' | 'count' | 'lastAt'
>;

/** The actor of what the product does by itself. */
export const SYSTEM = 'system';

/** The plugin's tables, with what every store needs: transactions that count and announce changes, and a clock. */
export class Database {
  readonly #listeners: ChangeListener[] = [];

  private constructor(
    readonly knex: Knex,
    readonly policy: LifecyclePolicy,
    readonly now: () => Date,
  ) {}

  static async create(options: {
    database: DatabaseService;
    policy: LifecyclePolicy;
    now?: () => Date;
  }): Promise<Database> {
    const knex = await options.database.getClient();
    if (!options.database.migrations?.skip) await migrate(knex);
    const { policy, now = () => new Date() } = options;
    return new Database(knex, policy, now);
  }

  /** True where several processes may share the database. */
  get isShared(): boolean {
    return this.knex.client.config.client === 'pg';
  }

  onChange(listener: ChangeListener): void {
    this.#listeners.push(listener);
  }

  /**
   * Runs in a transaction; counts and announces a change of the runtime unless the work gives undefined. Changes of one runtime
   * come one after another: what a command was decided on holds until it is written. A name the work gives is kept for a
   * request that is sent again.
   */
  async change<T>(
    runtime: string,
    work: (tx: Knex.Transaction) => Promise<T>,
  ): Promise<T> {
    const { result, row } = await this.knex.transaction(async tx => {
      // SQLite has one writer anyway.
      if (this.isShared) {
        await tx<RuntimeRow>('runtimes')
          .where({ id: runtime })
          .forUpdate()
          .first('id');
      }
      const done = await work(tx);
      if (done === undefined) return { result: done, row: undefined };
      await tx<RuntimeRow>('runtimes')
        .where({ id: runtime })
        .increment('revision', 1);
      await markCommitted(tx, typeof done === 'string' ? done : undefined);
      return {
        result: done,
        row: await tx<RuntimeRow>('runtimes')
          .where({ id: runtime })
          .first('signal', 'revision'),
      };
    });
    if (row) {
      this.announce(runtime, row.signal, row.revision);
    }
    return result;
  }

  /** Tells those who listen that something of a runtime changed. */
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
      subject: activity.subject ?? null,
    });
  }
}
