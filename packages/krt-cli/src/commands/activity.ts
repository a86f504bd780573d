import type {
  Activity,
  ActivityFilter,
  ActivityType,
} from '@konstellation/backstage-plugin-konstellation-common';
import { Option, type Command } from 'commander';
import { usage } from '../errors';
import { oneLine } from '../output/plain';
import { minutes, table } from '../output/table';
import { connect } from '../portal/connect';
import { readAll } from '../portal/readAll';
import { outputOf, type GlobalOptions } from './context';
import { timeOf } from './options';

/** Of every type, so that none is forgotten here. */
const TYPES: Record<ActivityType, true> = {
  'runtime.created': true,
  'runtime.updated': true,
  'runtime.deleted': true,
  'solution.created': true,
  'solution.deleted': true,
  'runtime.drift-corrected': true,
  'version.created': true,
  'version.configured': true,
  'version.configuration-applied': true,
  'version.configuration-dropped': true,
  'version.publication-dropped': true,
  'version.start': true,
  'version.started': true,
  'version.stop': true,
  'version.stopped': true,
  'version.publish': true,
  'version.published': true,
  'version.unpublish': true,
  'version.unpublished': true,
  'version.rollback': true,
  'version.failed': true,
  'version.recovered': true,
  'version.deleted': true,
};

interface ActivityOptions {
  actor?: string;
  type?: string;
  since?: string;
  until?: string;
  limit: string;
  format?: 'csv' | 'ndjson';
}

function limitOf({ limit }: ActivityOptions): number {
  const number = Number(limit);
  if (Number.isInteger(number) && number > 0) return number;
  throw usage('--limit is a number of entries');
}

function activitiesTable(activities: readonly Activity[]): string {
  if (activities.length === 0) return 'no activity';
  return table([
    ['AT', 'BY', 'WHAT', 'WHERE', 'STATUS', 'COMMENT'],
    ...activities.map(activity => [
      minutes(activity.at),
      activity.actor,
      activity.type,
      [activity.runtime, activity.version ?? activity.solution]
        .filter(Boolean)
        .join('/'),
      activity.to && activity.from !== activity.to
        ? `${activity.from ?? ''}→${activity.to}`
        : '',
      oneLine(activity.comment) +
        (activity.count ? ` (${activity.count} times)` : ''),
    ]),
  ]);
}

export function addActivity(program: Command): void {
  program
    .command('activity')
    .description('show who did what, when and why, newest first')
    .argument('[runtime]', 'all one may read by default')
    .argument('[version]')
    .option('--actor <ref>', 'for example user:default/ana, or system')
    .addOption(
      new Option('--type <type>', 'only entries of this type').choices(
        Object.keys(TYPES),
      ),
    )
    .option('--since <time>', 'for example 2h, or a time of ISO 8601')
    .option('--until <time>', 'before it')
    .option('--limit <number>', 'how many entries at most', '50')
    .addOption(
      new Option(
        '--format <format>',
        'the whole log as a file for other programs, without limit',
      ).choices(['csv', 'ndjson']),
    )
    .action(
      async (
        runtime: string | undefined,
        version: string | undefined,
        options: ActivityOptions,
        command: Command,
      ) => {
        const output = outputOf(command);
        const { actor, type, format } = options;
        const limit = limitOf(options);
        const filter: ActivityFilter = {
          runtime,
          version,
          actor,
          type,
          since: timeOf(options.since),
          until: timeOf(options.until),
        };
        if (format && output.options.json) {
          throw usage('--format and --json exclude each other');
        }
        const { client } = await connect(
          command.optsWithGlobals<GlobalOptions>().portal,
        );
        if (format) {
          const log = await client.exportActivities({ ...filter, format });
          process.stdout.write(new Uint8Array(await log.arrayBuffer()));
          return;
        }
        const items = await readAll(
          page => client.listActivities({ ...page, ...filter }),
          limit,
        );
        output.result({ items }, () => activitiesTable(items));
      },
    );
}
