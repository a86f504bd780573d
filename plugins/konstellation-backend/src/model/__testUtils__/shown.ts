import type {
  Publication,
  Version,
} from '@konstellation/backstage-plugin-konstellation-common';
import { ID } from './rows';
import { refusal, statusOf, type Verb } from './spec/lifecycle';
import type * as spec from './spec/state';
import { CALLERS } from './stage/callers';
import type { Stage } from './stage/Stage';

const VERBS: Verb[] = [
  'start',
  'stop',
  'publish',
  'unpublish',
  'configure',
  'delete',
];

type IsFine = (version: spec.Version) => boolean;

/** @returns numbers of publications by their ids @throws Error when the history is another */
function checkHistory(
  { publications, published }: spec.Solution,
  shown: Publication[],
): Map<string, string> {
  const expected = publications.filter(({ cameThrough }) => cameThrough);
  const lines = [
    expected.map(
      each => `${each.of.name}@${each.revision} ${each === published}`,
    ),
    shown.map(
      each => `${each.version}@${each.configurationRevision} ${each.current}`,
    ),
  ].map(String);
  if (lines[0] !== lines[1]) {
    throw new Error(`the history is ${lines[1]}, not ${lines[0]}`);
  }
  return new Map(
    shown.map(({ id }, at) => [
      id,
      `#${publications.findIndex(each => each === expected[at])}`,
    ]),
  );
}

function checkVersion(
  version: spec.Version,
  shown: Version,
  isFine: IsFine,
  numbers: Map<string, string>,
): void {
  const { name, running } = version;
  if (shown.status !== statusOf(version)) {
    throw new Error(`${name} is shown as ${shown.status}`);
  }
  for (const verb of VERBS) {
    const { reason } = shown.commands[verb];
    const expected = refusal(version, verb, isFine(version));
    const words = reason?.replace(ID, id => numbers.get(id) ?? id);
    if (words !== expected) {
      throw new Error(
        `${verb} of ${name} is shown as "${words}", not "${expected}"`,
      );
    }
  }
  const available = shown.conditions.find(({ type }) => type === 'Available');
  const wanted = running === undefined ? undefined : isFine(version);
  if (wanted !== undefined && (available?.status === 'True') !== wanted) {
    throw new Error(`${name} is shown as available: ${available?.status}`);
  }
}

/** What callers are shown while everything is at rest is what there is. @throws Error when not */
export async function checkShown(
  stage: Stage,
  runtimes: spec.Runtime[],
  isFine: IsFine,
): Promise<void> {
  const { versions } = stage.services;
  for (const { id, solutions } of runtimes) {
    const shown = await stage.during(versions.list(id, {}, CALLERS.vera));
    const history = await stage.during(
      versions.listPublications(id, {}, CALLERS.vera),
    );
    for (const solution of solutions) {
      const own = history.items.filter(each => each.solution === solution.id);
      const numbers = checkHistory(solution, own.toReversed());
      for (const version of solution.versions) {
        const found = shown.items.find(({ name }) => name === version.name);
        if (!found || !('commands' in found)) {
          throw new Error(`${version.name} is not shown`);
        }
        checkVersion(version, found, isFine, numbers);
      }
    }
  }
}
