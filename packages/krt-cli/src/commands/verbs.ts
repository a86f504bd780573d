import type {
  KonstellationClient,
  Version,
  VersionRef,
} from '@konstellation/backstage-plugin-konstellation-common';
import type { Command } from 'commander';
import { connect } from '../portal/connect';
import { told, waitFor } from '../portal/waitFor';
import { outputOf, type GlobalOptions } from './context';
import { commentOption, timeoutOf, timeoutOption } from './options';

interface VerbOptions {
  comment: string;
  publishWhenReady?: boolean;
  wait?: boolean;
  timeout: string;
}

const VERBS = [
  { name: 'start', goal: 'started', says: 'start a version' },
  {
    name: 'publish',
    goal: 'published',
    says: 'make a started version accessible',
  },
  {
    name: 'unpublish',
    goal: 'unpublished',
    says: 'make a version inaccessible; it stays started',
  },
  {
    name: 'stop',
    goal: 'stopped',
    says: 'stop a version, or cancel its start',
  },
] as const;

function send(
  client: KonstellationClient,
  name: (typeof VERBS)[number]['name'],
  ref: VersionRef,
  { comment, publishWhenReady }: VerbOptions,
): Promise<Version> {
  return name === 'start'
    ? client.startVersion(ref, comment, { publishWhenReady })
    : client[`${name}Version`](ref, comment);
}

export function addVerbs(program: Command): void {
  for (const { name, goal, says } of VERBS) {
    const verb = program
      .command(name)
      .description(says)
      .argument('<runtime>')
      .argument('<version>')
      .addOption(commentOption());
    if (name === 'start') {
      verb.option(
        '--publish-when-ready',
        'publish it as soon as every node is ready',
      );
    }
    verb
      .option('-w, --wait', 'wait until it is')
      .addOption(timeoutOption())
      .action(
        async (
          runtime: string,
          version: string,
          options: VerbOptions,
          command: Command,
        ) => {
          const output = outputOf(command);
          const timeoutMillis = timeoutOf(options);
          const { client } = await connect(
            command.optsWithGlobals<GlobalOptions>().portal,
          );
          const ref = { runtime, version };
          let answer = await send(client, name, ref, options);
          if (options.wait) {
            answer = await waitFor(client, ref, {
              goal: options.publishWhenReady ? 'published' : goal,
              from: answer,
              timeoutMillis,
              output,
            });
          }
          output.result(answer, () =>
            options.wait
              ? told(answer)
              : `the portal was told to ${name} ${version}; wait for it with --wait`,
          );
        },
      );
  }
}
