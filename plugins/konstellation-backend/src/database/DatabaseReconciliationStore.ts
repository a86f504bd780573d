import { randomBytes } from 'node:crypto';
import type { Knex } from 'knex';
import type {
  ActivityType,
  VersionStatus,
} from '@konstellation/backstage-plugin-konstellation-common';
import type { Deadlines } from '../domain/deriveVersionStatus';
import type {
  ObservedState,
  PublicationRecord,
  RuntimeRecord,
  SolutionRecord,
  VersionRecord,
} from '../domain/types';
import type { Database } from './Database';
import {
  toPublication,
  toRuntime,
  toSolution,
  toVersion,
  type ConfigurationEntries,
  type ConfigurationRow,
  type PublicationRow,
  type RuntimeRow,
  type SolutionRow,
  type VersionRow,
} from './rows';
import { refreshStatus } from './statuses';
import type { ReconciliationStore } from './types';

const SYSTEM = 'system';

/** What the activity log says of a change of status that nobody commanded. */
function activityOf(
  from: VersionStatus,
  to: VersionStatus,
  observed: ObservedState,
): { type: ActivityType; comment: string } | undefined {
  if (to === 'STARTED' && from === 'STARTING') {
    return { type: 'version.started', comment: 'Every node is ready' };
  }
  if (to === 'STARTED' && from === 'ERROR') {
    return { type: 'version.recovered', comment: 'Every node is ready again' };
  }
  if (to === 'STOPPED') {
    return { type: 'version.stopped', comment: 'Everything it ran is gone' };
  }
  if (to === 'ERROR') {
    return {
      type: 'version.failed',
      comment: (
        observed.problem?.message ?? 'It did not get ready in time'
      ).slice(0, 1_000),
    };
  }
  return undefined;
}

/** What the reconciler needs, on SQLite and PostgreSQL. */
export class DatabaseReconciliationStore implements ReconciliationStore {
  constructor(
    private readonly database: Database,
    private readonly deadlines: Deadlines,
  ) {}

  async claimVersions(options: {
    limit: number;
    leaseMillis: number;
    owner: string;
  }): Promise<VersionRecord[]> {
    const rows = await this.#claim<VersionRow>('versions', ['uid'], options);
    return rows.map(toVersion);
  }

  async claimSolutions(options: {
    limit: number;
    leaseMillis: number;
    owner: string;
  }): Promise<SolutionRecord[]> {
    const rows = await this.#claim<SolutionRow>(
      'solutions',
      ['runtime', 'id'],
      options,
    );
    return rows.map(toSolution);
  }

  /**
   * Takes rows that are due and not leased. `next_at` becomes the end of the lease, so that a row whose process died is due
   * again; a wake that comes meanwhile sets another value, which {@link #release} keeps.
   */
  async #claim<Row extends { next_at: unknown; lease_owner: string | null }>(
    table: string,
    key: Array<keyof Row & string>,
    options: { limit: number; leaseMillis: number; owner: string },
  ): Promise<Row[]> {
    return this.database.knex.transaction(async tx => {
      const now = this.database.now().getTime();
      const free = (builder: Knex.QueryBuilder) =>
        builder.whereNull('lease_until').orWhere('lease_until', '<=', now);
      const select = tx(table)
        .where('next_at', '<=', now)
        .where(free)
        .orderBy('next_at')
        .limit(options.limit);
      if (this.database.isShared) void select.forUpdate().skipLocked();
      const due: Row[] = await select;
      const until = now + options.leaseMillis;
      for (const row of due) {
        await tx(table)
          .where(Object.fromEntries(key.map(name => [name, row[name]])))
          .update({
            lease_owner: options.owner,
            lease_until: until,
            next_at: until,
          });
      }
      return due;
    });
  }

  async #release(
    table: string,
    key: Record<string, string>,
    owner: string,
    nextAt?: Date,
  ): Promise<void> {
    await this.database
      .knex(table)
      .where({ ...key, lease_owner: owner })
      .update({
        next_at: this.database.knex.raw(
          'case when next_at = lease_until then ? else next_at end',
          [nextAt?.getTime() ?? null],
        ),
        lease_owner: null,
        lease_until: null,
      });
  }

  async releaseVersion(options: {
    uid: string;
    owner: string;
    nextAt?: Date;
  }): Promise<void> {
    const { uid, owner, nextAt } = options;
    await this.#release('versions', { uid }, owner, nextAt);
  }

  async releaseSolution(options: {
    runtime: string;
    id: string;
    owner: string;
    nextAt?: Date;
  }): Promise<void> {
    const { runtime, id, owner, nextAt } = options;
    await this.#release('solutions', { runtime, id }, owner, nextAt);
  }

  async deletingRuntimes(): Promise<RuntimeRecord[]> {
    const rows = await this.database
      .knex<RuntimeRow>('runtimes')
      .where({ deleting: true });
    return rows.map(toRuntime);
  }

  async wakeVersion(uid: string): Promise<void> {
    await this.database
      .knex<VersionRow>('versions')
      .where({ uid })
      .update({ next_at: this.database.now().getTime() });
  }

  async wakeSolution(runtime: string, id: string): Promise<void> {
    await this.database
      .knex<SolutionRow>('solutions')
      .where({ runtime, id })
      .update({ next_at: this.database.now().getTime() });
  }

  async wakeAll(): Promise<void> {
    const now = this.database.now().getTime();
    const { knex, isShared } = this.database;
    // With one process, every lease is of one that is gone.
    const lease = isShared ? {} : { lease_owner: null, lease_until: null };
    await knex<VersionRow>('versions')
      .where(builder =>
        builder
          .where({ desired: 'started' })
          .orWhere({ deleting: true })
          .orWhere({ status: 'STOPPING' }),
      )
      .update({ next_at: now, ...lease });
    await knex<SolutionRow>('solutions').update({ next_at: now, ...lease });
    if (!isShared) {
      await knex<VersionRow>('versions')
        .where({ desired: 'started' })
        .whereNotNull('observed')
        .update({
          observed: null,
          unavailable_since: knex.raw('coalesce(unavailable_since, ?)', [now]),
        });
    }
  }

  async getRuntime(id: string): Promise<RuntimeRecord | undefined> {
    const row = await this.database
      .knex<RuntimeRow>('runtimes')
      .where({ id })
      .first();
    return row && toRuntime(row);
  }

  async getSolution(
    runtime: string,
    id: string,
  ): Promise<SolutionRecord | undefined> {
    const row = await this.database
      .knex<SolutionRow>('solutions')
      .where({ runtime, id })
      .first();
    return row && toSolution(row);
  }

  async getVersion(uid: string): Promise<VersionRecord | undefined> {
    const row = await this.database
      .knex<VersionRow>('versions')
      .where({ uid })
      .first();
    return row && toVersion(row);
  }

  async versionsOfSolution(
    runtime: string,
    solution: string,
  ): Promise<VersionRecord[]> {
    const rows = await this.database
      .knex<VersionRow>('versions')
      .where({ runtime, solution });
    return rows.map(toVersion);
  }

  async getPublication(id: string): Promise<PublicationRecord | undefined> {
    const row = await this.database
      .knex<PublicationRow>('publications')
      .where({ id })
      .first();
    return row && toPublication(row);
  }

  async configurationValues(
    versionUid: string,
    revision: number,
  ): Promise<Record<string, string>> {
    const row = await this.database
      .knex<ConfigurationRow>('configuration_revisions')
      .where({ version_uid: versionUid, revision })
      .first('entries');
    const entries: ConfigurationEntries = row ? JSON.parse(row.entries) : {};
    return Object.fromEntries(
      Object.entries(entries).map(([key, { value }]) => [key, value]),
    );
  }

  async recordObserved(options: {
    uid: string;
    generation: number;
    observed: ObservedState;
  }): Promise<VersionStatus | undefined> {
    const { uid, generation, observed } = options;
    const { knex } = this.database;
    const before = await knex<VersionRow>('versions')
      .where({ uid, generation })
      .first();
    if (!before) return undefined;
    const now = this.database.now();
    const wasAvailable =
      before.unavailable_since !== null ||
      before.status === 'STARTED' ||
      before.status === 'PUBLISHED';
    const unavailable =
      before.desired === 'started' && !observed.ready && wasAvailable;
    const stored = JSON.stringify(observed);
    const nothingNew = sameObservation(before.observed, observed);

    const write = async (tx: Knex.Transaction) => {
      const changed = await tx<VersionRow>('versions')
        .where({ uid, generation })
        .update({
          observed: stored,
          unavailable_since: unavailable
            ? before.unavailable_since ?? now.getTime()
            : null,
        });
      if (changed === 0) return undefined;
      const status = await refreshStatus(tx, uid, this.deadlines, now);
      if (!status) return undefined;
      const activity =
        status.from === status.to
          ? undefined
          : activityOf(status.from, status.to, observed);
      if (activity) {
        await this.database.addActivity(tx, {
          actor: SYSTEM,
          ...activity,
          runtime: before.runtime,
          solution: before.solution,
          version: before.name,
          from: status.from,
          to: status.to,
        });
      }
      return status;
    };
    if (nothingNew && !unavailable) {
      // Looked at again by the clock: written, but nobody has to be told unless the status moved with time.
      const status = await knex.transaction(write);
      if (status && status.from === status.to) return status.to;
    }
    const status = await this.database.change(before.runtime, write);
    return status?.to;
  }

  async removeVersion(uid: string): Promise<void> {
    const row = await this.database
      .knex<VersionRow>('versions')
      .where({ uid, deleting: true })
      .first('runtime');
    if (!row) return;
    await this.database.change(row.runtime, tx =>
      tx<VersionRow>('versions').where({ uid, deleting: true }).delete(),
    );
  }

  async removeRuntime(id: string): Promise<void> {
    const row = await this.database
      .knex<RuntimeRow>('runtimes')
      .where({ id, deleting: true })
      .first('signal', 'revision');
    if (!row) return;
    await this.database.knex.transaction(async tx => {
      // SQLite cascades only where foreign keys are switched on.
      const uids = tx<VersionRow>('versions')
        .where({ runtime: id })
        .select('uid');
      await tx('configuration_revisions').whereIn('version_uid', uids).delete();
      await tx('versions').where({ runtime: id }).delete();
      await tx('publications').where({ runtime: id }).delete();
      await tx('solutions').where({ runtime: id }).delete();
      await tx('runtimes').where({ id }).delete();
    });
    this.database.announce(id, row.signal, row.revision + 1);
  }

  async completeSwitch(options: {
    runtime: string;
    solution: string;
    generation: number;
    switchMillis: number;
  }): Promise<boolean> {
    const { runtime, solution: id, generation, switchMillis } = options;
    const now = this.database.now();
    const done = await this.database.change(runtime, async tx => {
      const solution = await tx<SolutionRow>('solutions')
        .where({ runtime, id, generation })
        .first();
      if (!solution || solution.publication === solution.wanted_publication) {
        return undefined;
      }
      await tx<SolutionRow>('solutions').where({ runtime, id }).update({
        publication: solution.wanted_publication,
        switch_problem: null,
      });
      await this.#close(tx, solution, now);
      if (solution.wanted_publication) {
        await this.#open(tx, solution.wanted_publication, now, switchMillis);
      }
      return true;
    });
    return done === true;
  }

  /** The former publication ends. */
  async #close(tx: Knex.Transaction, solution: SolutionRow, now: Date) {
    if (!solution.publication) return;
    const row = await tx<PublicationRow>('publications')
      .where({ id: solution.publication })
      .first();
    if (!row) return;
    await tx<PublicationRow>('publications')
      .where({ id: row.id })
      .update({ ended_at: now.getTime() });
    const status = await refreshStatus(
      tx,
      row.version_uid,
      this.deadlines,
      now,
    );
    await this.database.addActivity(tx, {
      actor: SYSTEM,
      type: 'version.unpublished',
      runtime: row.runtime,
      solution: row.solution,
      version: row.version,
      from: 'PUBLISHED',
      to: status?.to,
      comment: solution.wanted_publication
        ? 'Callers were moved to another publication'
        : 'Callers are refused',
    });
  }

  async #open(
    tx: Knex.Transaction,
    publication: string,
    now: Date,
    switchMillis: number,
  ) {
    await tx<PublicationRow>('publications')
      .where({ id: publication })
      .update({
        published_at: now.getTime(),
        switch_millis: Math.round(switchMillis),
      });
    const row = await tx<PublicationRow>('publications')
      .where({ id: publication })
      .first();
    if (!row) return;
    const status = await refreshStatus(
      tx,
      row.version_uid,
      this.deadlines,
      now,
    );
    await this.database.addActivity(tx, {
      actor: SYSTEM,
      type: 'version.published',
      runtime: row.runtime,
      solution: row.solution,
      version: row.version,
      from: status?.from,
      to: 'PUBLISHED',
      comment: 'A call to the public address was answered by it',
    });
  }

  async recordSwitchProblem(options: {
    runtime: string;
    solution: string;
    generation: number;
    problem?: string;
  }): Promise<void> {
    const { runtime, solution: id, generation, problem } = options;
    const row = await this.getSolution(runtime, id);
    if (!row || row.switchProblem === problem) return;
    await this.database.change(runtime, tx =>
      tx<SolutionRow>('solutions')
        .where({ runtime, id, generation })
        .update({ switch_problem: problem ?? null }),
    );
  }

  async signingKey(): Promise<Buffer> {
    const { knex } = this.database;
    await knex('signing_keys')
      .insert({ id: 1, secret: randomBytes(32).toString('base64') })
      .onConflict('id')
      .ignore();
    const row = await knex('signing_keys').where({ id: 1 }).first('secret');
    return Buffer.from(row.secret, 'base64');
  }
}

/** Equal but for the time it was looked at. */
function sameObservation(stored: string | null, now: ObservedState): boolean {
  if (stored === null) return false;
  const before: ObservedState = JSON.parse(stored);
  return (
    JSON.stringify({ ...before, at: '' }) === JSON.stringify({ ...now, at: '' })
  );
}
