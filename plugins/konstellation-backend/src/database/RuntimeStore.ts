import { ConflictError, NotFoundError } from '@backstage/errors';
import type { RuntimeRecord, SolutionRecord } from '../domain/types';
import type { Database, NewActivity } from './Database';
import { decodeCursor, readLimit, toPage, type PageQuery } from './paging';
import {
  toRuntime,
  toSolution,
  type PublicationRow,
  type RuntimeRow,
  type SolutionRow,
  type VersionRow,
} from './rows';

/** What a list of runtimes shows of their versions. */
export interface RuntimeSummary {
  runtime: RuntimeRecord;
  solutions: Array<SolutionRecord & { publishedVersion?: string }>;
  counts: { total: number; started: number; error: number };
  /** A published version is in trouble. */
  publishedUnavailable: boolean;
}

/** Restricts lists to what the caller may see; undefined: everything. */
export type RuntimeFilter = (runtime: RuntimeRecord) => boolean;

/** Runtimes and their solutions. */
export class RuntimeStore {
  constructor(private readonly database: Database) {}

  /** @throws ConflictError when the id is taken */
  async create(record: RuntimeRecord, activity: NewActivity): Promise<void> {
    const { knex } = this.database;
    const taken = await knex<RuntimeRow>('runtimes')
      .where({ id: record.id })
      .first('id');
    if (taken) throw this.#taken(record.id);
    await this.database
      .change(record.id, async tx => {
        await tx<RuntimeRow>('runtimes').insert({
          id: record.id,
          name: record.name,
          description: record.description,
          owner: record.owner,
          labels: JSON.stringify(record.labels),
          cluster: record.cluster,
          namespace: record.namespace,
          settings: JSON.stringify(record.settings),
          signal: record.signal,
          revision: record.revision,
          deleting: record.deleting,
          created_by: record.createdBy,
          created_at: record.createdAt.getTime(),
        });
        await tx<SolutionRow>('solutions').insert({
          runtime: record.id,
          id: record.id,
          name: record.name,
          generation: 0,
          next_at: record.createdAt.getTime(),
        });
        await this.database.addActivity(tx, activity);
        return true;
      })
      .catch(error => {
        // Two at once: the primary key let one of them through.
        if (/unique|duplicate/i.test(String(error?.message))) {
          throw this.#taken(record.id);
        }
        throw error;
      });
  }

  #taken(id: string) {
    return new ConflictError(`there is already a runtime with the id "${id}"`);
  }

  async find(id: string): Promise<RuntimeRecord | undefined> {
    const row = await this.database
      .knex<RuntimeRow>('runtimes')
      .where({ id })
      .first();
    return row && toRuntime(row);
  }

  /** @throws NotFoundError */
  async summary(id: string): Promise<RuntimeSummary> {
    const runtime = await this.find(id);
    if (!runtime) throw new NotFoundError(`no runtime with the id "${id}"`);
    const [summary] = await this.#summaries([runtime]);
    if (!summary) throw new NotFoundError(`no runtime with the id "${id}"`);
    return summary;
  }

  /** Sorted by id. `visible` is applied before a page is cut. */
  async list(
    query: PageQuery & {
      search?: string;
      owner?: string;
      visible?: RuntimeFilter;
    },
  ): Promise<{ items: RuntimeSummary[]; nextCursor?: string }> {
    const limit = readLimit(query.limit);
    const after = decodeCursor(query.cursor);
    const found: RuntimeRecord[] = [];
    let from = after;
    // A page of what the caller sees may need several pages of what there is.
    for (;;) {
      const select = this.database
        .knex<RuntimeRow>('runtimes')
        .orderBy('id')
        .limit(limit + 1);
      if (from !== undefined) void select.where('id', '>', from);
      if (query.owner) void select.where({ owner: query.owner });
      if (query.search) {
        const like = `%${query.search
          .toLowerCase()
          .replace(/[\\%_]/g, '\\$&')}%`;
        void select.where(builder =>
          builder
            .whereRaw(`lower(name) like ? escape '\\'`, [like])
            .orWhereRaw(`id like ? escape '\\'`, [like]),
        );
      }
      const rows = await select;
      const records = rows.map(toRuntime);
      found.push(...records.filter(query.visible ?? (() => true)));
      from = rows.at(-1)?.id;
      if (rows.length <= limit || found.length > limit) break;
    }
    const page = toPage(
      found,
      limit,
      runtime => runtime.id,
      runtime => runtime,
    );
    return { ...page, items: await this.#summaries(page.items) };
  }

  async #summaries(runtimes: RuntimeRecord[]): Promise<RuntimeSummary[]> {
    const { knex } = this.database;
    const ids = runtimes.map(runtime => runtime.id);
    const solutions = await knex<SolutionRow>('solutions').whereIn(
      'runtime',
      ids,
    );
    const publications = await knex<PublicationRow>('publications').whereIn(
      'id',
      solutions.flatMap(row => (row.publication ? [row.publication] : [])),
    );
    const versions = await knex<VersionRow>('versions')
      .whereIn('runtime', ids)
      .select('uid', 'runtime', 'status', 'unavailable_since');
    return runtimes.map(runtime => {
      const own = versions.filter(row => row.runtime === runtime.id);
      const published = publications.filter(row => row.runtime === runtime.id);
      return {
        runtime,
        solutions: solutions
          .filter(row => row.runtime === runtime.id)
          // The first solution has the runtime's own id.
          .sort(
            (a, b) => Number(b.id === runtime.id) - Number(a.id === runtime.id),
          )
          .map(row => ({
            ...toSolution(row),
            publishedVersion: published.find(({ id }) => id === row.publication)
              ?.version,
          })),
        counts: {
          total: own.length,
          started: own.filter(
            ({ status }) => status === 'STARTED' || status === 'PUBLISHED',
          ).length,
          error: own.filter(({ status }) => status === 'ERROR').length,
        },
        publishedUnavailable: own.some(
          row => row.status === 'PUBLISHED' && row.unavailable_since !== null,
        ),
      };
    });
  }

  async update(
    id: string,
    change: Partial<
      Pick<
        RuntimeRecord,
        'name' | 'description' | 'owner' | 'labels' | 'settings'
      >
    >,
    activity: NewActivity,
  ): Promise<void> {
    await this.database.change(id, async tx => {
      const { labels, settings, ...plain } = change;
      await tx<RuntimeRow>('runtimes')
        .where({ id })
        .update({
          ...plain,
          ...(labels && { labels: JSON.stringify(labels) }),
          ...(settings && { settings: JSON.stringify(settings) }),
        });
      const now = this.database.now().getTime();
      // Settings are part of what the reconciler renders.
      await tx<VersionRow>('versions')
        .where({ runtime: id, desired: 'started' })
        .update({ next_at: now });
      await tx<SolutionRow>('solutions')
        .where({ runtime: id })
        .update({ next_at: now });
      await this.database.addActivity(tx, activity);
      return true;
    });
  }

  /** Marks the runtime to be deleted. @throws ConflictError naming each version that is started or published */
  async markDeleting(id: string, activity: NewActivity): Promise<void> {
    await this.database.change(id, async tx => {
      const running = await tx<VersionRow>('versions')
        .where({ runtime: id })
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
          `the runtime has versions that must be stopped first: ${names.join(
            ', ',
          )}`,
        );
      }
      await tx<RuntimeRow>('runtimes').where({ id }).update({ deleting: true });
      await this.database.addActivity(tx, activity);
      return true;
    });
  }

  async solution(
    runtime: string,
    id: string,
  ): Promise<SolutionRecord | undefined> {
    const row = await this.database
      .knex<SolutionRow>('solutions')
      .where({ runtime, id })
      .first();
    return row && toSolution(row);
  }
}
