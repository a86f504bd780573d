import type { Command } from 'commander';
import { EXIT } from '../errors';
import { countProblems, showProblems } from '../output/problems';
import { openPackage, type OpenedPackage } from '../package/openPackage';
import { outputOf } from './context';

function verdict({ problems, format }: OpenedPackage) {
  return {
    valid: problems.every(({ severity }) => severity !== 'error'),
    format,
    problems,
  };
}

export function addValidate(program: Command): void {
  program
    .command('validate')
    .description('say all that is wrong with a package')
    .argument('<file...>', 'a .krt, a folder, a krt.yml, or - for stdin')
    .action(async (files: string[], _options, command: Command) => {
      const output = outputOf(command);
      const { green, red, yellow } = output.colors;
      const verdicts = [];
      for (const file of files) {
        const opened = await openPackage(file);
        const found = verdict(opened);
        verdicts.push({ file, ...found });
        if (output.options.json) continue;
        showProblems(output, opened.problems, opened.manifestText);
        const counts = countProblems(opened.problems);
        const tone = found.valid ? yellow : red;
        output.say(
          `${found.valid ? green('✓') : red('✗')} ${file} is ${
            found.valid ? 'valid' : 'not valid'
          }${counts ? `: ${tone(counts)}` : ''}`,
        );
      }
      const [only] = verdicts;
      output.result(
        verdicts.length === 1 && only
          ? { valid: only.valid, format: only.format, problems: only.problems }
          : verdicts,
        () => undefined,
      );
      if (verdicts.some(({ valid }) => !valid)) process.exitCode = EXIT.refused;
    });
}
