import { Calls } from './Calls';
import { endWith, exit, fail, failOnUncaught, takeOverExit } from './ending';
import { describe, messageOf, StartError } from './errors';
import { loadHandlerModule } from './handlerModule';
import { describeFailure } from './loadErrors';
import { takeOverConsole, takeOverWarnings, writeLog } from './logs';
import { NodeContext } from './NodeContext';
import { NodeServer } from './NodeServer';
import { readSettings, type Settings } from './settings';

async function loadCalls(settings: Settings): Promise<Calls> {
  const context = new NodeContext(settings.node, settings.packageDir);
  try {
    const module = await loadHandlerModule(settings);
    await module.init?.(context);
    return new Calls(module, context, settings.maxCalls);
  } catch (error) {
    if (!(error instanceof StartError)) {
      process.stderr.write(`${describe(error)}\n`);
    }
    return fail(describeFailure(error, settings));
  }
}

function stopOnSignals(server: NodeServer, grace: number): void {
  const stop = async () => {
    // A module that is still loading has nothing to finish.
    if (!server.calls) exit(0);
    setTimeout(() => exit(0), grace * 1_000).unref();
    await server.stop();
    exit(0);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => void stop());
  }
}

async function main(): Promise<void> {
  const settings = readSettings(process.env);
  const server = await NodeServer.listen(settings, endWith);
  failOnUncaught(settings);
  takeOverConsole(settings.node);
  takeOverWarnings();
  takeOverExit();
  stopOnSignals(server, settings.grace);
  server.calls = await loadCalls(settings);
  writeLog(
    'info',
    'krt-runner',
    `node '${settings.node}' is ready on ${server.address}`,
  );
}

main().catch((error: unknown) => fail(messageOf(error)));
