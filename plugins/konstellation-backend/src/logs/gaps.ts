import type { LogLine } from '@konstellation/backstage-plugin-konstellation-common';
import type { LogArchive } from '../database/LogArchiveStore';

/** Why lines of a log are missing. */
export const GAPS = {
  removed: 'the pod was removed by something else before it could be captured',
  late: 'the pod was gone before its last lines were read',
  interrupted: 'the portal was interrupted while it read the last lines',
  replaced:
    'the container was started again before it could be captured, and the cluster keeps one earlier log alone',
  ended: (reason: string) =>
    `the pod ended before it could be captured (${reason})`,
  failed: (error: unknown) =>
    `reading it failed: ${
      error instanceof Error ? error.message : String(error)
    }`.slice(0, 500),
  missed: (from: number, to: number) =>
    `${
      from === to ? `its run ${from}` : `its runs ${from} to ${to}`
    } began and ended before it could be captured`,
} as const;

/** A line the portal inserts where lines are missing. */
export function markerLine(
  place: Pick<LogLine, 'at' | 'node' | 'pod' | 'container'>,
  message: string,
): LogLine {
  const { at, node, pod, container } = place;
  return { at, node, pod, container, level: 'warn', message, marker: true };
}

/** What stands for the lines that an archive does not have; undefined where it has all. */
export function gapLine(archive: LogArchive): LogLine | undefined {
  const { node, pod, container, gap, complete } = archive;
  if (complete && gap === undefined) return undefined;
  const at = archive.lastAt.toISOString();
  const where = `The log of pod ${pod}, container ${container}, from ${at} on`;
  return markerLine(
    { at, node, pod, container },
    complete
      ? `${where} was lost: ${gap}`
      : `${where} is not captured yet${gap ? `: ${gap}` : ''}`,
  );
}
