import type { LogLine } from '@konstellation/backstage-plugin-konstellation-common';
import type { Command } from 'commander';
import { usage } from '../errors';
import { plain } from '../output/plain';
import { connect } from '../portal/connect';
import { outputOf, type GlobalOptions } from './context';

interface LogsOptions {
  follow?: boolean;
  node?: string;
  workflow?: string;
  level?: string;
  since?: string;
}

const LEVELS: Array<LogLine['level']> = ['debug', 'info', 'warn', 'error'];
const UNITS: Record<string, number> = { s: 1, m: 60, h: 3_600, d: 86_400 };

function levelOf(text: string | undefined): LogLine['level'] | undefined {
  if (text === undefined) return undefined;
  const found = LEVELS.find(level => level === text);
  if (!found) throw usage(`"${text}" is no level`, LEVELS.join(', '));
  return found;
}

/** `10m`, `2h`, or a time of ISO 8601. */
function sinceOf(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const [, number, unit] = /^(\d+)([smhd])$/.exec(text) ?? [];
  const at = number
    ? new Date(Date.now() - Number(number) * (UNITS[unit ?? 's'] ?? 1) * 1_000)
    : new Date(text);
  if (Number.isNaN(at.getTime())) {
    throw usage(
      `"${text}" is no time`,
      'for example 10m, 2h or 2026-01-31T08:00:00Z',
    );
  }
  return at.toISOString();
}

export function addLogs(program: Command): void {
  program
    .command('logs')
    .description('show what the nodes of a version write')
    .argument('<runtime>')
    .argument('<version>')
    .option('-f, --follow', 'go on as lines come')
    .option('--node <name>', 'only this node')
    .option('--workflow <name>', 'only nodes of this workflow')
    .option('--level <level>', 'debug, info, warn or error, and what is above')
    .option('--since <time>', 'for example 10m, or a time of ISO 8601')
    .action(
      async (
        runtime: string,
        version: string,
        options: LogsOptions,
        command: Command,
      ) => {
        const output = outputOf(command);
        const { dim, red, yellow } = output.colors;
        const level = levelOf(options.level);
        const since = sinceOf(options.since);
        const { client } = await connect(
          command.optsWithGlobals<GlobalOptions>().portal,
        );
        const lines = client.readLogs(
          { runtime, version },
          {
            follow: options.follow,
            node: options.node,
            workflow: options.workflow,
            level,
            since,
          },
        );
        const tones: Record<string, (text: string) => string> = {
          warn: yellow,
          error: red,
          debug: dim,
        };
        for await (const line of lines) {
          output.line(line, () => {
            const tone = tones[line.level] ?? String;
            return `${dim(line.at)} ${line.node} ${tone(plain(line.message))}`;
          });
        }
      },
    );
}
