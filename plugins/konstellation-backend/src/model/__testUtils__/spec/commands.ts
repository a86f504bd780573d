import type { Person } from './people';

/** What people ask for. */
export type Command = { by: Person; runtime: string } & (
  | { do: 'create runtime' }
  | { do: 'change runtime'; isOpen: boolean }
  | { do: 'delete runtime'; comment: string }
  | { do: 'create solution'; solution: string }
  | { do: 'delete solution'; solution: string; comment: string }
  | {
      do: 'upload';
      version: string;
      keys: readonly string[];
      solution?: string;
    }
  | ({ do: 'configure'; version: string; comment: string } & Configuration)
  | {
      do: 'start';
      version: string;
      publishWhenReady: boolean;
      comment: string;
    }
  | { do: Verb; version: string; comment: string }
  | {
      do: 'roll back';
      solution?: string;
      /** Number of the publication in its solution, from 0; the one before by default. */
      to?: number;
      comment: string;
    }
);

export type Verb = 'stop' | 'publish' | 'unpublish' | 'delete';

interface Configuration {
  values: Record<string, string>;
  confirm: readonly string[];
  replace: 'beside' | 'pause';
}

function secondly(text: string | false): string {
  return text ? `, ${text}` : '';
}

/** A command as a sentence. */
export function sentence(command: Command): string {
  const { by, runtime } = command;
  const place = `in ${runtime}`;
  const why =
    'comment' in command && command.comment.trim() === ''
      ? ', without a comment'
      : '';
  switch (command.do) {
    case 'create runtime':
    case 'delete runtime':
      return `${by} ${command.do.split(' ')[0]}s the runtime ${runtime}${why}`;
    case 'change runtime':
      return `${by} ${
        command.isOpen ? 'opens' : 'closes'
      } the way out of ${runtime}`;
    case 'create solution':
    case 'delete solution':
      return `${by} ${command.do.split(' ')[0]}s the solution ${
        command.solution
      } ${place}${why}`;
    case 'upload':
      return `${by} uploads ${command.version} (${
        command.keys.join(', ') || 'without keys'
      }) ${place}${secondly(
        command.solution !== undefined && `to the solution ${command.solution}`,
      )}`;
    case 'configure': {
      const values = Object.entries(command.values).map(([key, value]) =>
        value === '' ? `no ${key}` : `${key}=${value}`,
      );
      const confirmed = command.confirm.map(key => `${key} confirmed`);
      return `${by} configures ${command.version} ${place}: ${
        [...values, ...confirmed].join(', ') || 'nothing'
      }${secondly(command.replace === 'pause' && 'with a pause')}${why}`;
    }
    case 'start':
      return `${by} starts ${command.version} ${place}${secondly(
        command.publishWhenReady && 'to be published when ready',
      )}${why}`;
    case 'stop':
      return `${by} stops ${command.version} ${place}${why}`;
    case 'publish':
      return `${by} publishes ${command.version} ${place}${why}`;
    case 'unpublish':
      return `${by} unpublishes ${command.version} ${place}${why}`;
    case 'delete':
      return `${by} deletes ${command.version} ${place}${why}`;
    case 'roll back':
      return `${by} rolls back ${command.solution ?? runtime} ${place} to ${
        command.to === undefined
          ? 'the publication before'
          : `publication #${command.to}`
      }${why}`;
    default: {
      const never: never = command;
      return never;
    }
  }
}
