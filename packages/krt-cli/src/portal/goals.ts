import type {
  Condition,
  Version,
} from '@konstellation/backstage-plugin-konstellation-common';

/** What can be waited for. */
export const GOALS = [
  'started',
  'published',
  'unpublished',
  'stopped',
  'configured',
  'deleted',
] as const;
export type Goal = (typeof GOALS)[number];

export function isGoal(text: string): text is Goal {
  return GOALS.some(goal => goal === text);
}

/** How a version stands to a goal: a text says why it will not get there. */
export type Verdict = 'reached' | 'waiting' | { failed: string };

export function conditionOf(
  { conditions }: Version,
  type: string,
): Condition | undefined {
  return conditions.find(condition => condition.type === type);
}

function isSwitching(version: Version): boolean {
  return conditionOf(version, 'Switching')?.status === 'True';
}

/** Whether a change of the configuration is made ready beside what runs. */
function isApplying(version: Version): boolean {
  return conditionOf(version, 'ConfigurationApplied')?.reason === 'InProgress';
}

function isOff({ status }: Version): boolean {
  return status === 'CREATED' || status === 'STOPPED';
}

function failed({ name, statusMessage }: Version): Verdict {
  return {
    failed: `${name} failed${statusMessage ? `: ${statusMessage}` : ''}`,
  };
}

function judgeStarted(version: Version, before?: Version): Verdict {
  const { name, status, deleting } = version;
  if (deleting) return { failed: `${name} is being deleted` };
  if (status === 'STARTED' || status === 'PUBLISHED') return 'reached';
  if (status === 'ERROR') return failed(version);
  const wasOn = before && !isOff(before) && before.status !== 'STOPPING';
  return wasOn && status !== 'STARTING'
    ? { failed: `${name} was stopped meanwhile` }
    : 'waiting';
}

function judgePublished(version: Version, before?: Version): Verdict {
  if (isSwitching(version) || isApplying(version)) {
    // Also of a version that is published all the time, as with a roll back to another revision of it.
    const started = judgeStarted(version, before);
    return started === 'reached' ? 'waiting' : started;
  }
  const applied = conditionOf(version, 'ConfigurationApplied');
  if (before && isApplying(before) && applied?.reason === 'Dropped') {
    return { failed: applied.message };
  }
  if (version.status === 'PUBLISHED') return 'reached';
  const started = judgeStarted(version, before);
  if (started !== 'reached') return started;
  return before && isSwitching(before)
    ? { failed: `${version.name} is not to be published any more` }
    : 'waiting';
}

function judgeConfigured(version: Version): Verdict {
  const applied = conditionOf(version, 'ConfigurationApplied');
  // Nothing runs: values take effect at the next start.
  if (!applied) return 'reached';
  if (applied.reason === 'InProgress') return 'waiting';
  if (applied.reason === 'Dropped') return { failed: applied.message };
  if (version.status === 'ERROR') return failed(version);
  // Where the release before was ended first, this one is only being started.
  const isAvailable = conditionOf(version, 'Available')?.status === 'True';
  return isAvailable && !isSwitching(version) ? 'reached' : 'waiting';
}

/**
 * Whether a version is where it is wanted, or will not get there by itself. Pure.
 * @param before - what it was when it was looked at last: what was under way and is no more has failed
 */
export function judge(
  goal: Exclude<Goal, 'deleted'>,
  version: Version,
  before?: Version,
): Verdict {
  switch (goal) {
    case 'started':
      return judgeStarted(version, before);
    case 'published':
      return judgePublished(version, before);
    case 'configured':
      return judgeConfigured(version);
    case 'unpublished':
      return version.status === 'PUBLISHED' ? 'waiting' : 'reached';
    case 'stopped':
      if (isOff(version)) return 'reached';
      return version.status === 'ERROR' ? failed(version) : 'waiting';
    default: {
      const never: never = goal;
      return never;
    }
  }
}
