import { setTimeout as pause } from 'node:timers/promises';
import { ResponseError } from '@backstage/errors';
import type {
  KonstellationClient,
  Version,
  VersionRef,
} from '@konstellation/backstage-plugin-konstellation-common';
import { CliError, EXIT, explain } from '../errors';
import type { Output } from '../output/Output';
import { judge, type Goal } from './goals';

const LOOK_MILLIS = 500;

export interface WaitOptions {
  timeoutMillis: number;
  output: Output;
}

/** The portal, or what it needs, is being restarted. */
function isAway(error: unknown): boolean {
  return (
    explain(error).exitCode === EXIT.unreachable ||
    (error instanceof ResponseError && error.statusCode === 503)
  );
}

/** As the API itself says it; a server that knows no such path yet says less. */
function isNotFound(error: unknown): boolean {
  return error instanceof ResponseError && error.cause.name === 'NotFoundError';
}

/** What is the case, in words; `found` where it is what was waited for. */
type Look<T> = { found: T } | { is: string };

/**
 * Looks until it is so. A portal that answered before may be away for a while: what was commanded goes on without this tool.
 * @throws CliError when it takes too long, and whatever `look` throws
 */
async function lookUntil<T>(
  look: () => Promise<Look<T>>,
  { timeoutMillis, output, goal }: WaitOptions & { goal: string },
): Promise<T> {
  const deadline = Date.now() + timeoutMillis;
  let last: string | undefined;
  for (;;) {
    try {
      const seen = await look();
      if ('found' in seen) return seen.found;
      last = seen.is;
      output.progress(last);
    } catch (error) {
      const waits = last !== undefined && Date.now() <= deadline;
      if (!waits || !isAway(error)) throw error;
      output.progress('the portal does not answer; waiting for it');
    }
    if (Date.now() > deadline) {
      throw new CliError(
        `${last}, and not ${goal} after ${timeoutMillis / 1_000} s`,
        { hint: 'it goes on in the portal; wait longer with --timeout' },
      );
    }
    await pause(LOOK_MILLIS);
  }
}

/** `v1 is STARTING: Waiting for model` */
export function told({ name, status, statusMessage }: Version): string {
  return `${name} is ${status}${statusMessage ? `: ${statusMessage}` : ''}`;
}

/**
 * Looks at a version until it is where it is wanted.
 * @param options.from - what the command answered
 * @throws CliError when it fails or takes too long
 */
export async function waitFor(
  client: KonstellationClient,
  ref: VersionRef,
  options: WaitOptions & { goal: Exclude<Goal, 'deleted'>; from?: Version },
): Promise<Version> {
  const { goal } = options;
  let before = options.from;
  return lookUntil<Version>(async () => {
    const version = await client.getVersion(ref);
    const verdict = judge(goal, version, before);
    before = version;
    if (verdict === 'reached') return { found: version };
    if (verdict === 'waiting') return { is: told(version) };
    throw new CliError(verdict.failed, {
      hint: `see why: krt status ${ref.runtime} ${ref.version}; krt logs ${ref.runtime} ${ref.version}`,
      details: { status: version.status },
    });
  }, options);
}

/**
 * Looks until there is nothing to look at any more.
 * @param look - says what is still the case; undefined, or a portal that knows no such thing, is the end
 */
export async function waitUntilGone(
  look: () => Promise<string | undefined>,
  options: WaitOptions,
): Promise<void> {
  await lookUntil<true>(
    async () => {
      try {
        const is = await look();
        return is === undefined ? { found: true } : { is };
      } catch (error) {
        if (isNotFound(error)) return { found: true };
        throw error;
      }
    },
    { ...options, goal: 'gone' },
  );
}

/** Until a version is deleted, or with no version a runtime. */
export async function waitUntilDeleted(
  client: KonstellationClient,
  { runtime, version }: { runtime: string; version?: string },
  options: WaitOptions,
): Promise<void> {
  await waitUntilGone(async () => {
    if (version !== undefined) {
      return told(await client.getVersion({ runtime, version }));
    }
    return `${runtime} is ${(await client.getRuntime(runtime)).status}`;
  }, options);
}
