import type {
  Condition,
  Version,
} from '@konstellation/backstage-plugin-konstellation-common';

/** The condition of a type, with the reason where several of a type may stand. */
export function findCondition(
  conditions: Condition[],
  type: string,
  reason?: string,
): Condition | undefined {
  return conditions.find(
    each => each.type === type && (!reason || each.reason === reason),
  );
}

/** Why a version that should run does not: in error, or published and not available. */
export function findFailure(
  version: Version,
): 'failed' | 'unavailable' | undefined {
  if (version.deleting) {
    return undefined;
  }
  if (version.status === 'ERROR') {
    return 'failed';
  }
  const available = findCondition(version.conditions, 'Available');
  return version.status === 'PUBLISHED' && available?.status === 'False'
    ? 'unavailable'
    : undefined;
}
