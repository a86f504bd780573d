import type {
  VersionCommand,
  VersionStatus,
} from '@konstellation/backstage-plugin-konstellation-common';
import type { KrtFormat } from '@konstellation/krt';

/** What decides whether a command is accepted. */
export interface LifecycleFacts {
  status: VersionStatus;
  /** The wanted publication of its solution is of this version. */
  published: boolean;
  /** Declared keys without a value, or inherited ones nobody confirmed. */
  incomplete: readonly string[];
  deleting: boolean;
  /** Format of its manifest. */
  format: KrtFormat;
}

/** Its workflows branch, which the entrypoint cannot run yet. */
export const CANNOT_RUN_V2 = 'workflow format v2 cannot run yet';

type Refusal = (facts: LifecycleFacts) => string;

const MUST_UNPUBLISH: Refusal = () =>
  'a published version must be unpublished first';
const MUST_STOP: (verb: string) => Refusal = verb => () =>
  `the version must be stopped before ${verb}`;

/**
 * The one table of the lifecycle: the states each command is allowed in, and the words of the refusal elsewhere. Published
 * comes before the state, as a published version may be in any.
 */
const TRANSITIONS: Record<
  VersionCommand,
  {
    from: readonly VersionStatus[];
    whenPublished?: Refusal;
    otherwise: Refusal;
  }
> = {
  start: {
    from: ['CREATED', 'STOPPED', 'ERROR'],
    whenPublished: MUST_STOP('starting'),
    otherwise: MUST_STOP('starting'),
  },
  stop: {
    from: ['STARTED', 'STARTING', 'ERROR'],
    whenPublished: MUST_UNPUBLISH,
    otherwise: () => 'the version must be started before stopping',
  },
  publish: {
    from: ['STARTED'],
    whenPublished: () => 'the version is published already',
    otherwise: () => 'the version must be started before publishing',
  },
  unpublish: {
    from: [],
    otherwise: () => 'the version must be published before unpublishing',
  },
  configure: {
    from: ['CREATED', 'STOPPED', 'STARTED', 'PUBLISHED', 'ERROR'],
    otherwise: () => 'the version is changing, wait until it has',
  },
  delete: {
    from: ['CREATED', 'STOPPED', 'ERROR'],
    whenPublished: MUST_UNPUBLISH,
    otherwise: MUST_STOP('deleting'),
  },
};

/** @returns the words of the refusal, or undefined when the command is allowed */
export function refusalOf(
  command: VersionCommand,
  facts: LifecycleFacts,
): string | undefined {
  if (facts.deleting) return 'the version is being deleted';
  const { from, whenPublished, otherwise } = TRANSITIONS[command];
  if (facts.published) {
    // Publication is a fact of its own: it holds in whatever state the version is.
    if (command === 'unpublish') return undefined;
    if (whenPublished) return whenPublished(facts);
  }
  if (!from.includes(facts.status)) return otherwise(facts);
  if (command === 'start' && facts.format === 'v2') return CANNOT_RUN_V2;
  if (command === 'start' && facts.incomplete.length > 0) {
    return `version config is incomplete: ${facts.incomplete.join(', ')}`;
  }
  return undefined;
}

/** For every command whether it would be accepted now, and if not, why. */
export function commandsOf(
  facts: LifecycleFacts,
): Record<VersionCommand, { allowed: boolean; reason?: string }> {
  const entry = (command: VersionCommand) => {
    const reason = refusalOf(command, facts);
    return reason === undefined
      ? { allowed: true }
      : { allowed: false, reason };
  };
  return {
    start: entry('start'),
    stop: entry('stop'),
    publish: entry('publish'),
    unpublish: entry('unpublish'),
    configure: entry('configure'),
    delete: entry('delete'),
  };
}
