import { isError } from '@backstage/errors';
import {
  refOf,
  type ClusterClient,
  type KubernetesObject,
  type ObjectKind,
} from '@konstellation/backstage-plugin-konstellation-node';
import { named } from '../domain/endingNamespace';
import type { RuntimeRecord } from '../domain/types';
import { LABELS, MANAGED_BY } from '../manifests/naming';
import { KINDS } from './versionObjects';

/** What lets callers in; clusters need not have all of these kinds, nor the portal rights on those it does not use. */
const ENTRIES = [KINDS.ingress, KINDS.httpRoute, KINDS.grpcRoute];

/**
 * In this order: nobody is let in any more and each anchor takes what it owns with it, then what has no owner. Policies stay as long as
 * a pod does, and last goes what says whose the namespace is.
 */
const STAGES: ObjectKind[][] = [
  [...ENTRIES, KINDS.configMap],
  [KINDS.deployment, KINDS.pod, KINDS.service],
  [KINDS.networkPolicy],
  [KINDS.serviceAccount],
];

/** What is kept by something else than what it owns. */
const FOREGROUND = 'foregroundDeletion';

type Place = Pick<RuntimeRecord, 'id' | 'namespace'>;

async function listOwn(
  cluster: ClusterClient,
  kind: ObjectKind,
  { id, namespace }: Place,
  isOptional: boolean,
): Promise<KubernetesObject[]> {
  const labels = { ...MANAGED_BY, [LABELS.runtime]: id };
  try {
    return await cluster.list(kind, { namespace, labels });
  } catch (error) {
    const isNone =
      isOptional &&
      isError(error) &&
      ['NotFoundError', 'NotAllowedError'].includes(error.name);
    if (isNone) return [];
    throw error;
  }
}

function describe({ kind, metadata }: KubernetesObject): string {
  const holding = (metadata.finalizers ?? []).filter(
    name => name !== FOREGROUND,
  );
  const why =
    holding.length > 0 ? ` (held by the finalizer ${holding.join(', ')})` : '';
  return `${kind} ${metadata.name}${why}`;
}

function waitsFor(left: readonly KubernetesObject[]): string {
  const pods = left.filter(({ kind }) => kind === 'Pod');
  return pods.length > 0
    ? `waiting for the processes of ${named(
        'pod',
        pods.map(({ metadata }) => metadata.name),
      )} to end`
    : `waiting for ${left.slice(0, 5).map(describe).join(', ')} to go`;
}

/**
 * Takes everything of a runtime out of a namespace that stays: what has our labels and those of the runtime, and nothing else. Does one
 * step at a time and may be cut off anywhere; the next call goes on.
 *
 * @returns what it waits for, without a full stop; undefined once nothing is left
 */
export async function removeBoundObjects(
  cluster: ClusterClient,
  place: Place,
): Promise<string | undefined> {
  const { entry } = await cluster.front();
  const used = entry?.kind === 'Gateway' ? 'HTTPRoute' : 'Ingress';
  const list = async (kinds: ObjectKind[]) => {
    const lists = await Promise.all(
      kinds.map(kind => {
        const isEntry = ENTRIES.some(each => each.kind === kind.kind);
        return listOwn(cluster, kind, place, isEntry && kind.kind !== used);
      }),
    );
    return lists.flat();
  };
  for (const stage of STAGES) {
    const found = await list(stage);
    if (found.length === 0) continue;
    // Pods go with what they are of.
    const going = found.filter(
      ({ kind, metadata }) => kind !== 'Pod' && !metadata.deletionTimestamp,
    );
    for (const object of going) await cluster.delete(refOf(object));
    const left = await list(stage);
    if (left.length === 0) continue;
    const pods = stage.includes(KINDS.pod) ? [] : await list([KINDS.pod]);
    return waitsFor([...left, ...pods]);
  }
  return undefined;
}
