import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import * as prompts from '@clack/prompts';
import type { Command } from 'commander';
import { CliError, EXIT, usage } from '../errors';
import { starterFiles, type Language } from '../starter/starterFiles';
import { outputOf } from './context';

const NAME = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const LANGUAGES: Language[] = ['python', 'node'];

function checkName(name: string): string | undefined {
  if (name.length > 16)
    return 'at most 16 characters, so that -v1 fits behind it';
  return NAME.test(name) ? undefined : 'use a–z, 0–9 and single dashes inside';
}

function isLanguage(text: unknown): text is Language {
  return LANGUAGES.some(language => language === text);
}

/** An answer; Ctrl-C ends the command. */
function answered<T extends string>(
  answer: T | typeof prompts.CANCEL_SYMBOL,
): T {
  if (prompts.isCancel(answer)) {
    throw new CliError('nothing was made', { exitCode: EXIT.interrupted });
  }
  return answer;
}

async function askLanguage(): Promise<Language> {
  return answered<Language>(
    await prompts.select<Language>({
      message: 'Which language are the nodes written in?',
      options: [
        { value: 'python', label: 'Python' },
        { value: 'node', label: 'TypeScript' },
      ],
    }),
  );
}

/** What a solution in this folder may be called. */
function nameFor(folder: string | undefined): string {
  const name = folder === undefined ? '' : basename(resolve(folder));
  return checkName(name) === undefined ? name : 'greeter';
}

async function askName(suggested: string): Promise<string> {
  return answered<string>(
    await prompts.text({
      message: 'What is the solution called?',
      placeholder: suggested,
      defaultValue: suggested,
      validate: text => checkName(text || suggested),
    }),
  );
}

export function addInit(program: Command): void {
  program
    .command('init')
    .description('make the folder of a package that runs')
    .argument('[folder]', 'where; named like the solution by default')
    .option('--language <language>', 'python or node')
    .option('--name <name>', 'name of the solution')
    .option('-y, --yes', 'ask nothing')
    .action(
      async (
        folder: string | undefined,
        options: { language?: string; name?: string; yes?: boolean },
        command: Command,
      ) => {
        const output = outputOf(command);
        const asks = output.isInteractive && !options.yes;
        const { language = asks ? await askLanguage() : 'python' } = options;
        if (!isLanguage(language)) {
          throw usage(`"${language}" is no language`, 'python or node');
        }
        const suggested = nameFor(folder);
        const name =
          options.name ?? (asks ? await askName(suggested) : suggested);
        const wrong = checkName(name);
        if (wrong) throw usage(`"${name}" cannot be the name: ${wrong}`);
        const target = resolve(folder ?? name);
        const files = starterFiles(language, name);
        const taken = Object.keys(files).filter(path =>
          existsSync(join(target, path)),
        );
        if (taken.length > 0) {
          throw new CliError(`${target} has ${taken.join(', ')} already`, {
            hint: 'choose another folder; nothing was written',
          });
        }
        for (const [path, text] of Object.entries(files)) {
          await mkdir(dirname(join(target, path)), { recursive: true });
          await writeFile(join(target, path), text, { flag: 'wx' });
        }
        output.done(`${target}`);
        output.say(
          [
            '',
            `  krt test ${folder ?? name}       run it here`,
            `  krt pack ${folder ?? name}       make a package of it`,
            `  krt push ${name}-v1.krt -r RUNTIME`,
          ].join('\n'),
        );
        output.result(
          { folder: target, files: Object.keys(files) },
          () => undefined,
        );
      },
    );
}
