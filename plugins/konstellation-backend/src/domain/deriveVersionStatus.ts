import type {
  Condition,
  VersionStatus,
} from '@konstellation/backstage-plugin-konstellation-common';
import { hasPassed } from './hasPassed';
import type { StatusFacts, VersionFacts } from './statusFacts';
import type { DerivedStatus } from './types';
import {
  isObserved,
  messageOf,
  shortOfPods,
  waitingFor,
} from './versionMessages';

const CONDITION_STATUS: Record<string, Condition['status']> = {
  true: 'True',
  false: 'False',
};

/** How long a phase may take, in milliseconds. */
export interface Deadlines {
  start: number;
  stop: number;
  /** How long a started version may be unavailable before it is in ERROR. */
  unavailable: number;
  /** How long a changed configuration may take to get ready beside the running release before it is dropped. */
  configuration: number;
}

/** What a company sets about the lifecycle. */
export interface LifecyclePolicy {
  deadlines: Deadlines;
  /** How many of the last publications of a solution can be rolled back to whatever happens. */
  keptPublications: number;
}

function phaseOf(
  version: VersionFacts,
  deadlines: Deadlines,
  now: Date,
): Exclude<VersionStatus, 'PUBLISHED'> {
  const { observed } = version;
  if (version.desired === 'stopped') {
    if (!version.everStarted) return 'CREATED';
    if (isObserved(version) && observed?.present === false) return 'STOPPED';
    return hasPassed(version.desiredSince, deadlines.stop, now)
      ? 'ERROR'
      : 'STOPPING';
  }
  if (isObserved(version) && observed?.ready) return 'STARTED';
  if (version.unavailableSince) {
    // It was available before: short absences are the cluster's to mend.
    return hasPassed(version.unavailableSince, deadlines.unavailable, now)
      ? 'ERROR'
      : 'STARTED';
  }
  return hasPassed(version.desiredSince, deadlines.start, now)
    ? 'ERROR'
    : 'STARTING';
}

/** Where a change of the configuration of a started version stands. */
function appliedConfiguration(version: VersionFacts): {
  reason: 'Current' | 'InProgress' | 'Dropped' | 'NextStart';
  message: string;
} {
  const { next, nextProblem, releaseRevision, configurationRevision } = version;
  if (next) {
    const seen = version.observed?.next;
    const current = seen?.revision === next.revision ? seen : undefined;
    const waiting =
      version.clusterProblem?.message ??
      current?.problem?.message ??
      (current && current.waiting.length > 0
        ? `waiting for ${current.waiting.join(', ')}`
        : 'it is being made ready');
    return {
      reason: 'InProgress',
      message: `Revision ${next.revision} is made ready beside revision ${releaseRevision}: ${waiting}.`,
    };
  }
  if (nextProblem) return { reason: 'Dropped', message: nextProblem };
  return releaseRevision === configurationRevision
    ? {
        reason: 'Current',
        message: `It runs with configuration revision ${releaseRevision}.`,
      }
    : {
        reason: 'NextStart',
        message: `It runs with revision ${releaseRevision}; revision ${configurationRevision} takes effect when it is started the next time.`,
      };
}

function availableBecause(version: VersionFacts, available: boolean): string {
  if (available) {
    return shortOfPods(version) ? 'PodsMissing' : 'AllNodesReady';
  }
  const { clusterProblem, observed } = version;
  return clusterProblem?.reason ?? observed?.problem?.reason ?? 'Progressing';
}

/** @param short - see shortOfPods */
function sentenceOf(short: string | undefined): string | undefined {
  return short && `Every node answers, but ${short}.`;
}

/**
 * What a version is, from what is wanted and what was seen. Pure; unknown means progressing until the deadline, then ERROR.
 */
export function deriveVersionStatus(
  version: VersionFacts,
  facts: StatusFacts,
  deadlines: Deadlines,
  now: Date,
): DerivedStatus {
  const phase = phaseOf(version, deadlines, now);
  const status: VersionStatus = facts.published ? 'PUBLISHED' : phase;
  const message = messageOf(status, version, facts);
  const at = version.statusSince.toISOString();
  const configured = facts.missing.length + facts.unconfirmed.length === 0;
  const { clusterProblem } = version;
  // What was seen before the cluster went away says nothing of now.
  const isKnown = isObserved(version) && !clusterProblem;
  const available =
    version.desired === 'started' &&
    isKnown &&
    version.observed?.ready === true;
  const condition = (
    type: string,
    isTrue: boolean | undefined,
    reason: string,
    text: string,
  ): Condition => ({
    type,
    status: CONDITION_STATUS[String(isTrue)] ?? 'Unknown',
    reason,
    message: text,
    lastTransitionTime: at,
    observedGeneration: version.observed?.generation,
  });

  const conditions: Condition[] = [
    condition(
      'Configured',
      configured,
      configured ? 'AllValuesSet' : 'ValuesMissing',
      configured
        ? 'Every declared key has a value.'
        : `Without value: ${[...facts.missing, ...facts.unconfirmed].join(
            ', ',
          )}.`,
    ),
  ];
  if (clusterProblem) {
    conditions.push(
      condition(
        'Reconciled',
        false,
        clusterProblem.reason,
        waitingFor(version),
      ),
    );
  }
  if (version.desired === 'started') {
    conditions.push(
      condition(
        'Available',
        isKnown ? available : undefined,
        availableBecause(version, available),
        available
          ? sentenceOf(shortOfPods(version)) ?? 'Every node is ready.'
          : waitingFor(version),
      ),
    );
    const applied = appliedConfiguration(version);
    conditions.push(
      condition(
        'ConfigurationApplied',
        applied.reason === 'Current',
        applied.reason,
        applied.message,
      ),
    );
    if (version.publishWhenReady) {
      conditions.push(
        condition(
          'Switching',
          true,
          'WaitingUntilReady',
          'It is published as soon as every node is ready.',
        ),
      );
    }
  }
  if (version.deleting || facts.placeDeleting) {
    conditions.push(
      condition(
        'Deleting',
        true,
        'InProgress',
        'It is deleted once the cluster holds nothing of it any more.',
      ),
    );
  }
  const isSwitching = facts.switching && (facts.wanted || facts.published);
  if (isSwitching && !version.publishWhenReady) {
    conditions.push(
      condition(
        'Switching',
        true,
        facts.switchProblem ? 'Retrying' : 'InProgress',
        facts.switchProblem ??
          (facts.wanted
            ? 'Callers are being let in.'
            : 'Callers are moved on.'),
      ),
    );
  }
  return { status, message, conditions };
}
