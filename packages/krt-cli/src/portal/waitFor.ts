import { setTimeout as pause } from 'node:timers/promises';
import type {
  KonstellationClient,
  Version,
} from '@konstellation/backstage-plugin-konstellation-common';
import { CliError } from '../errors';
import type { Output } from '../output/Output';

const LOOK_MILLIS = 500;

export const GOALS = [
  'started',
  'published',
  'unpublished',
  'stopped',
] as const;
export type Goal = (typeof GOALS)[number];

const REACHED: Record<Goal, string[]> = {
  started: ['STARTED', 'PUBLISHED'],
  published: ['PUBLISHED'],
  unpublished: ['STARTED', 'STOPPED', 'CREATED', 'ERROR'],
  stopped: ['STOPPED', 'CREATED'],
};

/** Looks at a version until it is where it is wanted. @throws CliError when it fails or takes too long */
export async function waitFor(
  client: KonstellationClient,
  ref: { runtime: string; version: string },
  options: { goal: Goal; timeoutMillis: number; output: Output },
): Promise<Version> {
  const { goal, timeoutMillis, output } = options;
  const deadline = Date.now() + timeoutMillis;
  for (;;) {
    const version = await client.getVersion(ref);
    if (REACHED[goal].includes(version.status)) return version;
    const { status, statusMessage } = version;
    if (status === 'ERROR') {
      throw new CliError(
        `${ref.version} failed${statusMessage ? `: ${statusMessage}` : ''}`,
        {
          hint: `see why: krt status ${ref.runtime} ${ref.version}; krt logs ${ref.runtime} ${ref.version}`,
        },
      );
    }
    if (Date.now() > deadline) {
      throw new CliError(
        `${ref.version} is ${status} and not ${goal} after ${
          timeoutMillis / 1_000
        } s`,
        { hint: 'it goes on in the portal; wait longer with --timeout' },
      );
    }
    output.progress(
      `${ref.version} is ${status}${statusMessage ? `: ${statusMessage}` : ''}`,
    );
    await pause(LOOK_MILLIS);
  }
}
