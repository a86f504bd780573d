import { writeFileSync } from 'node:fs';
import { Entrypoint } from './Entrypoint';
import { createLog } from './log';
import { readSettings } from './settings';

const log = createLog(line => process.stdout.write(line));

async function main(): Promise<void> {
  const entrypoint = Entrypoint.create(readSettings(process.env), log);
  const ports = await entrypoint.start();
  log.write(
    'info',
    `listening on ${Object.entries(ports)
      .map(([name, port]) => `${port} (${name})`)
      .join(', ')}`,
    { ports },
  );
  let isStopping = false;
  const stop = () => {
    if (!isStopping) {
      isStopping = true;
      log.write('info', 'stopping: calls in flight finish');
      entrypoint.stop().then(() => process.exit(0), fail);
    }
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

/** The last line on stderr is the reason that users are shown; the kubelet reads it from the termination log. */
function fail(error: unknown): void {
  const reason = (error instanceof Error ? error.message : String(error))
    .replace(/\s+/g, ' ')
    .slice(0, 4096);
  const terminationLog = process.env.KRT_TERMINATION_LOG;
  if (terminationLog) {
    try {
      writeFileSync(terminationLog, `${reason}\n`);
    } catch {
      // The reason is on stderr too.
    }
  }
  process.stderr.write(`${reason}\n`, () => process.exit(1));
}

main().catch(fail);
