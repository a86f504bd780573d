import type {
  Activity,
  Address,
  Publication,
  Runtime,
  Solution,
  Version,
  VersionConfiguration,
} from '@konstellation/backstage-plugin-konstellation-common';
import type { IngressFront } from '@konstellation/backstage-plugin-konstellation-node';
import type { RuntimeSummary } from '../database/RuntimeStore';
import { declaredKeys, type VersionWithFacts } from '../database/statuses';
import type { ConfigurationValues } from '../database/ConfigurationStore';
import { lifecycleFacts } from '../database/releases';
import {
  deriveVersionStatus,
  type Deadlines,
} from '../domain/deriveVersionStatus';
import { runtimeConditions } from '../domain/runtimeConditions';
import { solutionHost } from '../domain/solutionHost';
import type { ActivityRecord, PublicationRecord } from '../domain/types';
import { commandsOf } from '../domain/versionLifecycle';
import type { RuntimeLinks, VersionLinks } from './types';

/** Records of the database as callers see them. */

export function toAddress(
  runtime: string,
  solution: string,
  front: IngressFront,
): Address {
  const host = solutionHost(runtime, solution, front.domain);
  const port = front.port === undefined ? '' : `:${front.port}`;
  const standard = front.protocol === 'https' ? 443 : 80;
  return {
    http: `${front.protocol}://${host}${port}`,
    grpc: front.grpc
      ? `${solutionHost(runtime, solution, front.grpc.domain)}:${
          front.grpc.port
        }`
      : `${host}:${front.port ?? standard}`,
  };
}

function runtimeStatus(summary: RuntimeSummary): Runtime['status'] {
  const { runtime, counts, solutions, publishedUnavailable } = summary;
  if (runtime.deleting) return 'DELETING';
  if (counts.error > 0 || publishedUnavailable) return 'ERROR';
  if (solutions.some(solution => solution.publishedVersion)) return 'PUBLISHED';
  if (counts.started > 0) return 'RUNNING';
  return counts.total > 0 ? 'IDLE' : 'EMPTY';
}

export function toSolutionAnswer(
  solution: RuntimeSummary['solutions'][number],
  front: IngressFront,
): Solution {
  const { runtime, id, name, publishedVersion, deleting } = solution;
  return {
    id,
    name,
    ...(publishedVersion ? { publishedVersion } : {}),
    address: toAddress(runtime, id, front),
    ...(deleting ? { deleting } : {}),
  };
}

export function toRuntimeAnswer(
  summary: RuntimeSummary,
  front: IngressFront,
): Runtime {
  const { runtime, counts } = summary;
  const solutions = summary.solutions.map(solution =>
    toSolutionAnswer(solution, front),
  );
  const first = solutions[0];
  return {
    id: runtime.id,
    name: runtime.name,
    ...(runtime.description ? { description: runtime.description } : {}),
    owner: runtime.owner,
    labels: runtime.labels,
    cluster: runtime.cluster,
    namespace: runtime.namespace,
    namespaceBound: runtime.bound,
    ...(runtime.observed?.quotas
      ? { namespaceQuotas: runtime.observed.quotas }
      : {}),
    settings: runtime.settings,
    status: runtimeStatus(summary),
    solutions,
    ...(first?.publishedVersion
      ? { publishedVersion: first.publishedVersion }
      : {}),
    address: first?.address ?? toAddress(runtime.id, runtime.id, front),
    versionCounts: counts,
    conditions: runtimeConditions(runtime),
    signal: runtime.signal,
    createdBy: runtime.createdBy,
    createdAt: runtime.createdAt.toISOString(),
  };
}

export function toVersionAnswer(
  known: VersionWithFacts,
  deadlines: Deadlines,
  now: Date,
): Version {
  const { version, facts, published } = known;
  const derived = deriveVersionStatus(version, facts, deadlines, now);
  return {
    uid: version.uid,
    name: version.name,
    runtime: version.runtime,
    solution: version.solution,
    description: version.description,
    status: derived.status,
    statusMessage: derived.message,
    conditions: derived.conditions,
    manifest: version.manifest,
    configuration: {
      completed: facts.missing.length + facts.unconfirmed.length === 0,
      missing: [...facts.missing],
      unconfirmed: [...facts.unconfirmed],
      revision: version.configurationRevision,
      ...(version.releaseRevision === undefined
        ? {}
        : { runningRevision: version.releaseRevision }),
      ...(version.next ? { applyingRevision: version.next.revision } : {}),
    },
    packageDigest: version.packageDigest,
    packageSize: version.packageSize,
    createdBy: version.createdBy,
    createdAt: version.createdAt.toISOString(),
    statusSince: version.statusSince.toISOString(),
    ...(published
      ? {
          publishedBy: published.publishedBy,
          publishedAt: published.publishedAt?.toISOString(),
        }
      : {}),
    ...(version.publishWhenReady ? { publishWhenReady: true } : {}),
    ...(version.deleting || facts.placeDeleting ? { deleting: true } : {}),
    commands: commandsOf({
      ...lifecycleFacts(known),
      status: derived.status,
    }),
  };
}

/** @param values - undefined for callers who may not read them */
export function toConfigurationAnswer(
  { version, facts, entries }: VersionWithFacts,
  values: ConfigurationValues | undefined,
): VersionConfiguration {
  return {
    revision: version.configurationRevision,
    completed: facts.missing.length + facts.unconfirmed.length === 0,
    valuesVisible: values !== undefined,
    entries: declaredKeys(version).map(({ key, type }) => {
      const entry = entries[key];
      const known = values?.[key];
      return {
        key,
        type,
        isSet: entry !== undefined,
        ...(known ? { value: known.value } : {}),
        ...(entry?.inheritedFrom ? { inheritedFrom: entry.inheritedFrom } : {}),
        ...(entry?.unconfirmed ? { unconfirmed: true } : {}),
      };
    }),
  };
}

export function toPublicationAnswer(
  record: PublicationRecord,
  current: boolean,
): Publication {
  return {
    id: record.id,
    runtime: record.runtime,
    solution: record.solution,
    version: record.version,
    versionUid: record.versionUid,
    packageDigest: record.packageDigest,
    configurationRevision: record.configurationRevision,
    comment: record.comment,
    publishedBy: record.publishedBy,
    publishedAt: (record.publishedAt ?? record.requestedAt).toISOString(),
    ...(record.endedAt ? { endedAt: record.endedAt.toISOString() } : {}),
    current,
    packageDeleted: record.packageDeleted,
    ...(record.switchMillis === undefined
      ? {}
      : { switchMillis: record.switchMillis }),
  };
}

export function toActivityAnswer({
  subject,
  lastAt,
  ...record
}: ActivityRecord): Activity {
  return {
    ...record,
    at: record.at.toISOString(),
    ...(lastAt ? { lastAt: lastAt.toISOString() } : {}),
  };
}

export function toRuntimeLinks({
  id,
  name,
  owner,
  solutions,
}: Runtime): RuntimeLinks {
  return { id, name, owner, solutions };
}

export function toVersionLinks({
  uid,
  name,
  runtime,
  solution,
  status,
}: Version): VersionLinks {
  return { uid, name, runtime, solution, status };
}
