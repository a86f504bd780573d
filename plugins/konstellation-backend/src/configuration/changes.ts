import type { ConfigurationRevision } from '@konstellation/backstage-plugin-konstellation-common';
import type { ConfigurationValues } from '../database/ConfigurationStore';

type Changes = ConfigurationRevision['changes'];

/** Values after a change. An empty text takes a value away; a key that is confirmed or set is confirmed. */
export function applyChange(
  before: ConfigurationValues,
  change: { values: Record<string, string>; confirm: readonly string[] },
): ConfigurationValues {
  const after: ConfigurationValues = { ...before };
  const confirm = (key: string) => {
    const known = after[key];
    if (!known) return;
    const { unconfirmed: _, ...confirmed } = known;
    after[key] = confirmed;
  };
  change.confirm.forEach(confirm);
  for (const [key, value] of Object.entries(change.values)) {
    if (value === '') delete after[key];
    else if (after[key]?.value !== value) after[key] = { value };
    else confirm(key);
  }
  return after;
}

/** What differs, by key and kind; never a value. */
export function changesBetween(
  before: ConfigurationValues,
  after: ConfigurationValues,
): Changes {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return keys.sort().flatMap((key): Changes => {
    const old = before[key];
    const now = after[key];
    if (!now) return [{ key, change: 'removed' }];
    if (!old) return [{ key, change: 'set' }];
    if (old.value !== now.value) return [{ key, change: 'changed' }];
    return old.unconfirmed && !now.unconfirmed
      ? [{ key, change: 'confirmed' }]
      : [];
  });
}

/** Whether containers would see another configuration. */
export function changesValues(changes: Changes): boolean {
  return changes.some(({ change }) => change !== 'confirmed');
}
