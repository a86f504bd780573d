import type { NamespaceQuota } from '@konstellation/backstage-plugin-konstellation-common';
import type { ClusterClient } from '@konstellation/backstage-plugin-konstellation-node';
import { limitOf } from '../domain/namespaceProblems';
import { formatQuantity, parseQuantity } from '../domain/quantity';
import type { RuntimeRecord, VersionRecord } from '../domain/types';
import { MANAGED_BY } from '../manifests/naming';
import { quotaUse, type Amounts } from '../manifests/quotaUse';
import { anchorObject, releaseObjects } from '../manifests/releaseObjects';
import { QUOTA } from '../manifests/runtimeObjects';
import { readQuotas } from './checkNamespace';
import type { ReleaseContext } from './ReleaseContext';
import type { QuotaRoom } from './types';
import { KINDS } from './versionObjects';

/** What a namespace may use, and what it uses of that; limits as texts. */
interface Bounds {
  limits: Record<string, string>;
  /** Undefined where the cluster does not count. */
  used?: Amounts;
}

/** The tightest limit of each resource, and what is used by the same quota. */
function boundsOf(quotas: readonly NamespaceQuota[]): Bounds {
  const resources = new Set(quotas.flatMap(({ hard }) => Object.keys(hard)));
  const limits: Record<string, string> = {};
  const used: Amounts = new Map();
  for (const resource of resources) {
    const limit = limitOf(quotas, resource);
    if (!limit) continue;
    limits[resource] = limit.text;
    const quota = quotas.find(({ name }) => name === limit.quota);
    used.set(resource, parseQuantity(quota?.used[resource] ?? '') ?? 0);
  }
  const isCounted = quotas.some(quota => Object.keys(quota.used).length > 0);
  return { limits, ...(isCounted ? { used } : {}) };
}

/** The quota of the runtime's settings, or those of a namespace that has its own. */
async function readBounds(
  cluster: ClusterClient,
  { namespace, settings, bound }: RuntimeRecord,
): Promise<Bounds> {
  const limits = settings.quota ?? {};
  if (!bound && Object.keys(limits).length === 0) return { limits };
  const quotas = await readQuotas(cluster, namespace);
  if (bound) return boundsOf(quotas ?? []);
  const own = quotas?.filter(({ name }) => name === QUOTA) ?? [];
  return { limits, used: boundsOf(own).used };
}

/** What our objects use, where the cluster does not count. */
async function sumUp(
  cluster: ClusterClient,
  namespace: string,
): Promise<Amounts> {
  const kinds = [KINDS.pod, KINDS.service, KINDS.configMap];
  const lists = await Promise.all(
    kinds.map(kind => cluster.list(kind, { namespace, labels: MANAGED_BY })),
  );
  return quotaUse(lists.flat());
}

/** Whether another release of a version fits into the quota of its namespace beside what is there. */
export async function quotaRoom(
  context: ReleaseContext,
  runtime: RuntimeRecord,
  version: VersionRecord,
): Promise<QuotaRoom> {
  const cluster = context.clusters(runtime.cluster);
  const bounds = await readBounds(cluster, runtime);
  const limits = Object.entries(bounds.limits);
  if (limits.length === 0) return { hasRoom: true, quota: [] };
  const used = bounds.used ?? (await sumUp(cluster, runtime.namespace));
  const options = await context.releaseOptions(
    runtime,
    version,
    version.releaseRevision ?? version.configurationRevision,
  );
  const needed = quotaUse([
    anchorObject(options),
    ...releaseObjects(options, ''),
  ]);
  const quota = limits.flatMap(([resource, limit]) => {
    const most = parseQuantity(limit);
    const more = needed.get(resource);
    if (most === undefined || more === undefined) return [];
    const now = used.get(resource) ?? 0;
    return [
      {
        resource,
        used: formatQuantity(now, limit),
        needed: formatQuantity(more, limit),
        limit,
        hasRoom: now + more <= most,
      },
    ];
  });
  return { hasRoom: quota.every(({ hasRoom }) => hasRoom), quota };
}
