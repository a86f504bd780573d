import type { Solution } from '@konstellation/backstage-plugin-konstellation-common';
import type { Command } from 'commander';
import { confirm } from '../input/confirm';
import { oneLine } from '../output/plain';
import { table } from '../output/table';
import { connect } from '../portal/connect';
import { waitUntilGone } from '../portal/waitFor';
import { outputOf, type GlobalOptions } from './context';
import { commentOption, timeoutOf, timeoutOption, yesOption } from './options';

function solutionsTable(solutions: readonly Solution[]): string {
  return table([
    ['SOLUTION', 'NAME', 'PUBLISHED', 'ADDRESS'],
    ...solutions.map(({ id, name, publishedVersion, address, deleting }) => [
      id,
      oneLine(name),
      deleting ? 'being deleted' : publishedVersion ?? '–',
      address.http,
    ]),
  ]);
}

function addListing(solutions: Command): void {
  solutions
    .command('list')
    .description('list the solutions of a runtime, the first one first')
    .argument('<runtime>')
    .action(async (runtime: string, _options, command: Command) => {
      const output = outputOf(command);
      const { client } = await connect(
        command.optsWithGlobals<GlobalOptions>().portal,
      );
      const found = await client.listSolutions(runtime);
      output.result(found, () => solutionsTable(found.items));
    });
}

function addCreating(solutions: Command): void {
  solutions
    .command('create')
    .description('make a solution in a runtime, with an address of its own')
    .argument('<runtime>')
    .argument('<solution>', 'its id, which is part of the address')
    .option('--name <name>', 'the id by default')
    .action(
      async (
        runtime: string,
        id: string,
        { name = id }: { name?: string },
        command: Command,
      ) => {
        const output = outputOf(command);
        const { client } = await connect(
          command.optsWithGlobals<GlobalOptions>().portal,
        );
        const made = await client.createSolution(runtime, { id, name });
        output.result(
          made,
          () => `${id} is in ${runtime}: ${made.address.http}`,
        );
      },
    );
}

interface DeleteOptions {
  comment: string;
  yes?: boolean;
  wait?: boolean;
  timeout: string;
}

function addDeleting(solutions: Command): void {
  solutions
    .command('delete')
    .description('delete a solution with its versions and publications')
    .argument('<runtime>')
    .argument('<solution>')
    .addOption(commentOption())
    .addOption(yesOption())
    .option('-w, --wait', 'wait until it is gone')
    .addOption(timeoutOption())
    .action(
      async (
        runtime: string,
        solution: string,
        options: DeleteOptions,
        command: Command,
      ) => {
        const output = outputOf(command);
        const wait = { timeoutMillis: timeoutOf(options), output };
        const { client } = await connect(
          command.optsWithGlobals<GlobalOptions>().portal,
        );
        if (!options.yes) {
          await confirm(
            output,
            async () =>
              `Delete the solution ${solution} of ${runtime} with its versions, their configuration and publications?`,
          );
        }
        await client.deleteSolution(runtime, solution, options.comment);
        if (options.wait) {
          await waitUntilGone(async () => {
            const { items } = await client.listSolutions(runtime);
            return items.some(({ id }) => id === solution)
              ? `${solution} is being deleted`
              : undefined;
          }, wait);
        }
        const state = options.wait ? { deleted: true } : { deleting: true };
        output.result({ runtime, solution, ...state }, () =>
          options.wait
            ? `${solution} is deleted`
            : `${solution} is being deleted; wait for it with --wait`,
        );
      },
    );
}

export function addSolutions(program: Command): void {
  const solutions = program
    .command('solutions')
    .description('list, make and delete the solutions of a runtime');
  addListing(solutions);
  addCreating(solutions);
  addDeleting(solutions);
}
