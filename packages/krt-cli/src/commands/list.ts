import type {
  Runtime,
  Version,
} from '@konstellation/backstage-plugin-konstellation-common';
import type { Command } from 'commander';
import { usage } from '../errors';
import { oneLine } from '../output/plain';
import { minutes, table } from '../output/table';
import { connect } from '../portal/connect';
import { readAll } from '../portal/readAll';
import { outputOf, type GlobalOptions } from './context';
import { solutionOption } from './options';

function runtimesTable(runtimes: readonly Runtime[]): string {
  if (runtimes.length === 0) return 'no runtimes';
  return table([
    ['RUNTIME', 'STATUS', 'PUBLISHED', 'ADDRESS'],
    ...runtimes.map(({ id, status, publishedVersion, address }) => [
      id,
      status,
      publishedVersion ?? '–',
      address.http,
    ]),
  ]);
}

function versionsTable(versions: readonly Version[]): string {
  if (versions.length === 0) return 'no versions';
  return table([
    ['VERSION', 'SOLUTION', 'STATUS', 'CREATED', 'DESCRIPTION'],
    ...versions.map(version => [
      version.name,
      version.solution,
      version.deleting ? `${version.status}, being deleted` : version.status,
      minutes(version.createdAt),
      oneLine(version.description),
    ]),
  ]);
}

export function addList(program: Command): void {
  program
    .command('list')
    .description('list runtimes, or the versions of one')
    .argument('[runtime]')
    .addOption(solutionOption('only versions of this solution'))
    .action(
      async (
        runtime: string | undefined,
        { solution }: { solution?: string },
        command: Command,
      ) => {
        const output = outputOf(command);
        if (solution !== undefined && runtime === undefined) {
          throw usage('say of which runtime', 'krt list RUNTIME --solution ID');
        }
        const { client } = await connect(
          command.optsWithGlobals<GlobalOptions>().portal,
        );
        if (runtime === undefined) {
          const items = await readAll(page => client.listRuntimes(page));
          output.result({ items }, () => runtimesTable(items));
          return;
        }
        const items = await readAll(page =>
          client.listVersions(runtime, { ...page, solution }),
        );
        output.result({ items }, () => versionsTable(items));
      },
    );
}
