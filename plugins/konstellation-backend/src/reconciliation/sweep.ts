import { isError } from '@backstage/errors';
import {
  refOf,
  type ClusterClient,
  type KubernetesObject,
} from '@konstellation/backstage-plugin-konstellation-node';
import { LABELS, MANAGED_BY } from '../manifests/naming';
import type { RuntimeRecord } from '../domain/types';
import type { ReleaseContext } from './ReleaseContext';
import { removeBoundObjects } from './removeBoundObjects';
import { KINDS } from './versionObjects';

type Place = Pick<RuntimeRecord, 'id' | 'namespace'>;

/** Where this portal has put something, as it is written there. */
interface Mark extends Place {
  /** The namespace is not the portal's. */
  bound: boolean;
  isGoing: boolean;
}

function toMark(object: KubernetesObject): Mark {
  const { metadata } = object;
  const bound = object.kind !== 'Namespace';
  return {
    id: metadata.labels?.[LABELS.runtime] ?? '',
    namespace: (bound ? metadata.namespace : metadata.name) ?? '',
    bound,
    isGoing: metadata.deletionTimestamp !== undefined,
  };
}

/**
 * Finds what no event told of: wakes the versions the cluster holds something of, and removes what belongs to versions and
 * runtimes that are gone. Only what this portal has marked is looked at: namespaces it made, and those that are there for it, each for
 * itself, so that one it may not use any more keeps none of the others waiting.
 * @param which - `all` after events were missed; those nobody looks at otherwise, as what should be stopped, from time to time
 * @throws Error that names each namespace that could not be looked through, after all others were
 */
export async function sweep(
  context: ReleaseContext,
  cluster: { name: string; client: ClusterClient },
  which: 'all' | 'unscheduled',
): Promise<void> {
  const { namespaces } = cluster.client;
  if (!namespaces) {
    await sweepIn(context, cluster, which);
    return;
  }
  const failed: string[] = [];
  for (const namespace of namespaces) {
    try {
      await sweepIn(context, cluster, which, namespace);
    } catch (error) {
      if (isError(error) && error.name === 'ServiceUnavailableError')
        throw error;
      failed.push(`the namespace ${namespace}: ${error}`);
    }
  }
  if (failed.length > 0) throw new Error(failed.join('; '));
}

async function readMarks(
  client: ClusterClient,
  portal: string,
  namespace: string | undefined,
): Promise<Mark[]> {
  const labels = { ...MANAGED_BY, [LABELS.portal]: portal };
  const found =
    namespace === undefined
      ? await client.list(KINDS.namespace, { labels })
      : await client.list(KINDS.serviceAccount, { namespace, labels });
  return found.map(toMark);
}

/** @param namespace - that alone; all by default */
async function sweepIn(
  context: ReleaseContext,
  cluster: { name: string; client: ClusterClient },
  which: 'all' | 'unscheduled',
  namespace?: string,
): Promise<void> {
  const { store } = context;
  const { client } = cluster;
  const marks = await readMarks(client, await context.portalId(), namespace);
  const runtimes = await store.getRuntimes(marks.map(({ id }) => id));
  const own = new Set<string>();
  for (const mark of marks) {
    const runtime = runtimes.get(mark.id);
    const isOurs =
      runtime?.namespace === mark.namespace &&
      runtime.bound === mark.bound &&
      runtime.cluster === cluster.name;
    if (isOurs) own.add(mark.namespace);
    else if (mark.bound) await removeBoundObjects(client, mark);
    else if (!mark.isGoing) {
      await client.delete({ ...KINDS.namespace, name: mark.namespace });
    }
  }
  const anchors = await client.list(KINDS.configMap, {
    namespace,
    labels: MANAGED_BY,
  });
  const ownAnchors = anchors.filter(
    ({ metadata }) =>
      own.has(metadata.namespace ?? '') && metadata.labels?.[LABELS.versionUid],
  );
  const uidOf = ({ metadata }: (typeof anchors)[number]) =>
    metadata.labels?.[LABELS.versionUid] ?? '';
  const known = await store.knownVersions([...new Set(ownAnchors.map(uidOf))]);
  for (const anchor of ownAnchors) {
    const uid = uidOf(anchor);
    const { deletionTimestamp } = anchor.metadata;
    if (!known.has(uid) && !deletionTimestamp) {
      await client.delete(refOf(anchor));
    }
  }
  await store.wakeVersions([...known], which);
}
