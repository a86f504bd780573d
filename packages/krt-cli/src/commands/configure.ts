import type { Command } from 'commander';
import { usage } from '../errors';
import { table } from '../output/table';
import {
  collect,
  parseAssignments,
  readEnvFile,
  readFileValues,
} from '../package/values';
import { connect } from '../portal/connect';
import { outputOf, type GlobalOptions } from './context';

interface ConfigureOptions {
  message?: string;
  file: string[];
  envFile?: string;
  confirm: string[];
}

export function addConfigure(program: Command): void {
  program
    .command('configure')
    .description('show or set values of the configuration of a version')
    .argument('<runtime>')
    .argument('<version>')
    .argument('[values...]', 'KEY=VALUE')
    .option('--file <key=path>', 'a value from a file', collect, [])
    .option('--env-file <file>', 'values as .env')
    .option(
      '--confirm <key>',
      'let an inherited value take effect',
      collect,
      [],
    )
    .option('-m, --message <comment>', 'why; stands in the activity log')
    .action(
      async (
        runtime: string,
        version: string,
        assignments: string[],
        options: ConfigureOptions,
        command: Command,
      ) => {
        const output = outputOf(command);
        const ref = { runtime, version };
        const values = {
          ...(options.envFile ? await readEnvFile(options.envFile) : {}),
          ...parseAssignments(assignments),
          ...(await readFileValues(options.file)),
        };
        const changes =
          Object.keys(values).length > 0 || options.confirm.length > 0;
        if (changes && !options.message) {
          throw usage('say why: -m COMMENT');
        }
        const { client } = await connect(
          command.optsWithGlobals<GlobalOptions>().portal,
        );
        const answer = changes
          ? await client.updateConfiguration(ref, {
              values,
              confirm: options.confirm,
              comment: options.message ?? '',
            })
          : await client.getConfiguration(ref);
        output.result(answer, () =>
          [
            table(
              answer.entries.map(entry => [
                entry.key,
                entry.isSet ? entry.value ?? '••••' : 'missing',
                entry.inheritedFrom
                  ? `from ${entry.inheritedFrom}${
                      entry.unconfirmed ? ', to be confirmed' : ''
                    }`
                  : '',
              ]),
            ),
            answer.completed
              ? `complete, revision ${answer.revision}`
              : `incomplete: ${answer.entries
                  .filter(entry => !entry.isSet || entry.unconfirmed)
                  .map(({ key }) => key)
                  .join(', ')}`,
          ].join('\n'),
        );
      },
    );
}
