import type {
  ConfigurationPreview,
  ConfigurationRevision,
  UpdateConfigurationRequest,
  VersionConfiguration,
} from '@konstellation/backstage-plugin-konstellation-common';
import { oneLine } from './plain';
import { minutes, table } from './table';

/** Which keys have a value. Values stay out, also where the portal tells them: terminals and logs of tasks remember. */
export function withoutValues(
  configuration: VersionConfiguration,
): VersionConfiguration {
  return {
    ...configuration,
    entries: configuration.entries.map(({ value: _, ...entry }) => entry),
  };
}

export function configurationText(configuration: VersionConfiguration): string {
  const { completed, entries, revision } = configuration;
  const lacking = entries.filter(entry => !entry.isSet || entry.unconfirmed);
  return [
    ...(entries.length === 0 ? [] : [table(entries.map(rowOf))]),
    completed
      ? `complete, revision ${revision}`
      : `incomplete: ${lacking.map(({ key }) => key).join(', ')}`,
  ].join('\n');
}

function rowOf(entry: VersionConfiguration['entries'][number]): string[] {
  const { key, isSet, inheritedFrom, unconfirmed } = entry;
  return [
    key,
    isSet ? 'set' : 'missing',
    inheritedFrom
      ? `from ${inheritedFrom}${unconfirmed ? ', to be confirmed' : ''}`
      : '',
  ];
}

const EFFECTS: Record<ConfigurationPreview['effect'], string> = {
  nothing: 'no value changes',
  'next-start': 'it takes effect when the version is started',
  beside:
    'a second release is made ready beside the running one, and takes over',
  publication:
    'a second release is made ready beside the published one; then callers are switched to it',
};

/** What a change would do, for people. */
export function previewText(
  preview: ConfigurationPreview,
  replace: UpdateConfigurationRequest['replace'],
): string {
  const { changes, missing, effect, restarts, quota, hasRoom } = preview;
  const isRunning = effect === 'beside' || effect === 'publication';
  const pauses = isRunning && replace === 'pause';
  return [
    changes.length === 0
      ? 'nothing would change'
      : table(changes.map(({ key, change }) => [change, key])),
    '',
    table([
      [
        'effect',
        pauses
          ? 'the running release ends, then one with these values is started; calls fail meanwhile'
          : EFFECTS[effect],
      ],
      ...(missing.length > 0 ? [['missing', missing.join(', ')]] : []),
      ...(restarts.length > 0 ? [['restarts', restarts.join(', ')]] : []),
      ...(isRunning && !pauses
        ? [['quota', hasRoom ? 'has room' : 'has no room: --replace pause']]
        : []),
    ]),
    ...(quota.length > 0
      ? [
          '',
          table([
            ['RESOURCE', 'USED', 'NEEDED', 'LIMIT', ''],
            ...quota.map(({ resource, used, needed, limit, hasRoom: fits }) => [
              resource,
              used,
              needed,
              limit,
              fits ? '' : 'no room',
            ]),
          ]),
        ]
      : []),
  ].join('\n');
}

export function revisionsText(
  revisions: readonly ConfigurationRevision[],
): string {
  return table([
    ['REVISION', 'AT', 'BY', 'CHANGES', 'COMMENT'],
    ...revisions.map(revision => [
      `${revision.revision}${marksOf(revision)}`,
      minutes(revision.createdAt),
      revision.createdBy,
      revision.changes
        .map(({ key, change }) => `${key} ${change}`)
        .join(', ') || '–',
      oneLine(revision.comment),
    ]),
  ]);
}

function marksOf({ current, running }: ConfigurationRevision): string {
  const marks = [
    ...(current ? ['current'] : []),
    ...(running ? ['running'] : []),
  ];
  return marks.length > 0 ? ` (${marks.join(', ')})` : '';
}
