import type { ClusterClient } from '@konstellation/backstage-plugin-konstellation-node';
import { LABELS, MANAGED_BY } from '../manifests/naming';
import type { ReleaseContext } from './ReleaseContext';
import { KINDS } from './versionObjects';

/**
 * Finds what no event told of: wakes the versions the cluster holds something of, and removes what belongs to versions and
 * runtimes that are gone. Only namespaces this portal made are looked at.
 * @param which - `all` after events were missed; those nobody looks at otherwise, as what should be stopped, from time to time
 */
export async function sweep(
  context: ReleaseContext,
  cluster: { name: string; client: ClusterClient },
  which: 'all' | 'unscheduled',
): Promise<void> {
  const { store } = context;
  const { client } = cluster;
  const portal = await context.portalId();
  const namespaces = await client.list(KINDS.namespace, {
    labels: { ...MANAGED_BY, [LABELS.portal]: portal },
  });
  const runtimes = await store.getRuntimes(
    namespaces.flatMap(
      ({ metadata }) => metadata.labels?.[LABELS.runtime] ?? [],
    ),
  );
  const own = new Set<string>();
  for (const { metadata } of namespaces) {
    const runtime = runtimes.get(metadata.labels?.[LABELS.runtime] ?? '');
    const isOurs =
      runtime?.namespace === metadata.name && runtime.cluster === cluster.name;
    if (isOurs) own.add(metadata.name);
    else if (!metadata.deletionTimestamp) {
      await client.delete({ ...KINDS.namespace, name: metadata.name });
    }
  }
  const anchors = await client.list(KINDS.configMap, { labels: MANAGED_BY });
  const ownAnchors = anchors.filter(
    ({ metadata }) =>
      own.has(metadata.namespace ?? '') && metadata.labels?.[LABELS.versionUid],
  );
  const uidOf = ({ metadata }: (typeof anchors)[number]) =>
    metadata.labels?.[LABELS.versionUid] ?? '';
  const known = await store.knownVersions([...new Set(ownAnchors.map(uidOf))]);
  for (const anchor of ownAnchors) {
    const uid = uidOf(anchor);
    const { name, namespace, deletionTimestamp } = anchor.metadata;
    if (!known.has(uid) && !deletionTimestamp) {
      await client.delete({ ...KINDS.configMap, namespace, name });
    }
  }
  await store.wakeVersions([...known], which);
}
