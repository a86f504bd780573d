import type { Command } from 'commander';
import { connect } from '../portal/connect';
import { told, waitFor } from '../portal/waitFor';
import { outputOf, type GlobalOptions } from './context';
import {
  commentOption,
  solutionOption,
  timeoutOf,
  timeoutOption,
} from './options';

interface RollbackOptions {
  comment: string;
  solution?: string;
  to?: string;
  wait?: boolean;
  timeout: string;
}

export function addRollback(program: Command): void {
  program
    .command('rollback')
    .description(
      'publish again what was published before, package and configuration',
    )
    .argument('<runtime>')
    .addOption(commentOption())
    .addOption(solutionOption())
    .option(
      '--to <publication>',
      'an id of `krt publications`; the one before by default',
    )
    .option('-w, --wait', 'wait until it is published')
    .addOption(timeoutOption())
    .action(
      async (runtime: string, options: RollbackOptions, command: Command) => {
        const output = outputOf(command);
        const timeoutMillis = timeoutOf(options);
        const { client } = await connect(
          command.optsWithGlobals<GlobalOptions>().portal,
        );
        let answer = await client.rollback(runtime, {
          solution: options.solution,
          publication: options.to,
          comment: options.comment,
        });
        if (options.wait) {
          answer = await waitFor(
            client,
            { runtime, version: answer.name },
            { goal: 'published', from: answer, timeoutMillis, output },
          );
        }
        output.result(answer, () =>
          options.wait
            ? told(answer)
            : `the portal was told to roll back to ${answer.name}; wait for it with --wait`,
        );
      },
    );
}
