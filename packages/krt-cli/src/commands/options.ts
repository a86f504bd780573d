import { Option } from 'commander';
import { usage } from '../errors';

const UNITS: Record<string, number> = { s: 1, m: 60, h: 3_600, d: 86_400 };

export function runtimeOption(): Option {
  return new Option('-r, --runtime <id>', 'the runtime').env('KRT_RUNTIME');
}

/** Which solution of a runtime that may have several. */
export function solutionOption(
  description = 'the first one of the runtime by default',
): Option {
  return new Option('--solution <id>', description);
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

export function yesOption(): Option {
  return new Option('-y, --yes', 'ask nothing');
}

/** `10m` ago, `2h` ago, or a time of ISO 8601. @returns ISO 8601 */
export function timeOf(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const [, number, unit] = /^(\d+)([smhd])$/.exec(text) ?? [];
  const at = number
    ? new Date(Date.now() - Number(number) * (UNITS[unit ?? 's'] ?? 1) * 1_000)
    : new Date(text);
  if (Number.isNaN(at.getTime())) {
    throw usage(
      `"${text}" is no time`,
      'for example 10m, 2h or 2026-01-31T08:00:00Z',
    );
  }
  return at.toISOString();
}
