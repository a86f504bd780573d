import { randomBytes } from 'node:crypto';
import type { VersionStatus } from '@konstellation/backstage-plugin-konstellation-common';
import type { Drift } from '@konstellation/backstage-plugin-konstellation-node';
import type {
  ClusterProblem,
  PublicationRecord,
  RuntimeRecord,
  SolutionRecord,
  VersionRecord,
} from '../domain/types';
import { Claims, type ClaimOptions } from './claims';
import { recordClusterProblem } from './clusterProblems';
import type { ConfigurationStore } from './ConfigurationStore';
import type { Database } from './Database';
import { recordDrift, type DriftPlace } from './drifts';
import {
  dropNext,
  endRetiring,
  promoteNext,
  recordObserved,
  type Observation,
} from './observations';
import { removeRuntime, removeSolution, removeVersion } from './removals';
import {
  toPublication,
  toRuntime,
  toSolution,
  toVersion,
  type PublicationRow,
  type RuntimeRow,
  type SolutionRow,
  type VersionRow,
} from './rows';
import { recordRuntime, type RuntimeObservation } from './runtimeObservations';
import { completeSwitch, recordSwitchProblem } from './switches';
import type { ReconciliationStore, ReleaseRef, SwitchRef } from './types';

/** What the reconciler needs, on SQLite and PostgreSQL. */
export class DatabaseReconciliationStore implements ReconciliationStore {
  readonly #versions: Claims<VersionRow>;
  readonly #solutions: Claims<SolutionRow>;

  constructor(
    private readonly database: Database,
    private readonly configurations: ConfigurationStore,
  ) {
    this.#versions = new Claims(database, 'versions', ['uid']);
    this.#solutions = new Claims(database, 'solutions', ['runtime', 'id']);
  }

  async claimVersions(options: ClaimOptions): Promise<VersionRecord[]> {
    return (await this.#versions.take(options)).map(toVersion);
  }

  async renewVersion(options: {
    uid: string;
    leaseMillis: number;
    owner: string;
  }): Promise<boolean> {
    return this.#versions.renew({ uid: options.uid }, options);
  }

  async releaseVersion(options: {
    uid: string;
    owner: string;
    nextAt?: Date;
  }): Promise<void> {
    const { uid, owner, nextAt } = options;
    await this.#versions.release({ uid }, owner, nextAt);
  }

  async claimSolutions(options: ClaimOptions): Promise<SolutionRecord[]> {
    return (await this.#solutions.take(options)).map(toSolution);
  }

  async renewSolution(options: {
    runtime: string;
    id: string;
    leaseMillis: number;
    owner: string;
  }): Promise<boolean> {
    const { runtime, id } = options;
    return this.#solutions.renew({ runtime, id }, options);
  }

  async releaseSolution(options: {
    runtime: string;
    id: string;
    owner: string;
    nextAt?: Date;
  }): Promise<void> {
    const { runtime, id, owner, nextAt } = options;
    await this.#solutions.release({ runtime, id }, owner, nextAt);
  }

  recordRuntime(id: string, seen: RuntimeObservation): Promise<void> {
    return recordRuntime(this.database, id, seen);
  }

  async deletingRuntimes(): Promise<RuntimeRecord[]> {
    const rows = await this.database
      .knex<RuntimeRow>('runtimes')
      .where({ deleting: true });
    return rows.map(toRuntime);
  }

  async wakeVersion(uid: string): Promise<void> {
    await this.#versions.wake({ uid });
  }

  async wakeVersions(
    uids: readonly string[],
    which: 'all' | 'unscheduled',
  ): Promise<void> {
    const wake = this.database
      .knex<VersionRow>('versions')
      .whereIn('uid', [...uids])
      .update({ next_at: this.database.now().getTime() });
    await (which === 'all' ? wake : wake.whereNull('next_at'));
  }

  async wakeSolution(runtime: string, id: string): Promise<void> {
    await this.#solutions.wake({ runtime, id });
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
          .orWhereIn('status', ['STOPPING', 'ERROR'])
          .orWhereNotNull('lease_owner'),
      )
      .update({ next_at: now, ...lease });
    await knex<SolutionRow>('solutions').update({ next_at: now, ...lease });
    // Due before the others: those that somebody calls, or is about to.
    await knex<SolutionRow>('solutions')
      .whereNotNull('publication')
      .orWhereNotNull('wanted_publication')
      .update({ next_at: now - 1 });
    if (!isShared) {
      await knex<VersionRow>('versions')
        .where({ desired: 'started' })
        .whereNotNull('observed')
        .update({
          observed: null,
          // Only what had been ready can be missed; what was starting starts.
          unavailable_since: knex.raw(
            "case when status in ('STARTED', 'PUBLISHED') then coalesce(unavailable_since, ?) else unavailable_since end",
            [now],
          ),
        });
    }
  }

  async knownVersions(uids: readonly string[]): Promise<Set<string>> {
    const rows = await this.database
      .knex<VersionRow>('versions')
      .whereIn('uid', [...uids])
      .select('uid');
    return new Set(rows.map(({ uid }) => uid));
  }

  async getRuntime(id: string): Promise<RuntimeRecord | undefined> {
    const row = await this.database
      .knex<RuntimeRow>('runtimes')
      .where({ id })
      .first();
    return row && toRuntime(row);
  }

  async getRuntimes(
    ids: readonly string[],
  ): Promise<Map<string, RuntimeRecord>> {
    const rows = await this.database
      .knex<RuntimeRow>('runtimes')
      .whereIn('id', [...ids]);
    return new Map(rows.map(row => [row.id, toRuntime(row)]));
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

  async getPublication(id: string): Promise<PublicationRecord | undefined> {
    const row = await this.database
      .knex<PublicationRow>('publications')
      .where({ id })
      .first();
    return row && toPublication(row);
  }

  async isPublished(uid: string, revision: number): Promise<boolean> {
    const row = await this.database
      .knex<PublicationRow>('publications')
      .join('solutions', function on() {
        this.on('publications.id', 'solutions.publication').orOn(
          'publications.id',
          'solutions.wanted_publication',
        );
      })
      .where({ version_uid: uid, configuration_revision: revision })
      .first('publications.id');
    return row !== undefined;
  }

  async configurationValues(
    versionUid: string,
    revision: number,
  ): Promise<Record<string, string>> {
    const values = await this.configurations.values(versionUid, revision);
    return Object.fromEntries(
      Object.entries(values).map(([key, { value }]) => [key, value]),
    );
  }

  recordObserved(observation: Observation): Promise<VersionStatus | undefined> {
    return recordObserved(this.database, observation);
  }

  recordClusterProblem(
    ref: ReleaseRef,
    problem: ClusterProblem,
  ): Promise<void> {
    return recordClusterProblem(this.database, ref, problem);
  }

  promoteNext(
    change: Observation & { revision: number; retireAt: Date },
  ): Promise<boolean> {
    return promoteNext(this.database, change);
  }

  dropNext(
    change: ReleaseRef & { revision: number; problem: string },
  ): Promise<boolean> {
    return dropNext(this.database, change);
  }

  endRetiring(uid: string, revision: number): Promise<void> {
    return endRetiring(this.database, uid, revision);
  }

  removeVersion(uid: string): Promise<void> {
    return removeVersion(this.database, uid);
  }

  removeSolution(runtime: string, id: string): Promise<boolean> {
    return removeSolution(this.database, runtime, id);
  }

  removeRuntime(id: string): Promise<void> {
    return removeRuntime(this.database, id);
  }

  completeSwitch(
    options: SwitchRef & { switchMillis: number; retireAt: Date },
  ): Promise<boolean> {
    return completeSwitch(this.database, options);
  }

  recordSwitchProblem(options: SwitchRef & { problem: string }): Promise<void> {
    return recordSwitchProblem(this.database, options);
  }

  recordDrift(place: DriftPlace, drift: Drift): Promise<void> {
    return recordDrift(this.database, place, drift);
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
