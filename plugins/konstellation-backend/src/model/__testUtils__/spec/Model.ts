import { answerTo, valuesAfter, type Unknown } from './answers';
import type { Command } from './commands';
import {
  configure,
  happen,
  publish,
  rollBack,
  rollbackTarget,
  start,
  stop,
  unpublish,
} from './lifecycle';
import { may, PEOPLE } from './people';
import type { Runtime, Solution, Values, Version } from './state';

function newSolution(runtime: Runtime, id: string): Solution {
  return { id, runtime, deleting: false, versions: [], publications: [] };
}

/** The newest value of each key among the earlier versions of the solution. */
function inherited(
  { versions }: Solution,
  keys: readonly string[],
  unconfirmed: boolean,
): Values {
  const values: Values = {};
  for (const { revisions, configured, deleting } of versions.toReversed()) {
    if (deleting) continue;
    for (const key of keys) {
      const known = revisions[configured]?.[key];
      if (!known) continue;
      values[key] ??= {
        value: known.value,
        ...(unconfirmed ? { unconfirmed } : {}),
      };
    }
  }
  return values;
}

/** All there is, as it should be: the lifecycle of versions, in their solutions and runtimes. */
export class Model {
  runtimes: Runtime[] = [];

  /** @returns {@link ACCEPTED}, {@link UNCHANGED}, or the name of the error and its words */
  answer(command: Command, unknown: Unknown): string {
    return answerTo(command, this.runtimes, unknown);
  }

  /** Does what a command asks for that was accepted. */
  accept(command: Command): void {
    const { by, runtime: id } = command;
    if (command.do === 'create runtime') {
      const runtime: Runtime = {
        id,
        owner: PEOPLE[by],
        isOpen: false,
        deleting: false,
        solutions: [],
      };
      runtime.solutions.push(newSolution(runtime, id));
      this.runtimes = [
        ...this.runtimes.filter(each => each.id !== id),
        runtime,
      ];
      return;
    }
    const runtime = found(this.runtimes.find(each => each.id === id));
    const solutionOf = (name = id) =>
      found(runtime.solutions.find(each => each.id === name));
    const versionOf = (name: string) => found(this.version(id, name));
    switch (command.do) {
      case 'change runtime':
        runtime.isOpen = command.isOpen;
        break;
      case 'delete runtime':
        runtime.deleting = true;
        break;
      case 'create solution':
        runtime.solutions = [
          ...runtime.solutions.filter(each => each.id !== command.solution),
          newSolution(runtime, command.solution),
        ];
        break;
      case 'delete solution': {
        const solution = solutionOf(command.solution);
        solution.deleting = true;
        for (const version of solution.versions) version.deleting = true;
        break;
      }
      case 'upload': {
        const { version: name, keys } = command;
        const solution = solutionOf(command.solution);
        const mayConfigure = may(
          by,
          'konstellation.configuration.update',
          runtime.owner,
        );
        // One that had the name and was being deleted is gone.
        for (const each of runtime.solutions) {
          each.versions = each.versions.filter(other => other.name !== name);
        }
        solution.versions.push({
          name,
          solution,
          keys,
          revisions: [inherited(solution, keys, !mayConfigure)],
          configured: 0,
          publishWhenReady: false,
          phase: 'CREATED',
          deleting: false,
        });
        break;
      }
      case 'configure': {
        const version = versionOf(command.version);
        configure(version, valuesAfter(version, command), command.replace);
        break;
      }
      case 'start':
        start(versionOf(command.version), command.publishWhenReady);
        break;
      case 'delete':
        versionOf(command.version).deleting = true;
        stop(versionOf(command.version));
        break;
      case 'stop':
        stop(versionOf(command.version));
        break;
      case 'publish':
        publish(versionOf(command.version));
        break;
      case 'unpublish':
        unpublish(versionOf(command.version));
        break;
      case 'roll back':
        rollBack(
          found(rollbackTarget(solutionOf(command.solution), command.to)),
        );
        break;
      default: {
        const never: never = command;
        throw new Error(`what is ${JSON.stringify(never)}?`);
      }
    }
  }

  /** The system did something. @throws Error when it must not */
  happen(runtime: string, name: string, type: string, to?: string): void {
    happen(found(this.version(runtime, name)), type, to);
  }

  version(runtime: string, name: string): Version | undefined {
    return this.runtimes
      .find(({ id }) => id === runtime)
      ?.solutions.flatMap(({ versions }) => versions)
      .find(version => version.name === name);
  }
}

function found<T>(thing: T | undefined): T {
  if (thing === undefined) throw new Error('there is no such thing');
  return thing;
}
