import type {
  Page,
  Runtime,
  Version,
} from '@konstellation/backstage-plugin-konstellation-common';
import type { Command } from 'commander';
import { table } from '../output/table';
import { connect } from '../portal/connect';
import { outputOf, type GlobalOptions } from './context';

/** Pages read at most. */
const MAX_PAGES = 100;

async function readAll<T>(
  read: (cursor?: string) => Promise<Page<T>>,
): Promise<T[]> {
  const items: T[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < MAX_PAGES; page++) {
    const { items: some, nextCursor } = await read(cursor);
    items.push(...some);
    if (!nextCursor) break;
    cursor = nextCursor;
  }
  return items;
}

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
    ['VERSION', 'STATUS', 'CREATED', 'DESCRIPTION'],
    ...versions.map(version => [
      version.name,
      version.status,
      version.createdAt.slice(0, 16).replace('T', ' '),
      version.description,
    ]),
  ]);
}

export function addList(program: Command): void {
  program
    .command('list')
    .description('list runtimes, or the versions of one')
    .argument('[runtime]')
    .option('--solution <id>', 'only versions of this solution')
    .action(
      async (
        runtime: string | undefined,
        options: { solution?: string },
        command: Command,
      ) => {
        const output = outputOf(command);
        const { client } = await connect(
          command.optsWithGlobals<GlobalOptions>().portal,
        );
        if (runtime === undefined) {
          const runtimes = await readAll(cursor =>
            client.listRuntimes({ cursor, limit: 200 }),
          );
          output.result({ items: runtimes }, () => runtimesTable(runtimes));
          return;
        }
        const versions = await readAll(cursor =>
          client.listVersions(runtime, {
            cursor,
            limit: 200,
            solution: options.solution,
          }),
        );
        output.result({ items: versions }, () => versionsTable(versions));
      },
    );
}
