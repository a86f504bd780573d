import type { ContainerLogLine } from '@konstellation/backstage-plugin-konstellation-node';
import { timeKey } from '../domain/timeKey';

/** How far a log was read: `count` lines of the time `at` were among what was read. */
export interface LogPosition {
  at: string;
  count: number;
}

/** The position behind a line that comes after another position. */
export function behind(
  line: ContainerLogLine,
  before: LogPosition | undefined,
): LogPosition {
  const isSame = before && timeKey(before.at) === timeKey(line.at);
  return { at: line.at, count: isSame ? before.count + 1 : 1 };
}

/**
 * Drops what was read before from a log that is read again from the time of a position on. Clusters know times of lines, and
 * several lines may have the same.
 */
export async function* linesAfter(
  position: LogPosition | undefined,
  lines: AsyncIterable<ContainerLogLine>,
): AsyncGenerator<ContainerLogLine> {
  const key = position && timeKey(position.at);
  let same = position?.count ?? 0;
  for await (const line of lines) {
    if (key !== undefined) {
      const own = timeKey(line.at);
      if (own < key) continue;
      if (own === key && same > 0) {
        same--;
        continue;
      }
    }
    yield line;
  }
}
