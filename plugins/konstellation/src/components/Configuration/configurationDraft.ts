import type { VersionConfiguration } from '@konstellation/backstage-plugin-konstellation-common';

/** One declared key. */
export type ConfigurationEntry = VersionConfiguration['entries'][number];

/** New texts by key; only keys that were edited. */
export type Draft = Record<string, string>;

/** The draft with one more edit; an edit back to what is stored is none. */
export function editDraft(
  draft: Draft,
  entry: ConfigurationEntry,
  value: string,
): Draft {
  const { [entry.key]: _, ...others } = draft;
  const isStored = entry.isSet
    ? entry.value !== undefined && value === entry.value
    : value === '';
  return isStored ? others : { ...others, [entry.key]: value };
}

/** Keys that would have no value after saving the draft. */
export function findMissing(
  entries: ConfigurationEntry[],
  draft: Draft,
): string[] {
  return entries
    .filter(entry =>
      entry.key in draft ? draft[entry.key] === '' : !entry.isSet,
    )
    .map(entry => entry.key);
}
