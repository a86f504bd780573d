import { openAsBlob } from 'node:fs';
import { stat } from 'node:fs/promises';
import {
  KrtRefusedError,
  type Version,
} from '@konstellation/backstage-plugin-konstellation-common';
import type { Command } from 'commander';
import { CliError, EXIT, usage } from '../errors';
import { showProblems } from '../output/problems';
import { formatBytes } from '../output/table';
import {
  InvalidPackageError,
  openPackage,
  openValidPackage,
} from '../package/openPackage';
import { connect } from '../portal/connect';
import { FileUploadMemory } from '../portal/FileUploadMemory';
import { waitFor } from '../portal/waitFor';
import { outputOf, type GlobalOptions } from './context';
import { runtimeOption, timeoutOption, timeoutOf } from './options';

interface PushOptions extends GlobalOptions {
  runtime?: string;
  solution?: string;
  start?: boolean;
  publish?: boolean;
  message?: string;
  timeout: string;
}

/** `12.0 MiB of 512.0 MiB, 38.1 MiB/s, 13 s left` */
function progressText(
  { sent, total }: { sent: number; total: number },
  began: { at: number; sent: number },
): string {
  const seconds = (performance.now() - began.at) / 1_000;
  const speed = seconds > 0 ? (sent - began.sent) / seconds : 0;
  const left = speed > 0 ? Math.ceil((total - sent) / speed) : undefined;
  const bar = '━'.repeat(Math.round((sent / total) * 30)).padEnd(30, '─');
  return [
    `${bar} ${formatBytes(sent)} of ${formatBytes(total)}`,
    `${formatBytes(Math.round(speed))}/s`,
    ...(left === undefined ? [] : [`${left} s left`]),
  ].join(', ');
}

export function addPush(program: Command): void {
  program
    .command('push')
    .description('upload a package; a new version of the runtime')
    .argument('<file>', 'a .krt')
    .addOption(runtimeOption())
    .option('--solution <id>', 'the first one of the runtime by default')
    .option('--start', 'start the version and wait until it is ready')
    .option('--publish', 'start and publish it')
    .option('-m, --message <comment>', 'why, for --start and --publish')
    .addOption(timeoutOption())
    .action(async (file: string, options: PushOptions, command: Command) => {
      const output = outputOf(command);
      const { runtime } = options;
      if (!runtime) throw usage('say to which runtime: --runtime ID');
      if ((await stat(file)).isDirectory()) {
        throw usage(
          `"${file}" is a folder`,
          `make a package of it: krt pack ${file}`,
        );
      }
      const { digest, manifest, problems, manifestText } =
        await openValidPackage(file);
      showProblems(output, problems, manifestText);
      const comment = options.message ?? manifest.description.slice(0, 1_000);
      const { client } = await connect(
        command.optsWithGlobals<GlobalOptions>().portal,
      );
      const stopping = new AbortController();
      let began: { at: number; sent: number } | undefined;
      let version: Version;
      try {
        version = await client.uploadVersion(runtime, await openAsBlob(file), {
          digest,
          solution: options.solution,
          signal: stopping.signal,
          memory: new FileUploadMemory(),
          onProgress: progress => {
            began ??= { at: performance.now(), sent: progress.sent };
            output.progress(progressText(progress, began));
          },
        });
      } catch (error) {
        if (!(error instanceof KrtRefusedError)) throw error;
        throw new InvalidPackageError({
          ...(await openPackage(file)),
          problems: error.problems,
        });
      }
      const ref = { runtime, version: version.name };
      if (!output.options.json) {
        output.done(`${version.name} is in ${runtime}`);
      }
      if (options.start || options.publish) {
        const { completed, missing } = version.configuration;
        if (!completed) {
          throw new CliError(
            `version config is incomplete: ${missing.join(', ')}`,
            {
              exitCode: EXIT.refused,
              hint: `krt configure ${runtime} ${version.name} ${
                missing[0] ?? 'KEY'
              }=… -m COMMENT`,
            },
          );
        }
        await client.startVersion(ref, comment);
        const wait = { timeoutMillis: timeoutOf(options), output };
        version = await waitFor(client, ref, { goal: 'started', ...wait });
        if (options.publish) {
          await client.publishVersion(ref, comment);
          version = await waitFor(client, ref, { goal: 'published', ...wait });
        }
      }
      output.result(version, () => {
        const next = version.commands.start.allowed
          ? `krt start ${runtime} ${version.name} -m COMMENT`
          : version.commands.start.reason;
        return `${version.name} is ${version.status}${
          version.status === 'CREATED' && next ? ` · next: ${next}` : ''
        }`;
      });
    });
}
