import type { KonstellationClient } from '@konstellation/backstage-plugin-konstellation-common';
import type { Command } from 'commander';
import { confirm } from '../input/confirm';
import { count } from '../output/table';
import { connect } from '../portal/connect';
import { waitUntilDeleted } from '../portal/waitFor';
import { outputOf, type GlobalOptions } from './context';
import { commentOption, timeoutOf, timeoutOption, yesOption } from './options';

interface DeleteOptions {
  comment: string;
  yes?: boolean;
  wait?: boolean;
  timeout: string;
}

async function runtimeQuestion(
  client: KonstellationClient,
  runtime: string,
): Promise<string> {
  const { versionCounts, solutions } = await client.getRuntime(runtime);
  return `Delete the runtime ${runtime} with ${[
    count(solutions.length, 'solution'),
    count(versionCounts.total, 'version'),
  ].join(', ')}, their configuration and publications?`;
}

export function addDelete(program: Command): void {
  program
    .command('delete')
    .description('delete a version, or a runtime with all it holds')
    .argument('<runtime>')
    .argument('[version]', 'the whole runtime where it is left out')
    .addOption(commentOption())
    .addOption(yesOption())
    .option('-w, --wait', 'wait until it is gone')
    .addOption(timeoutOption())
    .action(
      async (
        runtime: string,
        version: string | undefined,
        options: DeleteOptions,
        command: Command,
      ) => {
        const output = outputOf(command);
        const wait = { timeoutMillis: timeoutOf(options), output };
        const { client } = await connect(
          command.optsWithGlobals<GlobalOptions>().portal,
        );
        if (!options.yes) {
          await confirm(output, async () =>
            version === undefined
              ? runtimeQuestion(client, runtime)
              : `Delete the version ${version} of ${runtime}?`,
          );
        }
        if (version === undefined) {
          await client.deleteRuntime(runtime, options.comment);
        } else {
          await client.deleteVersion({ runtime, version }, options.comment);
        }
        if (options.wait) {
          await waitUntilDeleted(client, { runtime, version }, wait);
        }
        const state = options.wait ? { deleted: true } : { deleting: true };
        output.result({ runtime, version, ...state }, () =>
          options.wait
            ? `${version ?? runtime} is deleted`
            : `${version ?? runtime} is being deleted; wait for it with --wait`,
        );
      },
    );
}
