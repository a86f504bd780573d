import type { KubernetesObject } from '@konstellation/backstage-plugin-konstellation-node';
import type { LogArchive, NewLogArchive } from '../database/LogArchiveStore';
import { GAPS } from './gaps';
import { podReason, type ContainerInstance } from './instances';

/** The archive of a run that is seen for the first time. */
export function toNote(
  versionUid: string,
  instance: ContainerInstance,
): NewLogArchive {
  const { pod, container, node, restart } = instance;
  return {
    versionUid,
    pod,
    container,
    instance: instance.instance,
    node,
    restart,
    lastAt: instance.startedAt,
    complete: false,
  };
}

/**
 * Runs of containers that began and ended between two looks, as gaps.
 * @param kept - nothing is kept that ended before
 */
export function missedRuns(
  versionUid: string,
  instances: readonly ContainerInstance[],
  known: readonly LogArchive[],
  kept: Date,
): NewLogArchive[] {
  const isSame = (
    one: { pod: string; container: string },
    other: { pod: string; container: string },
  ) => one.pod === other.pod && one.container === other.container;
  return instances.flatMap((instance, at) => {
    const { pod, container, node, restart, startedAt } = instance;
    // The first that is shown: a container that waits to be started again shows its last run alone.
    const isFirst = instances.every(
      (other, place) =>
        place === at || !isSame(other, instance) || other.restart > restart,
    );
    // What ended before it is as old at least.
    const isOld = startedAt.getTime() > 0 && startedAt < kept;
    if (!isFirst || isOld) return [];
    const own = known.filter(archive => isSame(archive, instance));
    const from = Math.max(-1, ...own.map(archive => archive.restart)) + 1;
    const to = restart - 1;
    if (from > to) return [];
    const lastAt = own.reduce(
      (last, archive) => (archive.lastAt > last ? archive.lastAt : last),
      new Date(0),
    );
    return [
      {
        versionUid,
        pod,
        container,
        instance: `missed-${from}-${to}`,
        node,
        restart: to,
        lastAt: lastAt.getTime() > 0 ? lastAt : startedAt,
        complete: true,
        gap: GAPS.missed(from, to),
      },
    ];
  });
}

/** Why a run that is not shown any more cannot be captured. */
export function reasonOf(
  archive: LogArchive,
  pod: KubernetesObject | undefined,
): string {
  if (pod) {
    const reason = podReason(pod);
    return reason ? GAPS.ended(reason) : GAPS.replaced;
  }
  return archive.following ? GAPS.interrupted : GAPS.removed;
}
