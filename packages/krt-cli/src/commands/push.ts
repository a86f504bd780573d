import { openAsBlob } from 'node:fs';
import { stat } from 'node:fs/promises';
import {
  KrtRefusedError,
  type KonstellationClient,
  type Version,
} from '@konstellation/backstage-plugin-konstellation-common';
import type { Command } from 'commander';
import { CliError, usage } from '../errors';
import type { Output } from '../output/Output';
import { showProblems } from '../output/problems';
import { uploadProgress } from '../output/uploadProgress';
import {
  InvalidPackageError,
  openValidPackage,
  type OpenedPackage,
} from '../package/openPackage';
import { connect } from '../portal/connect';
import { FileUploadMemory } from '../portal/FileUploadMemory';
import { waitFor } from '../portal/waitFor';
import { outputOf, type GlobalOptions } from './context';
import {
  runtimeOption,
  solutionOption,
  timeoutOf,
  timeoutOption,
} from './options';

/** The portal takes no longer ones. */
const MAX_COMMENT = 1_000;

interface PushOptions extends GlobalOptions {
  runtime?: string;
  solution?: string;
  start?: boolean;
  publish?: boolean;
  wait?: boolean;
  comment?: string;
  timeout: string;
}

/** Sends the package, unless the portal has it. @throws InvalidPackageError with what the portal says */
async function upload(
  client: KonstellationClient,
  opened: OpenedPackage,
  options: { runtime: string; solution?: string; output: Output },
): Promise<Version> {
  const { file, digest } = opened;
  try {
    return await client.uploadVersion(options.runtime, await openAsBlob(file), {
      digest,
      solution: options.solution,
      memory: new FileUploadMemory(),
      onProgress: uploadProgress(options.output),
    });
  } catch (error) {
    if (!(error instanceof KrtRefusedError)) throw error;
    throw new InvalidPackageError({ ...opened, problems: error.problems });
  }
}

/** @throws CliError that names the values a version waits for */
function checkConfiguration(runtime: string, version: Version): void {
  const { completed, missing, unconfirmed } = version.configuration;
  if (completed) return;
  const change = missing[0] === undefined ? '--confirm all' : `${missing[0]}=…`;
  throw new CliError(
    `${version.name} is in ${runtime}, but its configuration is incomplete: ${[
      ...missing,
      ...unconfirmed,
    ].join(', ')}`,
    {
      hint: `krt configure ${runtime} ${version.name} ${change} -m COMMENT`,
      details: { version: version.name, missing, unconfirmed },
    },
  );
}

export function addPush(program: Command): void {
  program
    .command('push')
    .description('upload a package; a new version of the runtime')
    .argument('<file>', 'a .krt')
    .addOption(runtimeOption())
    .addOption(solutionOption())
    .option('--start', 'start the version')
    .option(
      '--publish',
      'start it, publish it as soon as it is ready, and wait for that',
    )
    .option('-w, --wait', 'wait until it is started')
    .option(
      '-m, --comment <text>',
      'why it is started; the description of the package by default',
    )
    .addOption(timeoutOption())
    .action(async (file: string, options: PushOptions, command: Command) => {
      const output = outputOf(command);
      const { runtime, solution } = options;
      if (!runtime) throw usage('say to which runtime: --runtime ID');
      const wait = { timeoutMillis: timeoutOf(options), output };
      if (file === '-' || (await stat(file)).isDirectory()) {
        throw usage(
          `"${file}" is no file`,
          'make a package of a folder: krt pack FOLDER',
        );
      }
      const opened = await openValidPackage(file);
      showProblems(output, opened.problems, opened.manifestText);
      const comment =
        options.comment ?? opened.manifest.description.slice(0, MAX_COMMENT);
      const { client } = await connect(
        command.optsWithGlobals<GlobalOptions>().portal,
      );
      let version = await upload(client, opened, { runtime, solution, output });
      const ref = { runtime, version: version.name };
      if (!output.options.json) {
        output.done(`${version.name} is in ${runtime}`);
      }
      if (options.start || options.publish) {
        checkConfiguration(runtime, version);
        version = await client.startVersion(ref, comment, {
          publishWhenReady: options.publish,
        });
        if (options.publish || options.wait) {
          version = await waitFor(client, ref, {
            goal: options.publish ? 'published' : 'started',
            from: version,
            ...wait,
          });
        }
      }
      output.result(version, () => {
        const { commands, name, status } = version;
        const next = commands.start.allowed
          ? `krt start ${runtime} ${name} -m COMMENT`
          : commands.start.reason;
        return `${name} is ${status}${
          status === 'CREATED' && next ? `; next: ${next}` : ''
        }`;
      });
    });
}
