import { writeFileSync } from 'node:fs';
import { Calls, ExitRequest } from './Calls';
import { currentCall } from './CallScope';
import { describeLoadError, loadHandlerModule } from './handlerModule';
import { takeOverConsole, writeLog } from './logs';
import { NodeContext } from './NodeContext';
import { NodeServer } from './NodeServer';
import { readSettings, StartError, type Settings } from './settings';

const exit = process.exit.bind(process);

/** Ends the process with the reason as last line on stderr and in the termination log. */
function fail(reason: string, code = 1): never {
  const line = reason.replace(/\s+/g, ' ').slice(0, 4_096);
  process.stderr.write(`${line}\n`);
  const log = process.env.KRT_TERMINATION_LOG;
  if (log) {
    try {
      writeFileSync(log, `${line}\n`);
    } catch (error) {
      process.stderr.write(`cannot write ${log}: ${error}\n`);
    }
  }
  return exit(code);
}

function endWith(request: ExitRequest): never {
  return request.code === 0 ? exit(0) : fail(request.message, request.code);
}

/** Inside of a call process.exit is an exception, so that the caller gets an answer first. */
function takeOverExit(): void {
  process.exit = code => {
    const number = Number(code ?? process.exitCode ?? 0);
    if (currentCall()) throw new ExitRequest(number);
    return endWith(new ExitRequest(number));
  };
}

function failOnUncaught(src: string): void {
  const onUncaught = (error: unknown) => {
    if (error instanceof ExitRequest) endWith(error);
    const stack = error instanceof Error ? error.stack : String(error);
    writeLog('error', 'krt-runner', `an exception outside of a call: ${stack}`);
    const name = error instanceof Error ? error.name : 'Error';
    const message = error instanceof Error ? error.message : String(error);
    fail(`${src}: ${name}: ${message}`);
  };
  process.on('uncaughtException', onUncaught);
  process.on('unhandledRejection', onUncaught);
}

async function serve(settings: Settings): Promise<void> {
  let calls: Calls | undefined;
  const server = await NodeServer.listen(settings, () => {
    if (calls?.exitRequest) endWith(calls.exitRequest);
  });
  const context = new NodeContext(settings.node, settings.packageDir);
  failOnUncaught(settings.src);
  takeOverConsole(settings.node);
  takeOverExit();
  let isReady = false;
  const stop = async () => {
    // A module that is still loading has nothing to finish.
    if (!isReady) exit(0);
    setTimeout(() => exit(0), settings.grace * 1_000).unref();
    await server.stop();
    exit(0);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => void stop());
  }
  try {
    const module = await loadHandlerModule(settings);
    await module.init?.(context);
    calls = new Calls(module, context, settings.maxCalls);
  } catch (error) {
    if (error instanceof Error && !(error instanceof StartError)) {
      process.stderr.write(`${error.stack}\n`);
    }
    fail(describeLoadError(error, settings));
  }
  isReady = true;
  server.calls = calls;
  writeLog(
    'info',
    'krt-runner',
    `node '${settings.node}' is ready on ${server.address}`,
  );
}

async function main(): Promise<void> {
  await serve(readSettings(process.env));
}

main().catch((error: unknown) =>
  fail(error instanceof Error ? error.message : String(error)),
);
