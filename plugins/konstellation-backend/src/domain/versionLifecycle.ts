import type {
  VersionCommand,
  VersionStatus,
} from '@konstellation/backstage-plugin-konstellation-common';
import type { KrtFormat } from '@konstellation/krt';

/** What decides whether a command is accepted. */
export interface LifecycleFacts {
  status: VersionStatus;
  /** The publication of its solution that is wanted, or that callers reach, is of this version. */
  published: boolean;
  /** Callers reach it, but another publication is wanted, or none. */
  leaving?: boolean;
  /** Declared keys without a value, or inherited ones nobody confirmed. */
  incomplete: readonly string[];
  /** It, or what it lies in. */
  deleting: boolean;
  /** Every node is ready. */
  available: boolean;
  /** A changed configuration is made ready beside the running release. */
  applying: boolean;
  /** Id of one of the last publications of its solution, which is of this version. */
  neededFor?: string;
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

const CHANGING: Refusal = () => 'the version is changing, wait until it has';

interface Transition {
  from: readonly VersionStatus[];
  /** What the version becomes; undefined where it stays what it is. */
  to?: VersionStatus | 'gone';
  whenPublished?: Refusal;
  otherwise: Refusal;
}

/**
 * The one table of the lifecycle: the states each command is allowed in, and the words of the refusal elsewhere. Published
 * comes before the state, as a published version may be in any.
 */
const TRANSITIONS: Record<VersionCommand, Transition> = {
  start: {
    from: ['CREATED', 'STOPPED', 'ERROR'],
    to: 'STARTING',
    whenPublished: MUST_STOP('starting'),
    otherwise: MUST_STOP('starting'),
  },
  stop: {
    from: ['STARTED', 'STARTING', 'ERROR'],
    to: 'STOPPING',
    whenPublished: MUST_UNPUBLISH,
    otherwise: () => 'the version must be started before stopping',
  },
  publish: {
    from: ['STARTED'],
    to: 'PUBLISHED',
    whenPublished: () => 'the version is published already',
    otherwise: () => 'the version must be started before publishing',
  },
  unpublish: {
    from: ['PUBLISHED'],
    to: 'STARTED',
    otherwise: () => 'the version must be published before unpublishing',
  },
  configure: {
    from: ['CREATED', 'STOPPED', 'STARTED', 'PUBLISHED', 'ERROR'],
    otherwise: CHANGING,
  },
  delete: {
    from: ['CREATED', 'STOPPED', 'ERROR'],
    to: 'gone',
    whenPublished: MUST_UNPUBLISH,
    otherwise: MUST_STOP('deleting'),
  },
};

/** What happens without a command, as the cluster is seen to change. */
const OBSERVED: ReadonlyArray<{
  from: VersionStatus;
  to: VersionStatus;
  when: string;
}> = [
  { from: 'STARTING', to: 'STARTED', when: 'every node is ready' },
  { from: 'STARTING', to: 'ERROR', when: 'not ready at its deadline' },
  { from: 'STARTED', to: 'ERROR', when: 'not available past its deadline' },
  { from: 'ERROR', to: 'STARTED', when: 'every node is ready again' },
  { from: 'STOPPING', to: 'STOPPED', when: 'nothing of it is left' },
  { from: 'STOPPING', to: 'ERROR', when: 'not gone at its deadline' },
];

/** The lifecycle as a state diagram in the language of Mermaid, made of the table that decides. */
export function lifecycleDiagram(): string {
  const lines = ['stateDiagram-v2', '  [*] --> CREATED: upload'];
  for (const [command, { from, to }] of Object.entries(TRANSITIONS)) {
    if (!to) continue;
    for (const status of from) {
      lines.push(`  ${status} --> ${to === 'gone' ? '[*]' : to}: ${command}`);
    }
  }
  for (const { from, to, when } of OBSERVED) {
    lines.push(`  ${from} --> ${to}: ${when}`);
  }
  return lines.join('\n');
}

/** @returns the words of the refusal, or undefined when the command is allowed */
export function refusalOf(
  command: VersionCommand,
  facts: LifecycleFacts,
): string | undefined {
  if (facts.deleting) return 'the version is being deleted';
  const { from, whenPublished, otherwise } = TRANSITIONS[command];
  // What is published is decided on what is wanted: it can be published back while callers leave it, not unpublished once more.
  const isBack = command === 'publish' && facts.leaving === true;
  if (facts.published && !isBack) {
    // Publication is a fact of its own: it holds in whatever state the version is.
    if (command === 'unpublish' && !facts.leaving) return undefined;
    if (whenPublished) return whenPublished(facts);
  }
  if (command === 'unpublish' || !(isBack || from.includes(facts.status))) {
    return otherwise(facts);
  }
  if (command === 'publish' && !facts.available) {
    return 'the version is not available, wait until every node is ready';
  }
  if (command === 'configure' && facts.applying) return CHANGING(facts);
  if (command === 'delete' && facts.neededFor) {
    return `the version is needed for roll back: publication ${facts.neededFor}`;
  }
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
