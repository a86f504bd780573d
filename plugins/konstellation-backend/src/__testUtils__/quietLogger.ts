import type { LoggerService } from '@backstage/backend-plugin-api';

/** Keeps warnings and errors, for when they matter. */
export function quietLogger(lines: string[]): LoggerService {
  const write = (message: string, meta?: object) => {
    lines.push(meta instanceof Error ? `${message}: ${meta}` : message);
  };
  const logger: LoggerService = {
    error: write,
    warn: write,
    info: () => undefined,
    debug: () => undefined,
    child: () => logger,
  };
  return logger;
}
