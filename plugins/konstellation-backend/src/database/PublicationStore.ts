import { ConflictError, NotFoundError } from '@backstage/errors';
import type { Knex } from 'knex';
import type { VersionStatus } from '@konstellation/backstage-plugin-konstellation-common';
import type { PublicationRecord } from '../domain/types';
import type { Database } from './Database';
import { decodeCursor, readLimit, toPage, type PageQuery } from './paging';
import {
  changeVersion,
  checkAllowed,
  decidePublication,
  dropWaitingPublications,
  findVersion,
  nextRelease,
  NOTHING_NEXT,
  publishRelease,
  want,
} from './releases';
import {
  toPublication,
  type PublicationRow,
  type SolutionRow,
  type VersionRow,
} from './rows';
import { refreshStatus, type VersionWithFacts } from './statuses';
import { started } from './VersionStore';

interface Command {
  actor: string;
  comment: string;
}

/** Publications: what is wanted, what is, and what was. */
export class PublicationStore {
  constructor(private readonly database: Database) {}

  /** With whether the version is gone. */
  #select(knex: Knex) {
    return knex<PublicationRow>('publications')
      .leftJoin('versions', function on() {
        this.on('versions.uid', 'publications.version_uid');
      })
      .select<Array<PublicationRow & { package_deleted: boolean | number }>>(
        'publications.*',
        knex.raw(
          'case when versions.uid is null then 1 else 0 end as package_deleted',
        ),
      );
  }

  /** Newest first. */
  async list(
    runtime: string,
    query: PageQuery & { solution?: string },
  ): Promise<{ items: PublicationRecord[]; nextCursor?: string }> {
    const limit = readLimit(query.limit);
    const before = decodeCursor(query.cursor);
    const select = this.#select(this.database.knex)
      .where('publications.runtime', runtime)
      // One that never came through was never published.
      .whereNotNull('published_at')
      .orderBy('publications.id', 'desc')
      .limit(limit + 1);
    if (query.solution) {
      void select.where('publications.solution', query.solution);
    }
    if (before !== undefined) void select.where('publications.id', '<', before);
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
    await this.database.change(runtime, async tx => {
      const known = await findVersion(tx, this.database, runtime, name);
      checkAllowed('publish', known);
      const { version } = known;
      await decidePublication(tx, this.database, version);
      await publishRelease(tx, this.database, version, {
        revision: version.releaseRevision ?? version.configurationRevision,
        ...command,
      });
      await this.#note(tx, known, 'version.publish', command);
      return true;
    });
  }

  /** Wants nothing of the solution published. */
  async unpublish(
    runtime: string,
    name: string,
    command: Command,
  ): Promise<void> {
    await this.database.change(runtime, async tx => {
      const known = await findVersion(tx, this.database, runtime, name);
      checkAllowed('unpublish', known);
      const { version } = known;
      await want(tx, this.database, version, null);
      await dropWaitingPublications(
        tx,
        this.database,
        { runtime, solution: version.solution },
        { comment: 'The solution was unpublished' },
      );
      await this.#note(tx, known, 'version.unpublish', command);
      return true;
    });
  }

  /**
   * The publication a roll back goes to: the one named, or the one before the current.
   * @throws NotFoundError, ConflictError where its version is gone
   */
  async rollbackTarget(
    runtime: string,
    options: { solution: string; publication?: string },
    knex: Knex = this.database.knex,
  ): Promise<PublicationRecord & { isStarted: boolean }> {
    const solution = await knex<SolutionRow>('solutions')
      .where({ runtime, id: options.solution })
      .first();
    if (!solution) {
      throw new NotFoundError(
        `no solution "${options.solution}" in the runtime "${runtime}"`,
      );
    }
    const current = solution.wanted_publication ?? solution.publication;
    const select = this.#select(knex)
      .where({
        'publications.runtime': runtime,
        'publications.solution': options.solution,
      })
      .whereNotNull('published_at')
      .orderBy('publications.id', 'desc');
    if (options.publication) {
      void select.where('publications.id', options.publication);
    } else if (current) {
      void select.where('publications.id', '<', current);
    }
    const row = await select.first();
    if (!row) {
      throw new NotFoundError(
        options.publication
          ? `no publication "${options.publication}" in the runtime "${runtime}"`
          : 'there is no earlier publication to roll back to',
      );
    }
    const target = toPublication(row);
    if (target.packageDeleted) {
      throw new ConflictError(
        `the version ${target.version} of that publication was deleted, choose another one`,
      );
    }
    const version = await knex<VersionRow>('versions')
      .where({ uid: target.versionUid })
      .first('desired');
    return { ...target, isStarted: version?.desired === 'started' };
  }

  /**
   * Wants an earlier publication again, package and configuration: starts its version where it is stopped, makes its revision
   * ready beside the running one where that differs, and publishes it then.
   * @returns name of the version
   */
  async rollback(
    runtime: string,
    options: Command & {
      solution: string;
      publication?: string;
      startId: string;
    },
  ): Promise<string> {
    const { actor, comment, startId } = options;
    const command = {
      actor,
      comment,
      type: 'version.rollback',
      publish: true,
    } as const;
    return this.database.change(runtime, async tx => {
      const target = await this.rollbackTarget(runtime, options, tx);
      const { version: name, configurationRevision: revision } = target;
      const known = await findVersion(tx, this.database, runtime, name);
      const { version } = known;
      const now = this.database.now();
      await decidePublication(tx, this.database, version);
      let status: Awaited<ReturnType<typeof refreshStatus>>;
      if (version.desired === 'stopped') {
        checkAllowed('start', atRevision(known));
        await changeVersion(tx, version, {
          ...NOTHING_NEXT,
          ...started(revision, startId, command),
          generation: version.generation + 1,
          desired_since: now.getTime(),
          unavailable_since: null,
          next_at: now.getTime(),
        });
        const { policy } = this.database;
        status = await refreshStatus(tx, version.uid, policy, now);
      } else if (version.releaseRevision === revision && !version.next) {
        checkAllowed('publish', known);
        await publishRelease(tx, this.database, version, {
          revision,
          actor,
          comment,
        });
      } else {
        checkAllowed('configure', known);
        await changeVersion(tx, version, {
          configuration_revision: revision,
          ...nextRelease(this.database, revision, command),
        });
      }
      await this.#note(tx, known, 'version.rollback', options, status?.to);
      return name;
    });
  }

  async #note(
    tx: Knex.Transaction,
    { version }: VersionWithFacts,
    type: 'version.publish' | 'version.unpublish' | 'version.rollback',
    { actor, comment }: Command,
    to?: VersionStatus,
  ): Promise<void> {
    await this.database.addActivity(tx, {
      actor,
      type,
      runtime: version.runtime,
      solution: version.solution,
      version: version.name,
      from: version.status,
      to,
      comment,
    });
  }
}

/** It ran with the revision of the publication, so that was complete. */
function atRevision(known: VersionWithFacts): VersionWithFacts {
  return {
    ...known,
    facts: { ...known.facts, missing: [], unconfirmed: [] },
  };
}
