import type { LogLine } from '@konstellation/backstage-plugin-konstellation-common';
import { Option, type Command } from 'commander';
import type { Output } from '../output/Output';
import { plain } from '../output/plain';
import { connect } from '../portal/connect';
import { outputOf, type GlobalOptions } from './context';
import { timeOf } from './options';

interface LogsOptions {
  follow?: boolean;
  node?: string;
  workflow?: string;
  level?: LogLine['level'];
  since?: string;
}

/** Lines of the portal itself tell where lines are missing, and cannot be taken for what a node wrote. */
function lineText(
  { at, node, level, message, marker }: LogLine,
  output: Output,
) {
  const { dim, red, yellow } = output.colors;
  const tones: Record<string, (text: string) => string> = {
    warn: yellow,
    error: red,
    debug: dim,
  };
  const tone = tones[level] ?? String;
  return marker
    ? yellow(`${at} ${node} ── ${plain(message)} ──`)
    : `${dim(at)} ${node} ${tone(plain(message))}`;
}

export function addLogs(program: Command): void {
  program
    .command('logs')
    .description(
      'show what the nodes of a version write, or wrote before it was stopped',
    )
    .argument('<runtime>')
    .argument('<version>')
    .option('-f, --follow', 'go on as lines come')
    .option('--node <name>', 'only this node')
    .option('--workflow <name>', 'only nodes of this workflow')
    .addOption(
      new Option('--level <level>', 'this level, and what is above').choices([
        'debug',
        'info',
        'warn',
        'error',
      ]),
    )
    .option('--since <time>', 'for example 10m, or a time of ISO 8601')
    .action(
      async (
        runtime: string,
        version: string,
        options: LogsOptions,
        command: Command,
      ) => {
        const output = outputOf(command);
        const { follow, node, workflow, level } = options;
        const since = timeOf(options.since);
        const { client } = await connect(
          command.optsWithGlobals<GlobalOptions>().portal,
        );
        const lines = client.readLogs(
          { runtime, version },
          { follow, node, workflow, level, since },
        );
        for await (const line of lines) {
          output.line(line, () => lineText(line, output));
        }
      },
    );
}
