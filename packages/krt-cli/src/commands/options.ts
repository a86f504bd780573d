import { Option } from 'commander';
import { usage } from '../errors';

export function runtimeOption(): Option {
  return new Option('-r, --runtime <id>', 'the runtime').env('KRT_RUNTIME');
}

export function timeoutOption(): Option {
  return new Option('--timeout <seconds>', 'how long to wait at most').default(
    '300',
  );
}

/** Milliseconds. */
export function timeoutOf({ timeout }: { timeout: string }): number {
  const seconds = Number(timeout);
  if (!(seconds > 0)) throw usage('--timeout is a number of seconds');
  return seconds * 1_000;
}

export function commentOption(): Option {
  return new Option(
    '-m, --comment <text>',
    'why; stands in the activity log',
  ).makeOptionMandatory();
}
