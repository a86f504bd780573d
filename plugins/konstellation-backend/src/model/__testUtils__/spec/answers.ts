import type { Command } from './commands';
import { refusal, rollbackTarget, statusOf } from './lifecycle';
import { may } from './people';
import type { Runtime, Solution, Values, Version } from './state';

/** How commands are answered: who may give them, to what, and then as the lifecycle says. */

/** What cannot be known from outside while something is going on. */
export interface Unknown {
  /** How far deletions have come: nothing is gone, or versions, then solutions, then runtimes. */
  gone: 0 | 1 | 2 | 3;
  /** Whether every node of a version that is STARTED is ready. */
  isAvailable: (version: Version) => boolean;
}

export const ACCEPTED = 'accepted';
/** Accepted, though there is nothing to be done. */
export const UNCHANGED = 'unchanged';
/** In whose words depends on what was looked for. */
export const NO_RUNTIME = 'NotFoundError';

const conflict = (words: string) => `ConflictError: ${words}`;
const notFound = (words: string) => `NotFoundError: ${words}`;
const answer = (words?: string) => (words ? conflict(words) : ACCEPTED);

const PERMISSIONS: Record<
  Exclude<Command['do'], 'create runtime'>,
  string[]
> = {
  'change runtime': ['runtime.update'],
  'delete runtime': ['runtime.delete'],
  'create solution': ['runtime.update'],
  'delete solution': ['runtime.update', 'version.delete'],
  upload: ['version.create'],
  configure: ['configuration.update'],
  start: ['version.start'],
  stop: ['version.stop'],
  publish: ['version.publish'],
  unpublish: ['version.publish'],
  delete: ['version.delete'],
  'roll back': ['version.publish'],
};

/** @returns the refusal, naming the permission that is missing */
function denied(
  { by, runtime }: Command,
  owner: string,
  permissions: string[],
): string | undefined {
  const missing = permissions
    .map(name => `konstellation.${name}`)
    .find(name => !may(by, name, owner));
  return (
    missing &&
    `NotAllowedError: you may not do this in the runtime "${runtime}" (${missing}); ask its owner`
  );
}

/** What keeps a place from being deleted. */
function stopFirst(versions: Version[], what: string): string | undefined {
  const running = versions
    .filter(
      each => each.running !== undefined || statusOf(each) === 'PUBLISHED',
    )
    .map(each => `${each.name} (${statusOf(each)})`)
    .sort()
    .join(', ');
  return running
    ? `the ${what} has versions that must be stopped first: ${running}`
    : undefined;
}

/** Configuration of a version after a change. */
export function valuesAfter(
  { revisions, configured }: Version,
  command: Command & { do: 'configure' },
): Values {
  const values: Values = { ...revisions[configured] };
  for (const key of command.confirm) {
    if (values[key]) values[key] = { value: values[key].value };
  }
  for (const [key, value] of Object.entries(command.values)) {
    if (value === '') delete values[key];
    else values[key] = { value };
  }
  return values;
}

const textOf = (values: Values = {}) =>
  JSON.stringify(Object.entries(values).sort());

function configuring(
  version: Version,
  command: Command & { do: 'configure' },
): string {
  const { keys, revisions, configured, running } = version;
  const strange = [...Object.keys(command.values), ...command.confirm].filter(
    key => !keys.includes(key),
  );
  if (strange.length > 0) {
    const names = strange.join(', ');
    return conflict(`version config contains an unknown key: ${names}`);
  }
  const values = valuesAfter(version, command);
  if (textOf(values) === textOf(revisions[configured])) return UNCHANGED;
  const missing = keys.filter(key => !values[key]).join(', ');
  return answer(
    missing && running !== undefined
      ? `config can't be incomplete for started version: ${missing}`
      : undefined,
  );
}

/** What is there, for somebody who asks. */
class Place {
  readonly solutions: Solution[];
  readonly versions: Version[];
  /** Refusal of what needs it to stay. */
  readonly going: string | undefined;

  constructor(readonly runtime: Runtime, readonly unknown: Unknown) {
    const { gone } = unknown;
    const isThere = (level: number) => (each: { deleting: boolean }) =>
      !(each.deleting && gone >= level);
    this.solutions = runtime.solutions.filter(isThere(2));
    this.versions = this.solutions
      .flatMap(({ versions }) => versions)
      .filter(isThere(1));
    this.going = runtime.deleting ? 'the runtime is being deleted' : undefined;
  }
}

function rollingBack(
  command: Command & { do: 'roll back' },
  solution: Solution,
  { runtime, versions, unknown }: Place,
): string {
  const target = rollbackTarget(solution, command.to);
  if (!target) {
    return notFound(
      command.to === undefined
        ? 'there is no earlier publication to roll back to'
        : `no publication "#${command.to}" in the runtime "${runtime.id}"`,
    );
  }
  const { of: version, revision } = target;
  if (!versions.includes(version)) {
    return conflict(
      `the version ${version.name} of that publication was deleted, choose another one`,
    );
  }
  const isAvailable = unknown.isAvailable(version);
  if (version.running === undefined) {
    const values = version.revisions[revision];
    return (
      denied(command, runtime.owner, ['version.start']) ??
      answer(refusal(version, 'start', isAvailable, values))
    );
  }
  const isRunning = version.running === revision && !version.next;
  const verb = isRunning ? 'publish' : 'configure';
  return answer(refusal(version, verb, isAvailable));
}

function inSolution(
  command: Command & { do: 'delete solution' | 'upload' | 'roll back' },
  place: Place,
): string {
  const { id } = place.runtime;
  const { solution: name = id } = command;
  const solution = place.solutions.find(each => each.id === name);
  if (!solution)
    return notFound(`no solution "${name}" in the runtime "${id}"`);
  const going = solution.deleting ? 'the solution is being deleted' : undefined;
  const isTaken = (version: string) =>
    place.versions.some(each => each.name === version);
  switch (command.do) {
    case 'upload':
      return answer(
        place.going ??
          going ??
          (isTaken(command.version) ? 'error version duplicated' : undefined),
      );
    case 'delete solution':
      return answer(
        name === id
          ? 'the first solution belongs to the runtime: delete the runtime instead'
          : stopFirst(
              place.versions.filter(each => each.solution === solution),
              'solution',
            ) ?? going,
      );
    default:
      return rollingBack(command, solution, place);
  }
}

function inRuntime(
  command: Exclude<Command, { do: 'create runtime' }>,
  place: Place,
): string {
  const { id } = place.runtime;
  switch (command.do) {
    case 'change runtime':
      return answer(place.going);
    case 'delete runtime':
      return answer(stopFirst(place.versions, 'runtime') ?? place.going);
    case 'create solution': {
      const { solution: name } = command;
      const isTaken = place.solutions.some(each => each.id === name);
      return answer(
        place.going ??
          (isTaken
            ? `the runtime "${id}" has already a solution with the id "${name}"`
            : undefined),
      );
    }
    case 'delete solution':
    case 'upload':
    case 'roll back':
      return inSolution(command, place);
    default: {
      const { version: name } = command;
      const version = place.versions.find(each => each.name === name);
      if (!version) {
        return notFound(`no version "${name}" in the runtime "${id}"`);
      }
      const isAvailable = place.unknown.isAvailable(version);
      const words = refusal(version, command.do, isAvailable);
      return words || command.do !== 'configure'
        ? answer(words)
        : configuring(version, command);
    }
  }
}

/** @returns {@link ACCEPTED}, {@link UNCHANGED}, or the name of the error and its words */
export function answerTo(
  command: Command,
  runtimes: Runtime[],
  unknown: Unknown,
): string {
  const { by, runtime: id } = command;
  const runtime = runtimes.find(
    each => each.id === id && !(each.deleting && unknown.gone >= 3),
  );
  if (command.do === 'create runtime') {
    if (!may(by, 'konstellation.runtime.create')) {
      return 'NotAllowedError: you may not create runtimes';
    }
    return answer(runtime && `there is already a runtime with the id "${id}"`);
  }
  if (!runtime) return NO_RUNTIME;
  const isWaiting = command.do === 'start' && command.publishWhenReady;
  const refused = denied(command, runtime.owner, [
    ...PERMISSIONS[command.do],
    ...(isWaiting ? ['version.publish'] : []),
  ]);
  if (refused) return refused;
  if ('comment' in command && command.comment.trim() === '') {
    return 'InputError: a comment of 1 to 1,000 characters is required: say why';
  }
  return inRuntime(command, new Place(runtime, unknown));
}
