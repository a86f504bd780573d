import type { RuntimeRecord, VersionRecord } from '../domain/types';
import { FIELD_MANAGER } from '../manifests/naming';
import { anchorObject, releaseObjects } from '../manifests/releaseObjects';
import { runtimeObjects } from '../manifests/runtimeObjects';
import { observeVersion } from '../status/observeVersion';
import { wantedRelease, type ReleaseContext } from './ReleaseContext';
import { KINDS, otherAnchors, readVersionObjects } from './versionObjects';

/** Looked at again after this long although no event came, while something is expected. */
const EXPECTING_MILLIS = 1_000;
const RESYNC_MILLIS = 60_000;

/**
 * Brings one version to what is wanted and writes down what is seen. Level-triggered: it may run twice, late, or be cut off
 * anywhere, and the next round goes on from what there is.
 * @returns when to look again
 */
export async function reconcileVersion(
  context: ReleaseContext,
  runtime: RuntimeRecord,
  version: VersionRecord,
  now: () => Date,
): Promise<Date | undefined> {
  const cluster = context.clusters(runtime.cluster);
  const release = wantedRelease(version);
  if (release !== undefined) {
    const [anchor] = (
      await cluster.apply(
        [
          ...runtimeObjects(runtime),
          anchorObject({ runtime, version, release }),
        ],
        { fieldManager: FIELD_MANAGER },
      )
    ).slice(-1);
    const uid = anchor?.metadata.uid;
    if (!uid) throw new Error('the cluster gave the anchor no uid');
    const options = await context.releaseOptions(runtime, version, release);
    await cluster.apply(releaseObjects(options, uid), {
      fieldManager: FIELD_MANAGER,
    });
  }
  const objects = await readVersionObjects(cluster, runtime, version);
  for (const anchor of otherAnchors(objects, release)) {
    if (anchor.metadata.deletionTimestamp) continue;
    await cluster.delete({
      ...KINDS.configMap,
      namespace: runtime.namespace,
      name: anchor.metadata.name,
    });
  }
  const seen = await readVersionObjects(cluster, runtime, version);
  const observed = observeVersion(version, release, seen, now());
  await context.store.recordObserved({
    uid: version.uid,
    generation: version.generation,
    observed,
  });
  if (version.deleting && !observed.present) {
    await context.store.removeVersion(version.uid);
    return undefined;
  }
  const settled = release === undefined ? !observed.present : observed.ready;
  if (settled && release === undefined) return undefined;
  return new Date(
    now().getTime() + (settled ? RESYNC_MILLIS : EXPECTING_MILLIS),
  );
}
