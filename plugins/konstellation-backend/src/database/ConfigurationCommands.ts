import { ConflictError } from '@backstage/errors';
import type { Knex } from 'knex';
import type { ConfigurationRevision } from '@konstellation/backstage-plugin-konstellation-common';
import {
  applyChange,
  changesBetween,
  changesValues,
} from '../configuration/changes';
import type {
  ConfigurationStore,
  ConfigurationValues,
} from './ConfigurationStore';
import type { Database } from './Database';
import {
  changeVersion,
  checkAllowed,
  findVersion,
  nextRelease,
  publishRelease,
} from './releases';
import type { VersionRow } from './rows';
import { declaredKeys, refreshStatus, type VersionWithFacts } from './statuses';

export interface ConfigurationChangeRequest {
  values: Record<string, string>;
  confirm: readonly string[];
}

/** A change as it would be, compared with what is. */
export interface PlannedChange {
  known: VersionWithFacts;
  values: ConfigurationValues;
  changes: ConfigurationRevision['changes'];
  missing: string[];
}

/** The command that changes the configuration of a version. */
export class ConfigurationCommands {
  constructor(
    private readonly database: Database,
    private readonly configurations: ConfigurationStore,
  ) {}

  /** What a change would do. @throws ConflictError for a key the manifest does not declare, or while the version is changing */
  plan(
    runtime: string,
    name: string,
    request: ConfigurationChangeRequest,
  ): Promise<PlannedChange> {
    return this.#plan(this.database.knex, runtime, name, request);
  }

  async #plan(
    knex: Knex,
    runtime: string,
    name: string,
    request: ConfigurationChangeRequest,
  ): Promise<PlannedChange> {
    const known = await findVersion(knex, this.database, runtime, name);
    checkAllowed('configure', known);
    const { version } = known;
    const declared = new Set(declaredKeys(version).map(({ key }) => key));
    const unknown = [...Object.keys(request.values), ...request.confirm].filter(
      key => !declared.has(key),
    );
    if (unknown.length > 0) {
      throw new ConflictError(
        `version config contains an unknown key: ${unknown.join(', ')}`,
      );
    }
    const before = await this.configurations.values(
      version.uid,
      version.configurationRevision,
      knex,
    );
    const values = applyChange(before, request);
    return {
      known,
      values,
      changes: changesBetween(before, values),
      missing: [...declared].filter(key => !values[key]),
    };
  }

  /**
   * Makes a new revision. A started version gets it with a second release beside the running one, or, with `pause`, in place of
   * it. What changes nothing makes no revision.
   * @throws ConflictError
   */
  async configure(
    runtime: string,
    name: string,
    request: ConfigurationChangeRequest & {
      replace: 'beside' | 'pause';
      actor: string;
      comment: string;
      /** Called in the transaction, before anything is written. @throws to refuse */
      check: (planned: PlannedChange) => void;
    },
  ): Promise<void> {
    const { actor, comment, replace } = request;
    const { database } = this;
    const now = database.now();
    await database.change(runtime, async tx => {
      const planned = await this.#plan(tx, runtime, name, request);
      const { known, values, changes, missing } = planned;
      const { version } = known;
      if (changes.length === 0) return undefined;
      const isStarted = version.desired === 'started';
      if (isStarted && missing.length > 0) {
        throw new ConflictError(
          `config can't be incomplete for started version: ${missing.join(
            ', ',
          )}`,
        );
      }
      request.check(planned);
      const revision = (await this.configurations.newest(tx, version.uid)) + 1;
      await this.configurations.insert(tx, {
        uid: version.uid,
        revision,
        values,
        changes,
        comment,
        actor,
      });
      const running = isStarted && changesValues(changes);
      const isReplaced = running && replace === 'pause';
      await changeVersion(tx, version, {
        configuration_revision: revision,
        ...(running && replace === 'beside'
          ? nextRelease(database, revision, {
              actor,
              comment,
              type: 'version.configured',
              publish: false,
            })
          : {}),
        ...(isReplaced ? this.#replaced(version.generation, revision) : {}),
      });
      if (isReplaced && known.facts.wanted) {
        await publishRelease(tx, database, version, {
          revision,
          actor,
          comment,
        });
      }
      const status = isReplaced
        ? await refreshStatus(tx, version.uid, database.policy, now)
        : undefined;
      await database.addActivity(tx, {
        actor,
        type: 'version.configured',
        runtime,
        solution: version.solution,
        version: name,
        from: status?.from,
        to: status?.to,
        comment,
      });
      return true;
    });
  }

  /** The running release ends, the new one begins. */
  #replaced(generation: number, revision: number): Partial<VersionRow> {
    const now = this.database.now().getTime();
    return {
      release_revision: revision,
      generation: generation + 1,
      desired_since: now,
      unavailable_since: null,
      retiring_revision: null,
      retire_at: null,
      next_problem: null,
      next_at: now,
    };
  }
}
