import type { ObservedState } from '../../domain/types';
import type { Rows } from './rows';
import { isGoing, statusOf, waits } from './spec/lifecycle';
import type { Model } from './spec/Model';
import type { Solution, Version } from './spec/state';

type IsFine = (version: Version) => boolean;

function ofSolution(solution: Solution, isFine: IsFine): string[] {
  const { id, deleting, wanted, published } = solution;
  // What is not ready cannot be published, as long as that may be.
  const isStuck = wanted !== undefined && !isFine(wanted.of);
  return [
    ...(deleting ? [`${id} is being deleted`] : []),
    ...(wanted !== published && !isStuck
      ? [`callers of ${id} do not reach what is wanted`]
      : []),
  ];
}

function ofVersion(version: Version, rows: Rows, isFine: IsFine): string[] {
  const { name, solution, running, next } = version;
  const unrest = [
    ...(isGoing(version) ? [`${name} is being deleted`] : []),
    ...(next ? [`${name} has a revision to come`] : []),
    ...(waits(version) ? [`${name} waits to be published`] : []),
  ];
  const isAtRest =
    running === undefined
      ? ['CREATED', 'STOPPED']
      : ['PUBLISHED', isFine(version) ? 'STARTED' : 'ERROR'];
  if (!isAtRest.includes(statusOf(version))) {
    unrest.push(`${name} is ${statusOf(version)}`);
  }
  const row = rows.versions.find(
    each => each.runtime === solution.runtime.id && each.name === name,
  );
  const seen: Partial<ObservedState> = JSON.parse(row?.observed ?? '{}');
  const isSeen =
    seen.generation === row?.generation && seen.ready === isFine(version);
  const isLeft = solution.wanted === solution.published;
  if (isLeft && row?.retiring_revision !== null) {
    unrest.push(`revision ${row?.retiring_revision} of ${name} retires`);
  }
  if (row?.cluster_problem) unrest.push(`${name} is not looked at just now`);
  if (running !== undefined && !isSeen) {
    unrest.push(`${name} has not been looked at since`);
  }
  return unrest;
}

/** What has not come to what is wanted, a line each; none when all is as it stays. */
export function unrestOf(model: Model, rows: Rows, isFine: IsFine): string[] {
  const solutions = model.runtimes.flatMap(each => each.solutions);
  return [
    ...model.runtimes
      .filter(({ deleting }) => deleting)
      .map(({ id }) => `${id} is being deleted`),
    ...solutions.flatMap(solution => ofSolution(solution, isFine)),
    ...solutions
      .flatMap(({ versions }) => versions)
      .flatMap(version => ofVersion(version, rows, isFine)),
    ...[
      ...rows.versions.map(row => [row.name, row.lease_owner]),
      ...rows.solutions.map(row => [row.id, row.lease_owner]),
    ]
      .filter(([, owner]) => owner !== null)
      .map(([name]) => `${name} is being looked at`),
  ];
}
