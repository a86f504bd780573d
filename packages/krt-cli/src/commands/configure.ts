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
  comment?: string;
  file: string[];
  from?: string;
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
    .option('--from <file>', 'values of a .env file')
    .option(
      '--confirm <key>',
      'let an inherited value take effect',
      collect,
      [],
    )
    .option('-m, --comment <text>', 'why; stands in the activity log')
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
          ...(options.from ? await readEnvFile(options.from) : {}),
          ...parseAssignments(assignments),
          ...(await readFileValues(options.file)),
        };
        const changes =
          Object.keys(values).length > 0 || options.confirm.length > 0;
        if (changes && !options.comment) {
          throw usage('say why: -m COMMENT');
        }
        const { client } = await connect(
          command.optsWithGlobals<GlobalOptions>().portal,
        );
        const answer = changes
          ? await client.updateConfiguration(ref, {
              values,
              confirm: options.confirm,
              comment: options.comment ?? '',
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
