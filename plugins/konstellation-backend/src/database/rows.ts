import type {
  ActivityType,
  VersionStatus,
} from '@konstellation/backstage-plugin-konstellation-common';
import type {
  ActivityRecord,
  PublicationRecord,
  RuntimeRecord,
  SolutionRecord,
  VersionRecord,
} from '../domain/types';

/** Milliseconds; PostgreSQL gives 64-bit integers as text. */
export type Millis = number | string;

export interface RuntimeRow {
  id: string;
  name: string;
  description: string;
  owner: string;
  labels: string;
  cluster: string;
  namespace: string;
  bound: boolean | number;
  settings: string;
  signal: string;
  revision: number;
  deleting: boolean | number;
  /** JSON, ObservedRuntime. */
  observed: string | null;
  created_by: string;
  created_at: Millis;
}

interface LeaseColumns {
  lease_owner: string | null;
  lease_until: Millis | null;
  next_at: Millis | null;
}

export interface SolutionRow extends LeaseColumns {
  runtime: string;
  id: string;
  name: string;
  wanted_publication: string | null;
  publication: string | null;
  generation: number;
  switch_requested_at: Millis | null;
  switch_problem: string | null;
  deleting: boolean | number;
  created_at: Millis | null;
}

export interface VersionRow extends LeaseColumns {
  uid: string;
  runtime: string;
  solution: string;
  name: string;
  description: string;
  manifest: string;
  proto: string;
  files: string;
  package_digest: string;
  package_size: Millis;
  unpacked_size: Millis;
  created_by: string;
  created_at: Millis;
  desired: 'stopped' | 'started';
  deleting: boolean | number;
  ever_started: boolean | number;
  generation: number;
  desired_since: Millis;
  configuration_revision: number;
  release_revision: number | null;
  start_id: string | null;
  next_revision: number | null;
  next_since: Millis | null;
  next_command: string | null;
  next_problem: string | null;
  retiring_revision: number | null;
  retire_at: Millis | null;
  publish_when_ready: string | null;
  observed: string | null;
  unavailable_since: Millis | null;
  /** JSON, ClusterProblem. */
  cluster_problem: string | null;
  status: VersionStatus;
  status_since: Millis;
}

export interface ConfigurationRow {
  version_uid: string;
  revision: number;
  /** JSON, ConfigurationEntries. */
  entries: string;
  /** JSON: key to encrypted value; null before values were encrypted. */
  secrets: string | null;
  key_id: string | null;
  /** JSON, changes of ConfigurationRevision. */
  changes: string | null;
  comment: string;
  created_by: string;
  created_at: Millis;
}

export interface PublicationRow {
  id: string;
  runtime: string;
  solution: string;
  version_uid: string;
  version: string;
  package_digest: string;
  configuration_revision: number;
  comment: string;
  published_by: string;
  requested_at: Millis;
  published_at: Millis | null;
  ended_at: Millis | null;
  switch_millis: number | null;
}

export interface ActivityRow {
  id: string;
  at: Millis;
  actor: string;
  type: ActivityType;
  runtime: string;
  solution: string | null;
  version: string | null;
  from: string | null;
  to: string | null;
  comment: string;
  subject: string | null;
  count: number;
  last_at: Millis | null;
}

/** One key that has a value; the value itself lies encrypted beside it. */
export interface ConfigurationEntry {
  /** Only in rows from before values were encrypted. */
  value?: string;
  inheritedFrom?: string;
  unconfirmed?: boolean;
}

export type ConfigurationEntries = Record<string, ConfigurationEntry>;

const date = (millis: Millis) => new Date(Number(millis));
const maybeDate = (millis: Millis | null) =>
  millis === null ? undefined : date(millis);

export function toRuntime(row: RuntimeRow): RuntimeRecord {
  return {
    id: row.id,
    name: row.name,
    description: row.description,
    owner: row.owner,
    labels: JSON.parse(row.labels),
    cluster: row.cluster,
    namespace: row.namespace,
    bound: Boolean(row.bound),
    settings: JSON.parse(row.settings),
    signal: row.signal,
    revision: row.revision,
    deleting: Boolean(row.deleting),
    observed: row.observed === null ? undefined : JSON.parse(row.observed),
    createdBy: row.created_by,
    createdAt: date(row.created_at),
  };
}

export function toSolution(row: SolutionRow): SolutionRecord {
  return {
    runtime: row.runtime,
    id: row.id,
    name: row.name,
    wantedPublication: row.wanted_publication ?? undefined,
    publication: row.publication ?? undefined,
    generation: row.generation,
    switchRequestedAt: maybeDate(row.switch_requested_at),
    switchProblem: row.switch_problem ?? undefined,
    deleting: Boolean(row.deleting),
  };
}

function toNext(row: VersionRow): VersionRecord['next'] {
  const { next_revision, next_since, next_command } = row;
  if (next_revision === null || !next_since || !next_command) return undefined;
  return {
    revision: next_revision,
    since: date(next_since),
    command: JSON.parse(next_command),
  };
}

export function toVersion(row: VersionRow): VersionRecord {
  return {
    uid: row.uid,
    runtime: row.runtime,
    solution: row.solution,
    name: row.name,
    description: row.description,
    manifest: JSON.parse(row.manifest),
    proto: JSON.parse(row.proto),
    files: JSON.parse(row.files),
    packageDigest: row.package_digest,
    packageSize: Number(row.package_size),
    unpackedSize: Number(row.unpacked_size),
    createdBy: row.created_by,
    createdAt: date(row.created_at),
    desired: row.desired,
    deleting: Boolean(row.deleting),
    everStarted: Boolean(row.ever_started),
    generation: row.generation,
    desiredSince: date(row.desired_since),
    configurationRevision: row.configuration_revision,
    releaseRevision: row.release_revision ?? undefined,
    startId: row.start_id ?? undefined,
    next: toNext(row),
    nextProblem: row.next_problem ?? undefined,
    retiring:
      row.retiring_revision === null || row.retire_at === null
        ? undefined
        : { revision: row.retiring_revision, until: date(row.retire_at) },
    publishWhenReady:
      row.publish_when_ready === null
        ? undefined
        : JSON.parse(row.publish_when_ready),
    observed: row.observed === null ? undefined : JSON.parse(row.observed),
    unavailableSince: maybeDate(row.unavailable_since),
    clusterProblem:
      row.cluster_problem === null
        ? undefined
        : JSON.parse(row.cluster_problem),
    status: row.status,
    statusSince: date(row.status_since),
  };
}

/** @param row.package_deleted - whether the version is gone, where that was asked */
export function toPublication(
  row: PublicationRow & { package_deleted?: boolean | number },
): PublicationRecord {
  return {
    packageDeleted: Boolean(row.package_deleted),
    id: row.id,
    runtime: row.runtime,
    solution: row.solution,
    versionUid: row.version_uid,
    version: row.version,
    packageDigest: row.package_digest,
    configurationRevision: row.configuration_revision,
    comment: row.comment,
    publishedBy: row.published_by,
    requestedAt: date(row.requested_at),
    publishedAt: maybeDate(row.published_at),
    endedAt: maybeDate(row.ended_at),
    switchMillis: row.switch_millis ?? undefined,
  };
}

export function toActivity(row: ActivityRow): ActivityRecord {
  return {
    id: row.id,
    at: date(row.at),
    actor: row.actor,
    type: row.type,
    runtime: row.runtime,
    solution: row.solution ?? undefined,
    version: row.version ?? undefined,
    from: row.from ?? undefined,
    to: row.to ?? undefined,
    comment: row.comment,
    ...(row.count > 1
      ? { count: row.count, lastAt: maybeDate(row.last_at) }
      : {}),
  };
}
