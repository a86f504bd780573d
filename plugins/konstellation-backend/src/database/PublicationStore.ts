import { ConflictError, NotFoundError } from '@backstage/errors';
import type { Knex } from 'knex';
import { v7 as uuid } from 'uuid';
import type { ActivityType } from '@konstellation/backstage-plugin-konstellation-common';
import type { Deadlines } from '../domain/deriveVersionStatus';
import type { PublicationRecord } from '../domain/types';
import { refusalOf } from '../domain/versionLifecycle';
import type { Database } from './Database';
import { decodeCursor, readLimit, toPage, type PageQuery } from './paging';
import {
  toPublication,
  type PublicationRow,
  type SolutionRow,
  type VersionRow,
} from './rows';
import { refreshStatus, withFacts, type VersionWithFacts } from './statuses';
import { changedMeanwhile, lifecycleFacts } from './VersionStore';

interface Command {
  actor: string;
  comment: string;
}

/** Publications: what is wanted, what is, and what was. */
export class PublicationStore {
  constructor(
    private readonly database: Database,
    private readonly deadlines: Deadlines,
  ) {}

  /** Newest first. */
  async list(
    runtime: string,
    query: PageQuery & { solution?: string },
  ): Promise<{ items: PublicationRecord[]; nextCursor?: string }> {
    const limit = readLimit(query.limit);
    const before = decodeCursor(query.cursor);
    const select = this.database
      .knex<PublicationRow>('publications')
      .where({ runtime })
      // One that never came through was never published.
      .whereNotNull('published_at')
      .orderBy('id', 'desc')
      .limit(limit + 1);
    if (query.solution) void select.where({ solution: query.solution });
    if (before !== undefined) void select.where('id', '<', before);
    return toPage(await select, limit, row => row.id, toPublication);
  }

  async get(id: string): Promise<PublicationRecord | undefined> {
    const row = await this.database
      .knex<PublicationRow>('publications')
      .where({ id })
      .first();
    return row && toPublication(row);
  }

  /** Wants the version published. @throws ConflictError with the words of the refusal */
  async publish(
    runtime: string,
    name: string,
    command: Command,
  ): Promise<void> {
    await this.#switch(runtime, name, 'version.publish', command);
  }

  /** Wants nothing of the solution published. */
  async unpublish(
    runtime: string,
    name: string,
    command: Command,
  ): Promise<void> {
    await this.database.change(runtime, async tx => {
      const known = await find(tx, runtime, name);
      const refusal = refusalOf('unpublish', lifecycleFacts(known));
      if (refusal) throw new ConflictError(refusal);
      await this.#want(tx, known, null);
      await this.#note(tx, known, 'version.unpublish', command);
      return true;
    });
  }

  /**
   * Wants an earlier publication of the solution again: the one named, or the one before the current.
   * @returns name of the version
   */
  async rollback(
    runtime: string,
    options: Command & { solution: string; publication?: string },
  ): Promise<string> {
    const { knex } = this.database;
    const solution = await knex<SolutionRow>('solutions')
      .where({ runtime, id: options.solution })
      .first();
    if (!solution) {
      throw new NotFoundError(`no solution "${options.solution}"`);
    }
    const current = solution.wanted_publication ?? solution.publication;
    const select = knex<PublicationRow>('publications')
      .where({ runtime, solution: options.solution })
      .whereNotNull('published_at')
      .orderBy('id', 'desc');
    if (options.publication) void select.where({ id: options.publication });
    else if (current) void select.where('id', '<', current);
    const target = await select.first();
    if (!target) {
      throw new NotFoundError(
        options.publication
          ? `no publication "${options.publication}" in the runtime "${runtime}"`
          : 'there is no earlier publication to roll back to',
      );
    }
    const row = await knex<VersionRow>('versions')
      .where({ uid: target.version_uid })
      .first('name', 'release_revision');
    if (!row) {
      throw new ConflictError(
        `the version ${target.version} of that publication was deleted`,
      );
    }
    if (
      row.release_revision !== null &&
      row.release_revision !== target.configuration_revision
    ) {
      throw new ConflictError(
        `${target.version} runs with configuration revision ${row.release_revision}, that publication had ${target.configuration_revision}: stop it, restore the values and start it again`,
      );
    }
    await this.#switch(runtime, row.name, 'version.rollback', options);
    return row.name;
  }

  async #switch(
    runtime: string,
    name: string,
    type: ActivityType,
    command: Command,
  ): Promise<void> {
    await this.database.change(runtime, async tx => {
      const known = await find(tx, runtime, name);
      const refusal = refusalOf('publish', lifecycleFacts(known));
      if (refusal) throw new ConflictError(refusal);
      const { version } = known;
      const id = uuid();
      await tx<PublicationRow>('publications').insert({
        id,
        runtime,
        solution: version.solution,
        version_uid: version.uid,
        version: version.name,
        package_digest: version.packageDigest,
        configuration_revision:
          version.releaseRevision ?? version.configurationRevision,
        comment: command.comment,
        published_by: command.actor,
        requested_at: this.database.now().getTime(),
      });
      await this.#want(tx, known, id);
      await this.#note(tx, known, type, command);
      return true;
    });
  }

  async #want(
    tx: Knex.Transaction,
    { version }: VersionWithFacts,
    publication: string | null,
  ): Promise<void> {
    const now = this.database.now();
    const key = { runtime: version.runtime, id: version.solution };
    const solution = await tx<SolutionRow>('solutions').where(key).first();
    const changed = await tx<SolutionRow>('solutions')
      .where({ ...key, generation: solution?.generation ?? -1 })
      .update({
        wanted_publication: publication,
        generation: (solution?.generation ?? 0) + 1,
        switch_requested_at: now.getTime(),
        switch_problem: null,
        next_at: now.getTime(),
      });
    if (changed === 0) throw changedMeanwhile();
    await refreshStatus(tx, version.uid, this.deadlines, now);
  }

  async #note(
    tx: Knex.Transaction,
    { version }: VersionWithFacts,
    type: ActivityType,
    command: Command,
  ): Promise<void> {
    await this.database.addActivity(tx, {
      actor: command.actor,
      type,
      runtime: version.runtime,
      solution: version.solution,
      version: version.name,
      from: version.status,
      comment: command.comment,
    });
  }
}

async function find(
  tx: Knex.Transaction,
  runtime: string,
  name: string,
): Promise<VersionWithFacts> {
  const row = await tx<VersionRow>('versions').where({ runtime, name }).first();
  const [known] = row ? await withFacts(tx, [row]) : [];
  if (!known) {
    throw new NotFoundError(`no version "${name}" in the runtime "${runtime}"`);
  }
  return known;
}
