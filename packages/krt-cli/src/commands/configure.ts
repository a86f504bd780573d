import type {
  ConfigurationPreview,
  KonstellationClient,
  UpdateConfigurationRequest,
  VersionRef,
} from '@konstellation/backstage-plugin-konstellation-common';
import { Option, type Command } from 'commander';
import { EXIT, usage, type ExitCode } from '../errors';
import { readChange, type ChangeSources } from '../input/readChange';
import {
  configurationText,
  previewText,
  revisionsText,
  withoutValues,
} from '../output/configuration';
import type { Output } from '../output/Output';
import { writeNewFile } from '../output/writeNewFile';
import { collect } from '../package/values';
import { connect } from '../portal/connect';
import { conditionOf } from '../portal/goals';
import { readAll } from '../portal/readAll';
import { waitFor } from '../portal/waitFor';
import { outputOf, type GlobalOptions } from './context';
import { timeoutOf, timeoutOption } from './options';

interface ConfigureOptions {
  fromFile: string[];
  envFile?: string;
  confirm: string[];
  replace?: UpdateConfigurationRequest['replace'];
  comment?: string;
  dryRun?: boolean;
  wait?: boolean;
  timeout: string;
  revisions?: boolean;
  export?: boolean;
  output?: string;
}

/** A portal, and what is spoken of. */
interface Place {
  client: KonstellationClient;
  ref: VersionRef;
  output: Output;
}

type Change = Omit<UpdateConfigurationRequest, 'comment'>;

/** Every key that waits to be confirmed, instead of one by its name. */
const ALL = 'all';

async function keysToConfirm(
  { client, ref }: Place,
  keys: readonly string[],
): Promise<string[]> {
  if (!keys.includes(ALL)) return [...keys];
  const { configuration } = await client.getVersion(ref);
  const named = keys.filter(key => key !== ALL);
  return [...new Set([...named, ...configuration.unconfirmed])];
}

async function show({ client, ref, output }: Place): Promise<void> {
  const found = await client.getConfiguration(ref);
  output.result(withoutValues(found), () => configurationText(found));
}

async function listRevisions({ client, ref, output }: Place): Promise<void> {
  const items = await readAll(page =>
    client.listConfigurationRevisions(ref, page),
  );
  output.result({ items }, () => revisionsText(items));
}

async function exportValues(
  { client, ref, output }: Place,
  file: string | undefined,
): Promise<void> {
  const env = await client.exportConfiguration(ref);
  if (file === undefined) {
    output.result({ env }, () => env.trimEnd());
    return;
  }
  await writeNewFile(file, env);
  output.result({ file }, () => `${file}: for you alone to read`);
}

/** Whether the command itself would do something, or be refused. */
function exitCodeOf(
  { changes, missing, effect, hasRoom }: ConfigurationPreview,
  { replace }: Change,
): ExitCode {
  const isRunning = effect === 'beside' || effect === 'publication';
  const lacksRoom = !hasRoom && replace !== 'pause';
  if (isRunning && (missing.length > 0 || lacksRoom)) {
    return EXIT.wouldBeRefused;
  }
  return changes.length > 0 ? EXIT.wouldChange : EXIT.ok;
}

async function preview(
  { client, ref, output }: Place,
  change: Change,
): Promise<void> {
  const found = await client.previewConfiguration(ref, change);
  output.result(found, () => previewText(found, change.replace));
  process.exitCode = exitCodeOf(found, change);
}

async function update(
  { client, ref, output }: Place,
  change: Change,
  options: { comment: string; timeoutMillis?: number },
): Promise<void> {
  const { comment, timeoutMillis } = options;
  const answer = await client.updateConfiguration(ref, { ...change, comment });
  const version =
    timeoutMillis === undefined
      ? await client.getVersion(ref)
      : await waitFor(client, ref, {
          goal: 'configured',
          timeoutMillis,
          output,
        });
  const applied = conditionOf(version, 'ConfigurationApplied');
  output.result({ ...withoutValues(answer), applied }, () =>
    [configurationText(answer), ...(applied ? [applied.message] : [])].join(
      '\n',
    ),
  );
}

/** @throws CliError where options do not go together */
function checkTogether(
  hasChange: boolean,
  options: ConfigureOptions,
): 'show' | 'revisions' | 'export' | 'preview' | 'update' {
  const { dryRun, replace, wait, comment } = options;
  const reads = options.export || options.revisions;
  if (hasChange && reads) {
    throw usage(
      '--export and --revisions change nothing: leave the values out',
    );
  }
  if (options.output !== undefined && !options.export) {
    throw usage('--output is for --export');
  }
  if (options.export) return 'export';
  if (options.revisions) return 'revisions';
  if (!hasChange) {
    if (dryRun || replace || wait || comment !== undefined) {
      throw usage('say what changes', 'for example KEY=VALUE');
    }
    return 'show';
  }
  if (dryRun) return 'preview';
  if (!comment) throw usage('say why: -m COMMENT');
  return 'update';
}

async function configure(
  place: Place,
  sources: ChangeSources,
  options: ConfigureOptions,
): Promise<void> {
  const { comment = '', confirm, replace, wait } = options;
  const hasChange =
    sources.assignments.length > 0 ||
    sources.fromFile.length > 0 ||
    sources.envFile !== undefined ||
    confirm.length > 0;
  const mode = checkTogether(hasChange, options);
  const timeoutMillis = wait ? timeoutOf(options) : undefined;
  if (mode === 'show') return show(place);
  if (mode === 'revisions') return listRevisions(place);
  if (mode === 'export') return exportValues(place, options.output);
  const change = {
    ...(await readChange(sources)),
    confirm: await keysToConfirm(place, confirm),
    replace,
  };
  return mode === 'preview'
    ? preview(place, change)
    : update(place, change, { comment, timeoutMillis });
}

export function addConfigure(program: Command): void {
  program
    .command('configure')
    .description('show, set, preview or export the configuration of a version')
    .argument('<runtime>')
    .argument('<version>')
    .argument(
      '[values...]',
      'KEY=VALUE; KEY=- asks for it or reads it from stdin; KEY= takes it away',
    )
    .option(
      '--from-file <key=path>',
      'a value that is the content of a file',
      collect,
      [],
    )
    .option('-e, --env-file <file>', 'values of a .env file, or - for stdin')
    .option(
      '--confirm <key>',
      'let an inherited value take effect, or all',
      collect,
      [],
    )
    .addOption(
      new Option(
        '--replace <how>',
        'beside: no call is lost; pause: end what runs first, where there is no room for two',
      ).choices(['beside', 'pause'] as const),
    )
    .option('-m, --comment <text>', 'why; stands in the activity log')
    .option('--dry-run', 'show what would change, and change nothing')
    .option('-w, --wait', 'wait until what runs has the values')
    .addOption(timeoutOption())
    .addOption(
      new Option('--revisions', 'list who changed what, and when').conflicts([
        'export',
        'dryRun',
      ]),
    )
    .addOption(
      new Option('--export', 'print all values as an .env file').conflicts(
        'dryRun',
      ),
    )
    .option('-o, --output <file>', 'write the export there, for you alone')
    .action(
      async (
        runtime: string,
        version: string,
        assignments: string[],
        options: ConfigureOptions,
        command: Command,
      ) => {
        const { client } = await connect(
          command.optsWithGlobals<GlobalOptions>().portal,
        );
        await configure(
          { client, ref: { runtime, version }, output: outputOf(command) },
          {
            assignments,
            fromFile: options.fromFile,
            envFile: options.envFile,
          },
          options,
        );
      },
    );
}
