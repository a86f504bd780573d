import type { Publication } from '@konstellation/backstage-plugin-konstellation-common';
import type { Command } from 'commander';
import { oneLine } from '../output/plain';
import { minutes, table } from '../output/table';
import { connect } from '../portal/connect';
import { readAll } from '../portal/readAll';
import { outputOf, type GlobalOptions } from './context';
import { solutionOption } from './options';

function stateOf({ current, packageDeleted }: Publication): string {
  if (current) return 'current';
  return packageDeleted ? 'package deleted' : '';
}

function publicationsTable(publications: readonly Publication[]): string {
  if (publications.length === 0) return 'no publications';
  return table([
    [
      'PUBLICATION',
      'SOLUTION',
      'VERSION',
      'REVISION',
      'AT',
      'BY',
      'STATE',
      'COMMENT',
    ],
    ...publications.map(publication => [
      publication.id,
      publication.solution,
      publication.version,
      String(publication.configurationRevision),
      minutes(publication.publishedAt),
      publication.publishedBy,
      stateOf(publication),
      oneLine(publication.comment),
    ]),
  ]);
}

export function addPublications(program: Command): void {
  program
    .command('publications')
    .description('list what was published in a runtime, newest first')
    .argument('<runtime>')
    .addOption(solutionOption('only of this solution'))
    .action(
      async (
        runtime: string,
        { solution }: { solution?: string },
        command: Command,
      ) => {
        const output = outputOf(command);
        const { client } = await connect(
          command.optsWithGlobals<GlobalOptions>().portal,
        );
        const items = await readAll(page =>
          client.listPublications(runtime, { ...page, solution }),
        );
        output.result({ items }, () => publicationsTable(items));
      },
    );
}
