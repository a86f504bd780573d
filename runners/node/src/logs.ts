import { format } from 'node:util';
import { currentCall } from './CallScope';
import { toJson } from './json';
import type { Logger } from './types';

export type Level = 'debug' | 'info' | 'warn' | 'error';

const LEVELS: Level[] = ['debug', 'info', 'warn', 'error'];

/** Characters of one message. */
const MAX_MESSAGE = 64 * 1024;

/** One JSON object a line. The log must never be what breaks a call. */
export function writeLog(
  level: Level,
  logger: string,
  message: string,
  fields: Record<string, unknown> = {},
): void {
  const requestId = currentCall()?.requestId;
  const line = {
    level,
    message: message.slice(0, MAX_MESSAGE),
    time: new Date().toISOString(),
    logger,
    ...(requestId ? { requestId } : {}),
  };
  try {
    process.stdout.write(`${toJson({ ...fields, ...line })}\n`);
  } catch {
    process.stdout.write(`${JSON.stringify(line)}\n`);
  }
}

/** The logger of the handlers. */
export function createLogger(name: string): Logger {
  const at =
    (level: Level): Logger['info'] =>
    (message, fields) =>
      writeLog(level, name, String(message), fields);
  return {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
  };
}

/** What handlers write to the console gets level, time and request id too. */
export function takeOverConsole(name: string): void {
  for (const level of LEVELS) {
    console[level] = (...args: unknown[]) =>
      writeLog(level, name, format(...args));
  }
  console.log = console.info;
  console.trace = console.debug;
}

/** Said at every start of a node, about choices that its author did not make. */
const NO_NEWS = ['MODULE_TYPELESS_PACKAGE_JSON', 'ExperimentalWarning'];

/** Warnings of Node are lines of the log too. */
export function takeOverWarnings(): void {
  process.removeAllListeners('warning');
  process.on('warning', warning => {
    const code: unknown = Reflect.get(warning, 'code');
    if (!NO_NEWS.includes(String(code)) && !NO_NEWS.includes(warning.name)) {
      writeLog('warn', 'node', `${warning.name}: ${warning.message}`);
    }
  });
}
