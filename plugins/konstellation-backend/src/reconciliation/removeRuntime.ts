import type { ClusterClient } from '@konstellation/backstage-plugin-konstellation-node';
import type { RuntimeRecord } from '../domain/types';
import { SERVICE_ACCOUNT } from '../manifests/runtimeObjects';
import { markOf, readEnding } from './checkNamespace';
import { removeBoundObjects } from './removeBoundObjects';
import type { ReleaseContext } from './ReleaseContext';
import { KINDS } from './versionObjects';

/** Why a runtime is not gone yet: CamelCase and a sentence. */
export interface Waiting {
  reason: string;
  message: string;
}

/** What somebody else made, or another portal, is not ours to delete; nor is there anything of ours in it. */
async function isOfOthers(
  context: ReleaseContext,
  cluster: ClusterClient,
  { id, namespace, bound }: RuntimeRecord,
): Promise<boolean> {
  const marked = await cluster.get(
    bound
      ? { ...KINDS.serviceAccount, namespace, name: SERVICE_ACCOUNT }
      : { ...KINDS.namespace, name: namespace },
  );
  if (!marked) return false;
  const mark = markOf(marked);
  return mark.portal !== (await context.portalId()) || mark.runtime !== id;
}

async function removeNamespace(
  cluster: ClusterClient,
  name: string,
): Promise<Waiting | undefined> {
  const ref = { ...KINDS.namespace, name };
  const found = await cluster.get(ref);
  if (!found) return undefined;
  if (!found.metadata.deletionTimestamp) await cluster.delete(ref);
  return {
    reason: 'NamespaceTerminating',
    message: `The namespace "${name}" is going: ${await readEnding(
      cluster,
      found,
    )}.`,
  };
}

async function removeFromNamespace(
  cluster: ClusterClient,
  runtime: RuntimeRecord,
): Promise<Waiting | undefined> {
  const waitsFor = await removeBoundObjects(cluster, runtime);
  return waitsFor === undefined
    ? undefined
    : {
        reason: 'ObjectsRemaining',
        message: `What it ran is taken out of the namespace "${runtime.namespace}": ${waitsFor}.`,
      };
}

/**
 * Takes the namespace with everything in it, or what is ours out of a namespace that stays, then the rows. Safe to repeat.
 *
 * @returns what it waits for; undefined once the runtime is gone
 */
export async function removeRuntime(
  context: ReleaseContext,
  runtime: RuntimeRecord,
): Promise<Waiting | undefined> {
  const current = await context.store.getRuntime(runtime.id);
  // Another process was faster: what has the name now may be another one.
  if (!current?.deleting || current.signal !== runtime.signal) return undefined;
  const cluster = context.clusters(runtime.cluster);
  if (!(await isOfOthers(context, cluster, runtime))) {
    const waiting = runtime.bound
      ? await removeFromNamespace(cluster, runtime)
      : await removeNamespace(cluster, runtime.namespace);
    if (waiting) return waiting;
  }
  await context.store.removeRuntime(runtime.id);
  return undefined;
}
