import { ConflictError, NotFoundError } from '@backstage/errors';
import type { Knex } from 'knex';
import type { RuntimeRecord, SolutionRecord } from '../domain/types';
import { ownerForms } from '../domain/validation';
import type { Visibility } from '../permissions/visibility';
import type { Database, NewActivity } from './Database';
import { decodeCursor, readLimit, toPage, type PageQuery } from './paging';
import { whereVisible } from './whereVisible';
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

/** Runtimes and their solutions. */
export class RuntimeStore {
  constructor(private readonly database: Database) {}

  /**
   * @returns false when another runtime has the namespace; nothing is written then
   * @throws ConflictError when the id is taken
   */
  async create(record: RuntimeRecord, activity: NewActivity): Promise<boolean> {
    const { knex } = this.database;
    const taken = await knex<RuntimeRow>('runtimes')
      .where({ id: record.id })
      .first('id');
    if (taken) throw this.#taken(record.id);
    try {
      await this.database.change(record.id, async tx => {
        await tx<RuntimeRow>('runtimes').insert({
          id: record.id,
          name: record.name,
          description: record.description,
          owner: record.owner,
          labels: JSON.stringify(record.labels),
          cluster: record.cluster,
          namespace: record.namespace,
          bound: record.bound,
          settings: JSON.stringify(record.settings),
          signal: record.signal,
          revision: record.revision,
          deleting: record.deleting,
          created_by: record.createdBy,
          created_at: record.createdAt.getTime(),
        });
        await this.#writeLabels(tx, record.id, record.labels);
        await tx<SolutionRow>('solutions').insert({
          runtime: record.id,
          id: record.id,
          name: record.name,
          generation: 0,
          deleting: false,
          created_at: record.createdAt.getTime(),
          next_at: record.createdAt.getTime(),
        });
        await this.database.addActivity(tx, activity);
        return true;
      });
      return true;
    } catch (error) {
      // Two at once: a key let one of them through.
      if (await this.find(record.id)) throw this.#taken(record.id);
      const { cluster, namespace } = record;
      const holder = await knex<RuntimeRow>('runtimes')
        .where({ cluster, namespace })
        .first('id');
      if (holder) return false;
      throw error;
    }
  }

  async #writeLabels(
    tx: Knex.Transaction,
    runtime: string,
    labels: Record<string, string>,
  ): Promise<void> {
    await tx('runtime_labels').where({ runtime }).delete();
    const rows = Object.entries(labels).map(([label, value]) => ({
      runtime,
      label,
      value,
    }));
    if (rows.length > 0) await tx('runtime_labels').insert(rows);
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

  /** Runtimes of a cluster, by the namespaces they have. */
  async byNamespace(cluster: string): Promise<Map<string, RuntimeRecord>> {
    const rows = await this.database
      .knex<RuntimeRow>('runtimes')
      .where({ cluster });
    return new Map(rows.map(row => [row.namespace, toRuntime(row)]));
  }

  /** @throws NotFoundError */
  async summary(id: string): Promise<RuntimeSummary> {
    const runtime = await this.find(id);
    if (!runtime) throw new NotFoundError(`no runtime with the id "${id}"`);
    const [summary] = await this.#summaries([runtime]);
    if (!summary) throw new NotFoundError(`no runtime with the id "${id}"`);
    return summary;
  }

  /** Sorted by id. */
  async list(
    query: PageQuery & {
      search?: string;
      owner?: string;
      status?: string;
      visible: Visibility;
    },
  ): Promise<{ items: RuntimeSummary[]; nextCursor?: string }> {
    const limit = readLimit(query.limit);
    const after = decodeCursor(query.cursor);
    const select = this.database
      .knex<RuntimeRow>('runtimes')
      .orderBy('id')
      .limit(limit + 1);
    whereVisible(select, query.visible);
    if (after !== undefined) void select.where('id', '>', after);
    if (query.owner) void select.whereIn('owner', ownerForms(query.owner));
    if (query.status) whereStatus(select, query.status);
    if (query.search) {
      const like = `%${query.search.toLowerCase().replace(/[\\%_]/g, '\\$&')}%`;
      void select.where(builder =>
        builder
          .whereRaw(`lower(name) like ? escape '\\'`, [like])
          .orWhereRaw(`id like ? escape '\\'`, [like]),
      );
    }
    const page = toPage(await select, limit, row => row.id, toRuntime);
    return { ...page, items: await this.#summaries(page.items) };
  }

  async #summaries(runtimes: RuntimeRecord[]): Promise<RuntimeSummary[]> {
    const { knex } = this.database;
    const ids = runtimes.map(runtime => runtime.id);
    const solutions = await knex<SolutionRow>('solutions').whereIn(
      'runtime',
      ids,
    );
    const publications = await knex<PublicationRow>('publications')
      .whereIn(
        'id',
        solutions.flatMap(row => (row.publication ? [row.publication] : [])),
      )
      .select('id', 'version');
    const publishedAs = new Map(publications.map(row => [row.id, row.version]));
    const counted = await knex<VersionRow>('versions')
      .whereIn('runtime', ids)
      .groupBy('runtime', 'status')
      .select<StatusCount[]>(
        'runtime',
        'status',
        knex.raw('count(*) as count'),
        knex.raw('count(unavailable_since) as unavailable'),
      );
    const solutionsOf = groupBy(solutions, row => row.runtime);
    const countedOf = groupBy(counted, row => row.runtime);
    return runtimes.map(runtime => {
      const own = countedOf.get(runtime.id) ?? [];
      const sum = (...statuses: string[]) =>
        own
          .filter(
            ({ status }) => statuses.length === 0 || statuses.includes(status),
          )
          .reduce((total, { count }) => total + Number(count), 0);
      return {
        runtime,
        solutions: (solutionsOf.get(runtime.id) ?? [])
          // The first solution has the runtime's own id.
          .sort(
            (a, b) =>
              Number(b.id === runtime.id) - Number(a.id === runtime.id) ||
              a.id.localeCompare(b.id),
          )
          .map(row => ({
            ...toSolution(row),
            publishedVersion: publishedAs.get(row.publication ?? ''),
          })),
        counts: {
          total: sum(),
          started: sum('STARTED', 'PUBLISHED'),
          error: sum('ERROR'),
        },
        publishedUnavailable: own.some(
          row => row.status === 'PUBLISHED' && Number(row.unavailable) > 0,
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
      const changed = await tx<RuntimeRow>('runtimes')
        .where({ id, deleting: false })
        .update({
          ...plain,
          ...(labels && { labels: JSON.stringify(labels) }),
          ...(settings && { settings: JSON.stringify(settings) }),
        });
      if (changed === 0)
        throw new ConflictError('the runtime is being deleted');
      if (labels) await this.#writeLabels(tx, id, labels);
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
      const changed = await tx<RuntimeRow>('runtimes')
        .where({ id, deleting: false })
        .update({ deleting: true });
      if (changed === 0)
        throw new ConflictError('the runtime is being deleted');
      await this.database.addActivity(tx, activity);
      return true;
    });
  }
}

interface StatusCount {
  runtime: string;
  status: string;
  count: number | string;
  unavailable: number | string;
}

function groupBy<T>(rows: T[], keyOf: (row: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    const group = groups.get(keyOf(row));
    if (group) group.push(row);
    else groups.set(keyOf(row), [row]);
  }
  return groups;
}

/** The words of `runtimeStatus` as conditions: worst news first, each without those before it. */
const STATUS_CONDITIONS: Array<
  [string, (runtimes: Knex.QueryBuilder) => void]
> = [
  ['DELETING', builder => void builder.where('runtimes.deleting', true)],
  [
    'ERROR',
    builder =>
      void builder.whereExists(versions =>
        versionsOf(versions).where(trouble =>
          trouble
            .where('versions.status', 'ERROR')
            .orWhere(published =>
              published
                .where('versions.status', 'PUBLISHED')
                .whereNotNull('versions.unavailable_since'),
            ),
        ),
      ),
  ],
  [
    'PUBLISHED',
    builder =>
      void builder.whereExists(solutions =>
        solutions
          .from('solutions')
          .whereRaw('solutions.runtime = runtimes.id')
          .whereNotNull('solutions.publication')
          .select('solutions.id'),
      ),
  ],
  [
    'RUNNING',
    builder =>
      void builder.whereExists(versions =>
        versionsOf(versions).whereIn('versions.status', [
          'STARTED',
          'PUBLISHED',
        ]),
      ),
  ],
  ['IDLE', builder => void builder.whereExists(versionsOf)],
  ['EMPTY', () => undefined],
];

function versionsOf(builder: Knex.QueryBuilder): Knex.QueryBuilder {
  return (
    builder
      .from('versions')
      .whereRaw('versions.runtime = runtimes.id')
      // A column of the index the conditions are answered from: rows are large, their manifests lie in them.
      .select('versions.status')
  );
}

function whereStatus(builder: Knex.QueryBuilder, status: string): void {
  const at = STATUS_CONDITIONS.findIndex(([name]) => name === status);
  if (at < 0) {
    void builder.whereRaw('1 = 0');
    return;
  }
  for (const [, condition] of STATUS_CONDITIONS.slice(0, at)) {
    void builder.whereNot(part => condition(part));
  }
  STATUS_CONDITIONS[at]?.[1](builder);
}
