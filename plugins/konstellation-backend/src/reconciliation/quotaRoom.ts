import type { ResourceQuota } from 'kubernetes-types/core/v1';
import { formatQuantity, parseQuantity } from '../domain/quantity';
import type { RuntimeRecord, VersionRecord } from '../domain/types';
import { MANAGED_BY } from '../manifests/naming';
import { quotaUse, type Amounts } from '../manifests/quotaUse';
import { anchorObject, releaseObjects } from '../manifests/releaseObjects';
import type { ReleaseContext } from './ReleaseContext';
import type { QuotaRoom } from './types';
import { KINDS } from './versionObjects';

/** Name of the quota of a runtime. */
const QUOTA = 'runtime';

/** What the namespace uses: what the cluster says, or the sum of what is there where it does not count. */
async function usedOf(
  context: ReleaseContext,
  runtime: RuntimeRecord,
): Promise<Amounts> {
  const cluster = context.clusters(runtime.cluster);
  const { namespace } = runtime;
  const found = await cluster.get({ ...KINDS.quota, namespace, name: QUOTA });
  const { status }: ResourceQuota = (found ?? {}) as ResourceQuota;
  if (status?.used) {
    return new Map(
      Object.entries(status.used).map(([name, text]) => [
        name,
        parseQuantity(String(text)) ?? 0,
      ]),
    );
  }
  const kinds = [KINDS.pod, KINDS.service, KINDS.configMap];
  const lists = await Promise.all(
    kinds.map(kind => cluster.list(kind, { namespace, labels: MANAGED_BY })),
  );
  return quotaUse(lists.flat());
}

/** Whether another release of a version fits into the quota of its runtime beside what is there. */
export async function quotaRoom(
  context: ReleaseContext,
  runtime: RuntimeRecord,
  version: VersionRecord,
): Promise<QuotaRoom> {
  const limits = Object.entries(runtime.settings.quota ?? {});
  if (limits.length === 0) return { hasRoom: true, quota: [] };
  const used = await usedOf(context, runtime);
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
