import { ConflictError, NotFoundError } from '@backstage/errors';
import type { Knex } from 'knex';
import type { VersionCommand } from '@konstellation/backstage-plugin-konstellation-common';
import type { Deadlines } from '../domain/deriveVersionStatus';
import type { VersionRecord } from '../domain/types';
import { refusalOf } from '../domain/versionLifecycle';
import type { Database, NewActivity } from './Database';
import { decodeCursor, readLimit, toPage, type PageQuery } from './paging';
import {
  type ConfigurationEntries,
  type ConfigurationRow,
  type VersionRow,
} from './rows';
import {
  declaredKeys,
  refreshStatus,
  withFacts,
  type VersionWithFacts,
} from './statuses';

export type NewVersion = Pick<
  VersionRecord,
  | 'uid'
  | 'runtime'
  | 'solution'
  | 'name'
  | 'description'
  | 'manifest'
  | 'proto'
  | 'files'
  | 'packageDigest'
  | 'packageSize'
  | 'unpackedSize'
  | 'createdBy'
>;

/** Facts a refusal is decided on. The wanted publication counts: a version about to be published is not to be stopped. */
export function lifecycleFacts({ version, facts }: VersionWithFacts) {
  return {
    status: facts.published ? ('PUBLISHED' as const) : version.status,
    published: facts.wanted || facts.published,
    incomplete: [...facts.missing, ...facts.unconfirmed],
    deleting: version.deleting,
    format: version.manifest.krtVersion,
  };
}

const DUPLICATED = 'error version duplicated';

/** Versions and their configuration. */
export class VersionStore {
  constructor(
    private readonly database: Database,
    private readonly deadlines: Deadlines,
  ) {}

  /** @throws ConflictError `error version duplicated` when the runtime has a version of that name */
  async checkName(runtime: string, name: string): Promise<void> {
    const taken = await this.database
      .knex<VersionRow>('versions')
      .where({ runtime, name })
      .first('uid');
    if (taken) throw new ConflictError(DUPLICATED);
  }

  /** Versions that have a package, newest first; not all of many. */
  async withPackage(
    digest: string,
  ): Promise<Array<{ runtime: string; version: string }>> {
    const rows = await this.database
      .knex<VersionRow>('versions')
      .where({ package_digest: digest, deleting: false })
      .orderBy('created_at', 'desc')
      .limit(100)
      .select('runtime', 'name');
    return rows.map(({ runtime, name }) => ({ runtime, version: name }));
  }

  /** @throws ConflictError `error version duplicated` when the runtime has a version of that name */
  async create(
    version: NewVersion,
    options: { confirmInherited: boolean; activity: NewActivity },
  ): Promise<void> {
    const now = this.database.now().getTime();
    const duplicated = () => new ConflictError(DUPLICATED);
    await this.database
      .change(version.runtime, async tx => {
        const taken = await tx<VersionRow>('versions')
          .where({ runtime: version.runtime, name: version.name })
          .first('uid');
        if (taken) throw duplicated();
        const entries = await this.#inherited(
          tx,
          version,
          options.confirmInherited,
        );
        await tx<VersionRow>('versions').insert({
          uid: version.uid,
          runtime: version.runtime,
          solution: version.solution,
          name: version.name,
          description: version.description,
          manifest: JSON.stringify(version.manifest),
          proto: JSON.stringify(version.proto),
          files: JSON.stringify(version.files),
          package_digest: version.packageDigest,
          package_size: version.packageSize,
          unpacked_size: version.unpackedSize,
          created_by: version.createdBy,
          created_at: now,
          desired: 'stopped',
          deleting: false,
          ever_started: false,
          generation: 0,
          desired_since: now,
          configuration_revision: 0,
          status: 'CREATED',
          status_since: now,
        });
        await tx<ConfigurationRow>('configuration_revisions').insert({
          version_uid: version.uid,
          revision: 0,
          entries: JSON.stringify(entries),
          comment: 'Upload',
          created_by: version.createdBy,
          created_at: now,
        });
        await this.database.addActivity(tx, options.activity);
        return true;
      })
      .catch(error => {
        // Two at once: the unique index let one of them through.
        if (/unique|duplicate key/i.test(String(error?.message))) {
          throw duplicated();
        }
        throw error;
      });
  }

  /** The newest value of each declared key among the earlier versions of the solution. */
  async #inherited(
    tx: Knex.Transaction,
    version: NewVersion,
    confirmed: boolean,
  ): Promise<ConfigurationEntries> {
    const wanted = new Set(declaredKeys(version).map(({ key }) => key));
    const entries: ConfigurationEntries = {};
    if (wanted.size === 0) return entries;
    const earlier = await tx<VersionRow>('versions')
      .join('configuration_revisions as c', function on() {
        this.on('c.version_uid', 'versions.uid').andOn(
          'c.revision',
          'versions.configuration_revision',
        );
      })
      .where({ runtime: version.runtime, solution: version.solution })
      .orderBy('versions.created_at', 'desc')
      .select<Array<{ name: string; entries: string }>>(
        'versions.name',
        'c.entries',
      );
    for (const { name, entries: text } of earlier) {
      const values: ConfigurationEntries = JSON.parse(text);
      for (const [key, { value }] of Object.entries(values)) {
        if (!wanted.has(key) || entries[key] || !value) continue;
        entries[key] = {
          value,
          inheritedFrom: name,
          ...(confirmed ? {} : { unconfirmed: true }),
        };
      }
    }
    return entries;
  }

  /** @throws NotFoundError */
  async get(runtime: string, name: string): Promise<VersionWithFacts> {
    const row = await this.database
      .knex<VersionRow>('versions')
      .where({ runtime, name })
      .first();
    const [found] = row ? await withFacts(this.database.knex, [row]) : [];
    if (!found) {
      throw new NotFoundError(
        `no version "${name}" in the runtime "${runtime}"`,
      );
    }
    return found;
  }

  /** Newest first. */
  async list(
    runtime: string,
    query: PageQuery & { solution?: string; status?: string },
  ): Promise<{ items: VersionWithFacts[]; nextCursor?: string }> {
    const limit = readLimit(query.limit);
    const [at, uid] = decodeCursor(query.cursor)?.split('/') ?? [];
    const select = this.database
      .knex<VersionRow>('versions')
      .where({ runtime })
      .orderBy([
        { column: 'created_at', order: 'desc' },
        { column: 'uid', order: 'desc' },
      ])
      .limit(limit + 1);
    if (query.solution) void select.where({ solution: query.solution });
    if (query.status) void select.whereRaw('status = ?', [query.status]);
    if (at !== undefined && uid !== undefined) {
      void select.where(builder =>
        builder
          .where('created_at', '<', Number(at))
          .orWhere(same =>
            same.where('created_at', Number(at)).where('uid', '<', uid),
          ),
      );
    }
    const page = toPage(
      await select,
      limit,
      row => `${row.created_at}/${row.uid}`,
      row => row,
    );
    return { ...page, items: await withFacts(this.database.knex, page.items) };
  }

  /**
   * Carries out start, stop or delete: one conditional update, with the activity in the same transaction.
   * @throws ConflictError with the words of the refusal
   */
  async command(
    runtime: string,
    name: string,
    command: Extract<VersionCommand, 'start' | 'stop' | 'delete'>,
    options: { startId: string; actor: string; comment: string },
  ): Promise<void> {
    const now = this.database.now();
    await this.database.change(runtime, async tx => {
      const known = await this.#allowed(tx, runtime, name, command);
      const { version } = known;
      const change: Partial<VersionRow> =
        command === 'start'
          ? {
              desired: 'started',
              ever_started: true,
              release_revision: version.configurationRevision,
              start_id: options.startId,
            }
          : { desired: 'stopped', release_revision: null, start_id: null };
      const changed = await tx<VersionRow>('versions')
        .where({ uid: version.uid, generation: version.generation })
        .update({
          ...change,
          ...(command === 'delete' && { deleting: true }),
          generation: version.generation + 1,
          desired_since: now.getTime(),
          unavailable_since: null,
          next_at: now.getTime(),
        });
      if (changed === 0) throw changedMeanwhile();
      const status = await refreshStatus(tx, version.uid, this.deadlines, now);
      await this.database.addActivity(tx, {
        actor: options.actor,
        type: command === 'delete' ? 'version.deleted' : `version.${command}`,
        runtime,
        solution: version.solution,
        version: name,
        from: status?.from,
        to: command === 'delete' ? undefined : status?.to,
        comment: options.comment,
      });
      return true;
    });
  }

  /** Sets and removes values; an empty text is no value. @throws ConflictError */
  async configure(
    runtime: string,
    name: string,
    options: {
      values: Record<string, string>;
      confirm: string[];
      actor: string;
      comment: string;
    },
  ): Promise<void> {
    const now = this.database.now();
    await this.database.change(runtime, async tx => {
      const { version, entries } = await this.#allowed(
        tx,
        runtime,
        name,
        'configure',
      );
      const known = new Set(declaredKeys(version).map(({ key }) => key));
      const unknown = [
        ...Object.keys(options.values),
        ...options.confirm,
      ].filter(key => !known.has(key));
      if (unknown.length > 0) {
        throw new ConflictError(
          `version config contains an unknown key: ${unknown.join(', ')}`,
        );
      }
      const next: ConfigurationEntries = { ...entries };
      for (const key of options.confirm) {
        const entry = next[key];
        if (entry)
          next[key] = {
            value: entry.value,
            inheritedFrom: entry.inheritedFrom,
          };
      }
      for (const [key, value] of Object.entries(options.values)) {
        if (value === '') delete next[key];
        else next[key] = { value };
      }
      const missing = [...known].filter(key => !next[key]?.value);
      if (version.desired === 'started' && missing.length > 0) {
        throw new ConflictError(
          `config can't be incomplete for started version: ${missing.join(
            ', ',
          )}`,
        );
      }
      const revision = version.configurationRevision + 1;
      const changed = await tx<VersionRow>('versions')
        .where({
          uid: version.uid,
          configuration_revision: version.configurationRevision,
        })
        .update({ configuration_revision: revision });
      if (changed === 0) throw changedMeanwhile();
      await tx<ConfigurationRow>('configuration_revisions').insert({
        version_uid: version.uid,
        revision,
        entries: JSON.stringify(next),
        comment: options.comment,
        created_by: options.actor,
        created_at: now.getTime(),
      });
      await refreshStatus(tx, version.uid, this.deadlines, now);
      await this.database.addActivity(tx, {
        actor: options.actor,
        type: 'version.configured',
        runtime,
        solution: version.solution,
        version: name,
        comment: options.comment,
      });
      return true;
    });
  }

  async #allowed(
    tx: Knex.Transaction,
    runtime: string,
    name: string,
    command: VersionCommand,
  ): Promise<VersionWithFacts> {
    const row = await tx<VersionRow>('versions')
      .where({ runtime, name })
      .first();
    const [known] = row ? await withFacts(tx, [row]) : [];
    if (!known) {
      throw new NotFoundError(
        `no version "${name}" in the runtime "${runtime}"`,
      );
    }
    const refusal = refusalOf(command, lifecycleFacts(known));
    if (refusal) throw new ConflictError(refusal);
    return known;
  }

  /** Whether any version still needs the package. */
  async usesPackage(digest: string): Promise<boolean> {
    const row = await this.database
      .knex<VersionRow>('versions')
      .where({ package_digest: digest })
      .first('uid');
    return row !== undefined;
  }

  /** For the package port: the version a token of this digest may be of. */
  async startedWithPackage(
    digest: string,
  ): Promise<Array<{ uid: string; startId: string }>> {
    const rows = await this.database
      .knex<VersionRow>('versions')
      .where({ package_digest: digest, desired: 'started' })
      .select('uid', 'start_id');
    return rows.flatMap(({ uid, start_id }) =>
      start_id ? [{ uid, startId: start_id }] : [],
    );
  }
}

/** Somebody else's command came between reading and writing. */
export function changedMeanwhile(): ConflictError {
  return new ConflictError(
    'the version was changed meanwhile, look at it again',
  );
}
