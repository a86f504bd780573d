import type { Knex } from 'knex';
import type { Database } from './Database';

/** What a claim is made with. */
export interface ClaimOptions {
  limit: number;
  leaseMillis: number;
  owner: string;
}

interface LeasedRow {
  next_at: unknown;
  lease_owner: string | null;
}

/**
 * A table whose rows are work: due at `next_at`, one process at a time by a lease. `next_at` becomes the end of the lease, so
 * that a row whose process died is due again; a wake that comes meanwhile sets another value, which the end of the claim keeps.
 */
export class Claims<Row extends LeasedRow> {
  constructor(
    private readonly database: Database,
    private readonly table: string,
    private readonly key: Array<keyof Row & string>,
  ) {}

  /** Takes rows that are due and not leased. */
  async take({ limit, leaseMillis, owner }: ClaimOptions): Promise<Row[]> {
    const { knex, isShared } = this.database;
    const now = this.database.now().getTime();
    const free = (builder: Knex.QueryBuilder) =>
      builder.whereNull('lease_until').orWhere('lease_until', '<=', now);
    const due = (tx: Knex) =>
      tx(this.table)
        .where('next_at', '<=', now)
        .where(free)
        .orderBy('next_at')
        .limit(limit);
    // Asked without a transaction first: mostly there is nothing to do.
    if ((await due(knex).clone().first('next_at')) === undefined) return [];
    return knex.transaction(async tx => {
      const select = due(tx);
      if (isShared) void select.forUpdate().skipLocked();
      const rows: Row[] = await select;
      const until = now + leaseMillis;
      for (const row of rows) {
        await tx(this.table)
          .where(Object.fromEntries(this.key.map(name => [name, row[name]])))
          .update({ lease_owner: owner, lease_until: until, next_at: until });
      }
      return rows;
    });
  }

  /** Says that the work still goes on. @returns false when the claim was lost */
  async renew(
    key: Record<string, string>,
    { leaseMillis, owner }: Pick<ClaimOptions, 'leaseMillis' | 'owner'>,
  ): Promise<boolean> {
    const until = this.database.now().getTime() + leaseMillis;
    const { knex } = this.database;
    const renewed = await knex(this.table)
      .where({ ...key, lease_owner: owner })
      .update({
        next_at: knex.raw(
          'case when next_at = lease_until then ? else next_at end',
          [until],
        ),
        lease_until: until,
      });
    return renewed > 0;
  }

  /** Ends a claim. @param nextAt - when it is due again; undefined: only when something wakes it */
  async release(
    key: Record<string, string>,
    owner: string,
    nextAt?: Date,
  ): Promise<void> {
    const { knex } = this.database;
    await knex(this.table)
      .where({ ...key, lease_owner: owner })
      .update({
        next_at: knex.raw(
          'case when next_at = lease_until then ? else next_at end',
          [nextAt?.getTime() ?? null],
        ),
        lease_owner: null,
        lease_until: null,
      });
  }

  /** Makes a row due now. */
  async wake(key: Record<string, string>): Promise<void> {
    await this.database
      .knex(this.table)
      .where(key)
      .update({ next_at: this.database.now().getTime() });
  }
}
