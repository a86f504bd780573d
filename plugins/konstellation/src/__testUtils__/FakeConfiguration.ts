import { ConflictError } from '@backstage/errors';
import type {
  ConfigurationPreview,
  ConfigurationRevision,
  UpdateConfigurationRequest,
  Version,
  VersionConfiguration,
} from '@konstellation/backstage-plugin-konstellation-common';
import { usedNodes } from '@konstellation/krt/workflows';
import { THEN } from './fixtures';

type Entry = VersionConfiguration['entries'][number];
type Changes = ConfigurationPreview['changes'];
type Change = Omit<UpdateConfigurationRequest, 'comment'>;

function readEnv(text: string): Record<string, string> {
  const lines = text.split('\n').filter(each => each.includes('='));
  return Object.fromEntries(
    lines.map(line => {
      const [key, ...rest] = line.split('=');
      return [key.trim(), rest.join('=')];
    }),
  );
}

/** The configuration of one version with its revisions, in memory. */
export class FakeConfiguration {
  entries: Entry[];
  revisions: ConfigurationRevision[] = [];
  valuesVisible = true;
  /** Of the runtime, as a preview answers it. */
  quota: ConfigurationPreview['quota'] = [];

  constructor(entries: Entry[]) {
    this.entries = entries;
  }

  get missing(): string[] {
    return this.entries.filter(each => !each.isSet).map(each => each.key);
  }

  get unconfirmed(): string[] {
    return this.entries.filter(each => each.unconfirmed).map(each => each.key);
  }

  get revision(): number {
    return this.revisions.find(each => each.current)?.revision ?? 0;
  }

  /** As the API answers it. */
  read(): VersionConfiguration {
    return {
      revision: this.revision,
      completed: this.missing.length + this.unconfirmed.length === 0,
      valuesVisible: this.valuesVisible,
      entries: this.entries.map(({ value, ...entry }) =>
        this.valuesVisible ? { ...entry, value } : entry,
      ),
    };
  }

  /** What a change would do to a version. */
  preview(version: Version, change: Change): ConfigurationPreview {
    const { changes, entries } = this.plan(change);
    const isRunning =
      version.status === 'STARTED' || version.status === 'PUBLISHED';
    const changesValues = changes.some(each => each.change !== 'confirmed');
    const effectWhenRunning =
      version.status === 'PUBLISHED' ? 'publication' : 'beside';
    const effect = isRunning ? effectWhenRunning : 'next-start';
    const runsAnew = isRunning && changesValues;
    return {
      changes,
      missing: entries.filter(each => !each.isSet).map(each => each.key),
      effect: changesValues ? effect : 'nothing',
      restarts: runsAnew
        ? ['entrypoint', ...usedNodes(version.manifest).map(each => each.name)]
        : [],
      hasRoom: !runsAnew || this.quota.every(each => each.hasRoom),
      quota: runsAnew ? this.quota : [],
    };
  }

  /** Makes a revision. @throws ConflictError as the API does */
  update(version: Version, request: UpdateConfigurationRequest): Changes {
    const { effect, hasRoom, missing } = this.preview(version, request);
    const { changes, entries } = this.plan(request);
    if (changes.length === 0) {
      return changes;
    }
    const makesRelease = effect === 'beside' || effect === 'publication';
    if (makesRelease && missing.length > 0) {
      throw new ConflictError(
        `config can't be incomplete for started version: ${missing.join(', ')}`,
      );
    }
    if (makesRelease && !hasRoom && request.replace !== 'pause') {
      throw new ConflictError(
        'the quota has no room for a second release; replace with a pause',
      );
    }
    this.entries = entries;
    const replacesRunning = makesRelease && request.replace === 'pause';
    this.revisions = [
      {
        revision: (this.revisions[0]?.revision ?? 0) + 1,
        createdBy: 'user:default/guest',
        createdAt: THEN,
        comment: request.comment,
        changes,
        current: true,
        running: replacesRunning,
      },
      ...this.revisions.map(each => ({
        ...each,
        current: false,
        running: each.running && !replacesRunning,
      })),
    ];
    return changes;
  }

  /** The running release has this revision from now on. */
  run(revision: number) {
    this.revisions = this.revisions.map(each => ({
      ...each,
      running: each.revision === revision,
    }));
  }

  /** The text of an `.env` file. */
  env(): string {
    return this.entries
      .filter(each => each.isSet)
      .map(each => `${each.key}=${each.value ?? ''}\n`)
      .join('');
  }

  private plan({ values = {}, env = '', confirm = [] }: Change) {
    const wanted = { ...readEnv(env), ...values };
    const unknown = [...Object.keys(wanted), ...confirm].filter(
      key => !this.entries.some(each => each.key === key),
    );
    if (unknown.length > 0) {
      throw new ConflictError(
        `version config contains an unknown key: ${unknown.join(', ')}`,
      );
    }
    const changes: Changes = [];
    const entries = this.entries.map((entry): Entry => {
      const { key, type } = entry;
      if (!(key in wanted) || wanted[key] === (entry.value ?? '')) {
        if (!entry.unconfirmed || !(confirm.includes(key) || key in wanted)) {
          return entry;
        }
        changes.push({ key, change: 'confirmed' });
        return { ...entry, unconfirmed: undefined };
      }
      if (wanted[key] === '') {
        if (entry.isSet) changes.push({ key, change: 'removed' });
        return { key, type, isSet: false };
      }
      changes.push({ key, change: entry.isSet ? 'changed' : 'set' });
      return { key, type, isSet: true, value: wanted[key] };
    });
    return { changes, entries };
  }
}
