import type {
  ActivityFilter,
  ActivityType,
} from '@konstellation/backstage-plugin-konstellation-common';

/** What can be done, and what the portal does by itself; the order of the filter. */
export const ACTIVITY_TYPES: ActivityType[] = [
  'version.created',
  'version.configured',
  'version.configuration-applied',
  'version.configuration-dropped',
  'version.start',
  'version.started',
  'version.stop',
  'version.stopped',
  'version.publish',
  'version.published',
  'version.publication-dropped',
  'version.unpublish',
  'version.unpublished',
  'version.rollback',
  'version.failed',
  'version.recovered',
  'version.deleted',
  'solution.created',
  'solution.deleted',
  'runtime.created',
  'runtime.updated',
  'runtime.deleted',
  'runtime.drift-corrected',
];

/** The fields of the filter, as they stand in the address of the page. */
export const FILTER_FIELDS = [
  'type',
  'runtime',
  'version',
  'actor',
  'since',
  'until',
] as const;

/** What was typed and chosen, by field; days as `2026-03-02`. */
export type ActivityFields = Partial<
  Record<(typeof FILTER_FIELDS)[number], string>
>;

/** `ana` is meant as a user; services, groups and the system are written as they are. */
export function toActor(text: string): string | undefined {
  const typed = text.trim();
  if (!typed) {
    return undefined;
  }
  const isRef = typed.includes(':') || typed === 'system';
  return isRef ? typed : `user:default/${typed}`;
}

/** Midnight, where the user is, of a day, some days later; undefined when it is no day. */
function toInstant(day: string | undefined, later: number): string | undefined {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(day ?? '');
  if (!match) {
    return undefined;
  }
  const [year, month, date] = match.slice(1).map(Number);
  return new Date(year, month - 1, date + later).toISOString();
}

/** The filter of the API for what was typed; the last day is meant with all its hours. */
export function toActivityFilter(fields: ActivityFields): ActivityFilter {
  return {
    type: fields.type || undefined,
    runtime: fields.runtime?.trim() || undefined,
    version: fields.version?.trim() || undefined,
    actor: toActor(fields.actor ?? ''),
    since: toInstant(fields.since, 0),
    until: toInstant(fields.until, 1),
  };
}
