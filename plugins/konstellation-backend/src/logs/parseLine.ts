import type { LogLine } from '@konstellation/backstage-plugin-konstellation-common';

type Level = LogLine['level'];

const LEVELS: Record<string, Level> = {
  debug: 'debug',
  trace: 'debug',
  info: 'info',
  notice: 'info',
  warn: 'warn',
  warning: 'warn',
  error: 'error',
  critical: 'error',
  fatal: 'error',
};

const ORDER: Level[] = ['debug', 'info', 'warn', 'error'];

/** Level and message of a line a container wrote: JSON lines have their own, everything else is `info`. */
export function parseLine(text: string): { level: Level; message: string } {
  if (text.startsWith('{')) {
    try {
      const record: unknown = JSON.parse(text);
      if (typeof record === 'object' && record !== null) {
        const level =
          'level' in record
            ? LEVELS[String(record.level).toLowerCase()]
            : undefined;
        const message =
          'message' in record && typeof record.message === 'string'
            ? record.message
            : text;
        return { level: level ?? 'info', message };
      }
    } catch {
      // A line that happens to begin like that.
    }
  }
  return { level: 'info', message: text };
}

/** Whether a line is at least of the level. */
export function isAtLeast(level: Level, least: Level | undefined): boolean {
  return least === undefined || ORDER.indexOf(level) >= ORDER.indexOf(least);
}
