import { ConflictError, NotFoundError } from '@backstage/errors';
import type { Knex } from 'knex';
import type { VersionCommand } from '@konstellation/backstage-plugin-konstellation-common';
import type { PendingCommand, VersionRecord } from '../domain/types';
import type {
  ConfigurationStore,
  ConfigurationValues,
} from './ConfigurationStore';
import type { Database, NewActivity } from './Database';
import { usePackage } from './packages';
import { decodeCursor, readLimit, toPage, type PageQuery } from './paging';
import {
  changeVersion,
  checkAllowed,
  decidePublication,
  findVersion,
  NOTHING_NEXT,
} from './releases';
import type { RuntimeRow, SolutionRow, VersionRow } from './rows';
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

const DUPLICATED = 'error version duplicated';

/** Versions, and the commands that change what is wanted of one. */
export class VersionStore {
  constructor(
    private readonly database: Database,
    private readonly configurations: ConfigurationStore,
  ) {}

  /** @throws ConflictError `error version duplicated` when the runtime has a version of that name */
  async checkName(runtime: string, name: string): Promise<void> {
    const taken = await this.database
      .knex<VersionRow>('versions')
      .where({ runtime, name })
      .first('uid');
    if (taken) throw new ConflictError(DUPLICATED);
  }

  /** @throws NotFoundError, ConflictError when there can be no new version there */
  checkPlace(runtime: string, solution: string): Promise<void> {
    return checkPlace(this.database.knex, runtime, solution);
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
        await checkPlace(tx, version.runtime, version.solution);
        await usePackage(tx, version.packageDigest, null);
        const values = await this.#inherited(
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
        await this.configurations.insert(tx, {
          uid: version.uid,
          revision: 0,
          values,
          changes: Object.keys(values)
            .sort()
            .map(key => ({ key, change: 'inherited' as const })),
          comment: 'Upload',
          actor: version.createdBy,
        });
        await this.database.addActivity(tx, options.activity);
        return version.name;
      })
      .catch(error => {
        // Two at once: the unique index let one of them through.
        if (/unique|duplicate key/i.test(String(error?.message))) {
          throw duplicated();
        }
        throw error;
      });
  }

  /** The newest value of each declared key among the earlier versions of the solution; one that goes passes nothing on. */
  async #inherited(
    tx: Knex.Transaction,
    version: NewVersion,
    confirmed: boolean,
  ): Promise<ConfigurationValues> {
    const wanted = new Set(declaredKeys(version).map(({ key }) => key));
    const values: ConfigurationValues = {};
    if (wanted.size === 0) return values;
    const earlier = await tx<VersionRow>('versions')
      .where({
        runtime: version.runtime,
        solution: version.solution,
        deleting: false,
      })
      .orderBy('created_at', 'desc')
      .select('uid', 'name', 'configuration_revision');
    for (const { uid, name, configuration_revision } of earlier) {
      const known = await this.configurations.values(
        uid,
        configuration_revision,
        tx,
      );
      for (const [key, { value }] of Object.entries(known)) {
        if (!wanted.delete(key)) continue;
        values[key] = {
          value,
          inheritedFrom: name,
          ...(confirmed ? {} : { unconfirmed: true }),
        };
      }
      if (wanted.size === 0) break;
    }
    return values;
  }

  /** @throws NotFoundError */
  get(runtime: string, name: string): Promise<VersionWithFacts> {
    return findVersion(this.database.knex, this.database, runtime, name);
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
    const { knex, policy } = this.database;
    return { ...page, items: await withFacts(knex, page.items, policy) };
  }

  /**
   * Carries out start, stop or delete: one conditional update, with the activity in the same transaction.
   * @throws ConflictError with the words of the refusal
   */
  async command(
    runtime: string,
    name: string,
    command: Extract<VersionCommand, 'start' | 'stop' | 'delete'>,
    options: {
      startId: string;
      actor: string;
      comment: string;
      publishWhenReady?: boolean;
    },
  ): Promise<void> {
    const { actor, comment } = options;
    const now = this.database.now();
    await this.database.change(runtime, async tx => {
      const known = await findVersion(tx, this.database, runtime, name);
      checkAllowed(command, known);
      const { version } = known;
      const publication: PendingCommand | undefined = options.publishWhenReady
        ? { actor, comment, type: 'version.publish', publish: true }
        : undefined;
      if (publication) await decidePublication(tx, this.database, version);
      await changeVersion(tx, version, {
        ...NOTHING_NEXT,
        ...(command === 'start'
          ? started(version.configurationRevision, options.startId, publication)
          : { desired: 'stopped', release_revision: null, start_id: null }),
        ...(command === 'delete' && { deleting: true }),
        generation: version.generation + 1,
        desired_since: now.getTime(),
        unavailable_since: null,
        retiring_revision: null,
        retire_at: null,
        next_at: now.getTime(),
      });
      const { policy } = this.database;
      const status = await refreshStatus(tx, version.uid, policy, now);
      await this.database.addActivity(tx, {
        actor,
        type: command === 'delete' ? 'version.deleted' : `version.${command}`,
        runtime,
        solution: version.solution,
        version: name,
        from: status?.from,
        to: command === 'delete' ? undefined : status?.to,
        comment,
      });
      return true;
    });
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

/** What a start changes. */
export function started(
  revision: number,
  startId: string,
  publication?: PendingCommand,
): Partial<VersionRow> {
  return {
    desired: 'started',
    ever_started: true,
    configuration_revision: revision,
    release_revision: revision,
    start_id: startId,
    publish_when_ready: publication ? JSON.stringify(publication) : null,
  };
}

/** @throws NotFoundError, ConflictError when there can be no new version there */
async function checkPlace(
  tx: Knex,
  runtime: string,
  solution: string,
): Promise<void> {
  const place = await tx<RuntimeRow>('runtimes')
    .where({ id: runtime })
    .first('deleting');
  if (!place) throw new NotFoundError(`no runtime with the id "${runtime}"`);
  const known = await tx<SolutionRow>('solutions')
    .where({ runtime, id: solution })
    .first('deleting');
  if (!known) {
    throw new NotFoundError(
      `no solution "${solution}" in the runtime "${runtime}"`,
    );
  }
  if (place.deleting || known.deleting) {
    throw new ConflictError(
      `the ${place.deleting ? 'runtime' : 'solution'} is being deleted`,
    );
  }
}
