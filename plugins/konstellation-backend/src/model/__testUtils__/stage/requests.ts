import type { RuntimeSettings } from '@konstellation/backstage-plugin-konstellation-common';
import type { KonstellationServices } from '../../../services/types';
import type { Command } from '../spec/commands';
import { CALLERS } from './callers';
import { packageOf } from './packages';

/** What a runtime that is opened is set to: more objects, and more pods. */
const OPEN: RuntimeSettings = {
  egress: [{ cidr: '10.0.0.0/8' }],
  scaling: {
    replicas: 2,
    nodes: { model: { autoscaling: { min: 2, max: 3 } } },
  },
};
const CLOSED: RuntimeSettings = { egress: [], scaling: {} };

async function* whole(bytes: Uint8Array) {
  yield bytes;
}

/** Asks the service for what a command asks. @param publication - id of the one to roll back to */
export async function request(
  { runtimes, versions, configurations }: KonstellationServices,
  command: Command,
  publication?: string,
): Promise<unknown> {
  const caller = CALLERS[command.by];
  const { runtime } = command;
  switch (command.do) {
    case 'create runtime':
      return runtimes.create({ id: runtime, name: runtime }, caller);
    case 'change runtime':
      return runtimes.update(
        runtime,
        { settings: command.isOpen ? OPEN : CLOSED },
        caller,
      );
    case 'delete runtime':
      return runtimes.delete(runtime, command.comment, caller);
    case 'create solution': {
      const { solution: id } = command;
      return runtimes.createSolution(runtime, { id, name: id }, caller);
    }
    case 'delete solution': {
      const { solution, comment } = command;
      return runtimes.deleteSolution(runtime, solution, comment, caller);
    }
    case 'upload': {
      const { version, keys, solution } = command;
      const bytes = whole(await packageOf(version, keys));
      return versions.upload(runtime, { bytes }, { solution }, caller);
    }
    case 'configure': {
      const { version, confirm, ...change } = command;
      return configurations.update(
        { runtime, version },
        { ...change, confirm: [...confirm] },
        caller,
      );
    }
    case 'start': {
      const { version, comment, publishWhenReady } = command;
      return versions.start(
        { runtime, version },
        { comment, publishWhenReady },
        caller,
      );
    }
    case 'stop':
    case 'publish':
    case 'unpublish':
    case 'delete': {
      const { version, comment } = command;
      return versions[command.do]({ runtime, version }, comment, caller);
    }
    case 'roll back': {
      const { solution, comment } = command;
      return versions.rollback(
        runtime,
        { solution, publication, comment },
        caller,
      );
    }
    default: {
      const never: never = command;
      throw new Error(`what is ${JSON.stringify(never)}?`);
    }
  }
}
