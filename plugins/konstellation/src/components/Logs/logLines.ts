import type { LogLine } from '@konstellation/backstage-plugin-konstellation-common';

/** Lines kept on the page; older ones go. */
export const MAXIMUM_LINES = 5000;

const LEVELS: Array<LogLine['level']> = ['debug', 'info', 'warn', 'error'];

/** Lines shown, oldest first. */
export interface LogBuffer {
  lines: LogLine[];
  /** How many older lines went. */
  dropped: number;
}

/** An empty buffer. */
export const noLines: LogBuffer = { lines: [], dropped: 0 };

/** The buffer with newer lines at its end, within its bound. */
export function appendLines(buffer: LogBuffer, newer: LogLine[]): LogBuffer {
  const all = [...buffer.lines, ...newer];
  const surplus = Math.max(0, all.length - MAXIMUM_LINES);
  return { lines: all.slice(surplus), dropped: buffer.dropped + surplus };
}

/** Lines of at least a level that hold the words, upper or lower case; markers stay, they explain gaps. */
export function filterLines(
  lines: LogLine[],
  filter: { level: LogLine['level']; search: string },
): LogLine[] {
  const lowest = LEVELS.indexOf(filter.level);
  const words = filter.search.trim().toLowerCase();
  return lines.filter(
    line =>
      line.marker ||
      (LEVELS.indexOf(line.level) >= lowest &&
        (!words || line.message.toLowerCase().includes(words))),
  );
}

/** The lines as a text file. */
export function formatLines(lines: LogLine[]): string {
  return lines
    .map(line =>
      line.marker
        ? `${line.at} ----- ${line.node} ${line.message}\n`
        : `${line.at} ${line.level.toUpperCase().padEnd(5)} ${line.node} ${
            line.pod
          } ${line.message}\n`,
    )
    .join('');
}
