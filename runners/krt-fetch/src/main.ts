import { fetchPackage } from './fetchPackage';
import { readSettings } from './settings';

function log(level: 'info' | 'warn', message: string): void {
  const record = { level, message, time: new Date().toISOString() };
  process.stdout.write(`${JSON.stringify(record)}\n`);
}

async function main(): Promise<void> {
  // The user of the nodes may be another one, and only reads.
  process.umask(0o022);
  const stopping = new AbortController();
  const stop = () =>
    stopping.abort(new Error('stopped before the package was there'));
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);

  const settings = readSettings(process.env);
  const start = Date.now();
  const { size, files } = await fetchPackage(settings, {
    signal: stopping.signal,
    onRetry: (reason, pauseMs) =>
      log('warn', `${reason}; trying again in ${pauseMs} ms`),
  });
  log(
    'info',
    `unpacked ${settings.digest}: ${files} files from ${size} bytes in ${
      Date.now() - start
    } ms`,
  );
}

main().catch((error: unknown) => {
  // One line: it is what users are shown as the reason.
  const reason = (error instanceof Error ? error.message : String(error))
    .replace(/\s+/g, ' ')
    .slice(0, 4096);
  process.exitCode = 1;
  process.stderr.write(`${reason}\n`);
});
