import { InputError } from '@backstage/errors';
import { usedNodes } from '@konstellation/krt';
import type {
  ConfigurationPreview,
  UpdateConfigurationRequest,
} from '@konstellation/backstage-plugin-konstellation-common';
import { changesValues } from '../configuration/changes';
import { formatEnv, parseEnv } from '../configuration/env';
import type {
  ConfigurationChangeRequest,
  ConfigurationCommands,
  PlannedChange,
} from '../database/ConfigurationCommands';
import type { ConfigurationStore } from '../database/ConfigurationStore';
import type { PageQuery } from '../database/paging';
import type { RuntimeStore } from '../database/RuntimeStore';
import { declaredKeys } from '../database/statuses';
import type { VersionStore } from '../database/VersionStore';
import {
  checkComment,
  checkValue,
  MAX_REVISION_BYTES,
} from '../domain/validation';
import type { VersionRecord } from '../domain/types';
import { ENTRYPOINT } from '../manifests/naming';
import type { ClusterOperations, QuotaRoom } from '../reconciliation/types';
import { toConfigurationAnswer } from './presentation';
import { refuseWithoutRoom } from './room';
import type { Caller, VersionName } from './types';

const ROOM_FOR_ANYTHING: QuotaRoom = { hasRoom: true, quota: [] };

type Change = Omit<UpdateConfigurationRequest, 'comment'>;

/** Configuration of versions, without permissions. */
export class DefaultConfigurationService {
  constructor(
    private readonly options: {
      runtimes: RuntimeStore;
      versions: VersionStore;
      configurations: ConfigurationStore;
      commands: ConfigurationCommands;
      operations: ClusterOperations;
      /** Called after a command: there is work for the reconciler. */
      wake: () => void;
    },
  ) {}

  async get(name: VersionName, { showValues }: { showValues: boolean }) {
    const known = await this.#version(name);
    const { uid, configurationRevision } = known.version;
    const values = showValues
      ? await this.options.configurations.values(uid, configurationRevision)
      : undefined;
    return toConfigurationAnswer(known, values);
  }

  async exportEnv(name: VersionName): Promise<string> {
    const { version } = await this.#version(name);
    const values = await this.options.configurations.values(
      version.uid,
      version.configurationRevision,
    );
    const declared = declaredKeys(version).flatMap(({ key }) => {
      const known = values[key];
      return known ? [[key, known.value] as const] : [];
    });
    return formatEnv(Object.fromEntries(declared));
  }

  async preview(
    name: VersionName,
    request: Change,
  ): Promise<ConfigurationPreview> {
    const { version } = await this.#version(name);
    const planned = await this.options.commands.plan(
      name.runtime,
      name.version,
      readChange(request, version),
    );
    checkSizes(planned);
    const effect = effectOf(planned);
    const isBeside = effect === 'beside' || effect === 'publication';
    const room = isBeside ? await this.#room(name, planned) : ROOM_FOR_ANYTHING;
    return {
      changes: planned.changes,
      missing: planned.missing,
      effect,
      restarts: isBeside
        ? [
            ENTRYPOINT,
            ...usedNodes(planned.known.version.manifest).map(node => node.name),
          ]
        : [],
      ...room,
    };
  }

  async update(
    name: VersionName,
    request: UpdateConfigurationRequest,
    caller: Caller,
  ): Promise<void> {
    const comment = checkComment(request.comment);
    const { version } = await this.#version(name);
    const { commands } = this.options;
    const { replace = 'beside' } = request;
    const change = readChange(request, version);
    // Looked at before the transaction: asking the cluster takes its time.
    const planned = await commands.plan(name.runtime, name.version, change);
    const effect = effectOf(planned);
    const needsRoom =
      replace === 'beside' && (effect === 'beside' || effect === 'publication');
    const room = needsRoom
      ? await this.#room(name, planned)
      : ROOM_FOR_ANYTHING;
    await commands.configure(name.runtime, name.version, {
      ...change,
      replace,
      actor: caller.actor,
      comment,
      check: current => {
        checkSizes(current);
        refuseWithoutRoom(
          room,
          'apply the change with "replace with a pause", or raise the quota',
        );
      },
    });
    this.options.wake();
  }

  async listRevisions(name: VersionName, query: PageQuery) {
    const { version } = await this.#version(name);
    return this.options.configurations.list(version, query);
  }

  async #room(name: VersionName, planned: PlannedChange): Promise<QuotaRoom> {
    const { runtime } = await this.options.runtimes.summary(name.runtime);
    return this.options.operations.roomFor(runtime, planned.known.version);
  }

  async #version(name: VersionName) {
    await this.options.runtimes.summary(name.runtime);
    return this.options.versions.get(name.runtime, name.version);
  }
}

/** @throws InputError for an `.env` text that cannot be read, ConflictError for an unknown key of it, naming the line */
function readChange(
  request: Change,
  version: VersionRecord,
): ConfigurationChangeRequest {
  const declared = new Set(declaredKeys(version).map(({ key }) => key));
  return {
    values: {
      ...(request.env === undefined
        ? {}
        : parseEnv(request.env, key => declared.has(key))),
      ...request.values,
    },
    confirm: request.confirm ?? [],
  };
}

function checkSizes({ known, values }: PlannedChange): void {
  let bytes = 0;
  for (const { key, type } of declaredKeys(known.version)) {
    const value = values[key]?.value ?? '';
    checkValue(key, value, type);
    bytes += Buffer.byteLength(value);
  }
  if (bytes > MAX_REVISION_BYTES) {
    throw new InputError(
      `all values together have ${bytes} bytes, more than ${MAX_REVISION_BYTES}`,
    );
  }
}

function effectOf({
  known,
  changes,
}: PlannedChange): ConfigurationPreview['effect'] {
  if (!changesValues(changes)) return 'nothing';
  if (known.version.desired !== 'started') return 'next-start';
  return known.facts.wanted || known.facts.published ? 'publication' : 'beside';
}
