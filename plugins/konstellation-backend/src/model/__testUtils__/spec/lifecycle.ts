import type {
  Phase,
  Publication,
  Solution,
  Status,
  Values,
  Version,
} from './state';

/**
 * The lifecycle of versions and their publications, as small as it can be said: what is refused, what commands change, and what
 * may happen by itself. It knows of no clock, no cluster and no database.
 */

export type Verb =
  | 'start'
  | 'stop'
  | 'publish'
  | 'unpublish'
  | 'delete'
  | 'configure';

/** Publications whose versions cannot be deleted. */
export const KEPT = 2;

export const statusOf = (version: Version): Status =>
  version.solution.published?.of === version ? 'PUBLISHED' : version.phase;

export const isGoing = ({ deleting, solution }: Version): boolean =>
  deleting || solution.deleting || solution.runtime.deleting;

/** It is to be published later by itself. */
export const waits = ({ publishWhenReady, next }: Version): boolean =>
  publishWhenReady || next?.publish === true;

function neededFor(version: Version): number | undefined {
  const { publications } = version.solution;
  const needed = publications
    .filter(({ cameThrough }) => cameThrough)
    .slice(-KEPT)
    .findLast(({ of }) => of === version);
  return needed && publications.indexOf(needed);
}

/** @param number - of a publication; the one before what is wanted, or published, by default */
export function rollbackTarget(
  { publications, wanted, published }: Solution,
  number?: number,
): Publication | undefined {
  const current = wanted ?? published;
  const before = current ? publications.indexOf(current) : publications.length;
  const target =
    number === undefined
      ? publications.slice(0, before).findLast(each => each.cameThrough)
      : publications[number];
  return target?.cameThrough ? target : undefined;
}

/** @returns the words of the refusal; undefined when the command is accepted */
export function refusal(
  version: Version,
  verb: Verb,
  isAvailable: boolean,
  values: Values = version.revisions[version.configured] ?? {},
): string | undefined {
  if (isGoing(version)) return 'the version is being deleted';
  const isWanted = version.solution.wanted?.of === version;
  const isPublished = isWanted || statusOf(version) === 'PUBLISHED';
  const isOne = (...of: Status[]) => of.includes(statusOf(version));
  const incomplete = [
    ...version.keys.filter(key => !values[key]),
    ...version.keys.filter(key => values[key]?.unconfirmed),
  ].join(', ');
  const needed = neededFor(version);
  switch (verb) {
    case 'start':
      if (isPublished || !isOne('CREATED', 'STOPPED', 'ERROR')) {
        return 'the version must be stopped before starting';
      }
      return incomplete
        ? `version config is incomplete: ${incomplete}`
        : undefined;
    case 'stop':
      if (isPublished) return 'a published version must be unpublished first';
      return isOne('STARTED', 'STARTING', 'ERROR')
        ? undefined
        : 'the version must be started before stopping';
    case 'publish':
      if (isWanted) return 'the version is published already';
      // While callers still reach it, it can be published back.
      if (!isOne('STARTED', 'PUBLISHED')) {
        return 'the version must be started before publishing';
      }
      return isAvailable
        ? undefined
        : 'the version is not available, wait until every node is ready';
    case 'unpublish':
      return isWanted
        ? undefined
        : 'the version must be published before unpublishing';
    case 'delete':
      if (isPublished) return 'a published version must be unpublished first';
      if (!isOne('CREATED', 'STOPPED', 'ERROR')) {
        return 'the version must be stopped before deleting';
      }
      return needed === undefined
        ? undefined
        : `the version is needed for roll back: publication #${needed}`;
    case 'configure':
      return isOne('STARTING', 'STOPPING') || version.next
        ? 'the version is changing, wait until it has'
        : undefined;
    default: {
      const never: never = verb;
      return never;
    }
  }
}

export function start(version: Version, publishWhenReady: boolean): void {
  if (publishWhenReady) decide(version);
  version.running = version.configured;
  version.next = undefined;
  version.publishWhenReady = publishWhenReady;
  version.phase = 'STARTING';
}

export function stop(version: Version): void {
  if (version.phase !== 'CREATED') version.phase = 'STOPPING';
  version.running = undefined;
  version.next = undefined;
  version.publishWhenReady = false;
}

export function publish(version: Version): void {
  decide(version);
  want(version);
}

export function unpublish({ solution }: Version): void {
  decide({ solution });
  solution.wanted = undefined;
}

export function rollBack({ of: version, revision }: Publication): void {
  decide(version);
  const isRunning = version.running === revision && !version.next;
  version.configured = revision;
  if (version.running === undefined) start(version, true);
  else if (isRunning) want(version);
  else version.next = { revision, publish: true };
}

export function configure(
  version: Version,
  values: Values,
  replace: 'beside' | 'pause',
): void {
  const before = version.revisions[version.configured] ?? {};
  const isNew = Object.keys({ ...before, ...values }).some(
    key => before[key]?.value !== values[key]?.value,
  );
  const revision = version.revisions.push(values) - 1;
  version.configured = revision;
  if (version.running === undefined || !isNew) return;
  if (replace === 'beside') {
    version.next = { revision, publish: false };
    return;
  }
  version.running = revision;
  version.phase = 'STARTING';
  if (version.solution.wanted?.of === version) want(version);
}

function want(version: Version): void {
  const { solution, running = version.configured } = version;
  solution.wanted = { of: version, revision: running, cameThrough: false };
  solution.publications.push(solution.wanted);
}

/** A later command decides what is published: nothing else waits any more, and the log has said so. */
function decide(by: Pick<Version, 'solution'>): void {
  for (const version of by.solution.versions) {
    if (version === by && version.next) version.next.publish = false;
    must(!waits(version), `${version.name} still waits to be published`);
  }
}

function must(holds: boolean, otherwise: string): void {
  if (!holds) throw new Error(otherwise);
}

/** What the system does. @param to - status the log gives @throws Error when it must not happen */
export function happen(version: Version, type: string, to?: string): void {
  const { solution, running, next } = version;
  const become = (from: Status[], phase: Phase) => {
    must(from.includes(statusOf(version)), `it was ${statusOf(version)}`);
    version.phase = phase;
  };
  switch (type) {
    case 'version.started':
    case 'version.recovered':
      must(running !== undefined, 'it is to be stopped');
      become([type === 'version.started' ? 'STARTING' : 'ERROR'], 'STARTED');
      if (version.publishWhenReady) want(version);
      version.publishWhenReady = false;
      break;
    case 'version.failed':
      become(['STARTING', 'STARTED', 'STOPPING'], 'ERROR');
      break;
    case 'version.stopped':
      must(running === undefined, 'it is to run');
      become(['STOPPING', 'ERROR'], 'STOPPED');
      break;
    case 'version.configuration-applied':
      must(next !== undefined, 'there is none to come');
      version.running = next?.revision;
      version.next = undefined;
      version.phase = 'STARTED';
      if (next?.publish || solution.wanted?.of === version) want(version);
      break;
    case 'version.configuration-dropped':
      must(next !== undefined, 'there is none to come');
      version.configured = running ?? version.configured;
      version.next = undefined;
      break;
    case 'version.publication-dropped':
      must(waits(version), 'it does not wait to be published');
      version.publishWhenReady = false;
      if (next) next.publish = false;
      break;
    case 'version.unpublished':
      must(solution.published?.of === version, 'it is not published');
      must(solution.published !== solution.wanted, 'it is what is wanted');
      // What takes its place follows, in the same moment.
      solution.published = undefined;
      if (solution.wanted?.of === version) solution.published = solution.wanted;
      else if (to === 'STARTED' || to === 'STARTING' || to === 'ERROR') {
        version.phase = to;
      }
      break;
    case 'version.published':
      must(solution.wanted?.of === version, 'something else is wanted');
      must(solution.wanted?.cameThrough === false, 'it is published already');
      solution.published = solution.wanted;
      if (solution.wanted) solution.wanted.cameThrough = true;
      version.phase = 'STARTED';
      break;
    default:
      throw new Error('that does not happen by itself');
  }
}
