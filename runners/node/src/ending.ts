import { writeFileSync } from 'node:fs';
import { currentCall } from './CallScope';
import { describe, ExitRequest } from './errors';
import { describeFailure } from './loadErrors';
import { writeLog } from './logs';
import type { Settings } from './settings';

/** Node's own, whatever the module's is. */
export const exit = process.exit.bind(process);

/** Ends the process with the reason as last line on stderr and in the termination log. */
export function fail(reason: string, code = 1): never {
  const line = reason.replace(/\s+/g, ' ').slice(0, 4_096);
  const log = process.env.KRT_TERMINATION_LOG;
  if (log) {
    try {
      writeFileSync(log, `${line}\n`);
    } catch (error) {
      process.stderr.write(`cannot write ${log}: ${error}\n`);
    }
  }
  process.stderr.write(`${line}\n`);
  return exit(code);
}

export function endWith(request: ExitRequest): never {
  return request.code === 0 ? exit(0) : fail(request.message, request.code);
}

/** Inside of a call process.exit is an exception, so that the caller gets an answer first. */
export function takeOverExit(): void {
  process.exit = code => {
    const number = Number(code ?? process.exitCode ?? 0);
    const request = new ExitRequest(Number.isInteger(number) ? number : 1);
    const call = currentCall();
    if (!call?.isRunning) return endWith(request);
    call.exitRequest ??= request;
    throw request;
  };
}

/** What fails outside of a call may have left the process in any state: it ends, and the platform starts a new one. */
export function failOnUncaught(settings: Settings): void {
  const onUncaught = (error: unknown) => {
    if (error instanceof ExitRequest) endWith(error);
    writeLog(
      'error',
      'krt-runner',
      `an exception outside of a call: ${describe(error)}`,
    );
    fail(describeFailure(error, settings));
  };
  process.on('uncaughtException', onUncaught);
  process.on('unhandledRejection', onUncaught);
}
