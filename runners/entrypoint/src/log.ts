export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** Writes one record a line, in the form of the container contract. */
export interface Log {
  write(
    level: LogLevel,
    message: string,
    fields?: Record<string, unknown>,
  ): void;
}

/** @param output - takes one line with its line end, `text => process.stdout.write(text)` */
export function createLog(output: (line: string) => void): Log {
  return {
    write(level, message, fields) {
      const time = new Date().toISOString();
      output(
        `${JSON.stringify({
          level,
          message,
          time,
          logger: 'entrypoint',
          ...fields,
        })}\n`,
      );
    },
  };
}
