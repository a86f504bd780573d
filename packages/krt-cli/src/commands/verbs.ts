import type { Version } from '@konstellation/backstage-plugin-konstellation-common';
import type { Command } from 'commander';
import { connect } from '../portal/connect';
import { GOALS, waitFor, type Goal } from '../portal/waitFor';
import { usage } from '../errors';
import { outputOf, type GlobalOptions } from './context';
import { commentOption, timeoutOf, timeoutOption } from './options';

interface VerbOptions {
  comment: string;
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
  { name: 'stop', goal: 'stopped', says: 'stop a version' },
] as const;

function isGoal(text: string): text is Goal {
  return GOALS.some(goal => goal === text);
}

function told(version: Version): string {
  return `${version.name} is ${version.status}${
    version.statusMessage ? `: ${version.statusMessage}` : ''
  }`;
}

export function addVerbs(program: Command): void {
  for (const { name, goal, says } of VERBS) {
    program
      .command(name)
      .description(says)
      .argument('<runtime>')
      .argument('<version>')
      .addOption(commentOption())
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
          const { client } = await connect(
            command.optsWithGlobals<GlobalOptions>().portal,
          );
          const ref = { runtime, version };
          let answer = await client[`${name}Version`](ref, options.comment);
          if (options.wait) {
            const timeoutMillis = timeoutOf(options);
            answer = await waitFor(client, ref, {
              goal,
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

  program
    .command('rollback')
    .description('publish again what was published before')
    .argument('<runtime>')
    .addOption(commentOption())
    .option('--solution <id>', 'the first one of the runtime by default')
    .option('--publication <id>', 'the one before by default')
    .option('-w, --wait', 'wait until it is published')
    .addOption(timeoutOption())
    .action(
      async (
        runtime: string,
        options: VerbOptions & { solution?: string; publication?: string },
        command: Command,
      ) => {
        const output = outputOf(command);
        const { client } = await connect(
          command.optsWithGlobals<GlobalOptions>().portal,
        );
        let answer = await client.rollback(runtime, {
          solution: options.solution,
          publication: options.publication,
          comment: options.comment,
        });
        if (options.wait) {
          answer = await waitFor(
            client,
            { runtime, version: answer.name },
            {
              goal: 'published',
              timeoutMillis: timeoutOf(options),
              output,
            },
          );
        }
        output.result(answer, () => told(answer));
      },
    );

  program
    .command('wait')
    .description('wait until a version is where it is wanted')
    .argument('<runtime>')
    .argument('<version>')
    .option('--for <goal>', GOALS.join(', '), 'started')
    .addOption(timeoutOption())
    .action(
      async (
        runtime: string,
        version: string,
        options: { for: string; timeout: string },
        command: Command,
      ) => {
        const output = outputOf(command);
        if (!isGoal(options.for)) {
          throw usage(`cannot wait for "${options.for}"`, GOALS.join(', '));
        }
        const { client } = await connect(
          command.optsWithGlobals<GlobalOptions>().portal,
        );
        const answer = await waitFor(
          client,
          { runtime, version },
          { goal: options.for, timeoutMillis: timeoutOf(options), output },
        );
        output.result(answer, () => told(answer));
      },
    );
}
