import type {
  Publication,
  Runtime,
  Version,
} from '@konstellation/backstage-plugin-konstellation-common';

/** The sensible thing to do next with a version. */
export type NextStep = 'configure' | 'start' | 'publish' | 'rollback';

/** The newest publication of this very version that is over, if any: what "Roll back to" goes to. */
export function findEarlierPublication(
  version: Version,
  publications: Publication[],
): Publication | undefined {
  return publications.find(
    each => each.versionUid === version.uid && !each.current,
  );
}

/** What one would do next with a version; nothing while it changes or serves. */
export function findNextStep(
  version: Version,
  runtime: Runtime,
  publications: Publication[] = [],
): NextStep | undefined {
  if (version.deleting) {
    return undefined;
  }
  if (version.commands.publish.allowed) {
    const published = runtime.solutions.find(
      each => each.id === version.solution,
    )?.publishedVersion;
    const canRollBack =
      published &&
      published !== version.name &&
      findEarlierPublication(version, publications);
    return canRollBack ? 'rollback' : 'publish';
  }
  const canStart =
    version.status === 'CREATED' ||
    version.status === 'STOPPED' ||
    version.status === 'ERROR';
  if (!canStart) {
    return undefined;
  }
  if (!version.configuration.completed) {
    return 'configure';
  }
  return version.commands.start.allowed ? 'start' : undefined;
}
