import { Option, type Command } from 'commander';
import { usage } from '../errors';
import { connect } from '../portal/connect';
import { GOALS, type Goal } from '../portal/goals';
import { told, waitFor, waitUntilDeleted } from '../portal/waitFor';
import { outputOf, type GlobalOptions } from './context';
import { timeoutOf, timeoutOption } from './options';

export function addWait(program: Command): void {
  program
    .command('wait')
    .description('wait until a version is where it is wanted')
    .argument('<runtime>')
    .argument(
      '[version]',
      'may be left out to wait for a runtime to be deleted',
    )
    .addOption(
      new Option('--for <goal>', 'what to wait for')
        .choices(GOALS)
        .default('started'),
    )
    .addOption(timeoutOption())
    .action(
      async (
        runtime: string,
        version: string | undefined,
        options: { for: Goal; timeout: string },
        command: Command,
      ) => {
        const output = outputOf(command);
        const goal = options.for;
        const wait = { timeoutMillis: timeoutOf(options), output };
        if (version === undefined && goal !== 'deleted') {
          throw usage(`say which version is to be ${goal}`);
        }
        const { client } = await connect(
          command.optsWithGlobals<GlobalOptions>().portal,
        );
        if (version === undefined || goal === 'deleted') {
          await waitUntilDeleted(client, { runtime, version }, wait);
          output.result(
            { runtime, version, deleted: true },
            () => `${version ?? runtime} is deleted`,
          );
          return;
        }
        const answer = await waitFor(
          client,
          { runtime, version },
          { goal, ...wait },
        );
        output.result(answer, () => told(answer));
      },
    );
}
