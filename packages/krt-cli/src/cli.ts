import { Command, CommanderError } from 'commander';
import { version } from '../package.json';
import { addActivity } from './commands/activity';
import { addCall } from './commands/call';
import { addCompletion } from './commands/completion';
import { addConfigure } from './commands/configure';
import { addDelete } from './commands/delete';
import { addDocs } from './commands/docs';
import { addInit } from './commands/init';
import { addInspect } from './commands/inspect';
import { addList } from './commands/list';
import { addLogin } from './commands/login';
import { addLogs } from './commands/logs';
import { addPack } from './commands/pack';
import { addPublications } from './commands/publications';
import { addPush } from './commands/push';
import { addRollback } from './commands/rollback';
import { addSchema } from './commands/schema';
import { addSolutions } from './commands/solutions';
import { addStatus } from './commands/status';
import { addTest } from './commands/test';
import { addValidate } from './commands/validate';
import { addVerbs } from './commands/verbs';
import { addWait } from './commands/wait';
import { EXIT, explain, withoutValue } from './errors';
import { Output } from './output/Output';
import { countProblems, showProblems } from './output/problems';
import { InvalidPackageError } from './package/openPackage';

function createProgram(): Command {
  const program = new Command('krt')
    .description(
      'KRT packages: make, check and run them, and take them to a portal',
    )
    .version(version)
    .option('--json', 'one JSON document for programs')
    .option('--portal <url>', 'the portal; KRT_PORTAL or the login by default')
    .option('--no-color', 'without colours')
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      outputError: (text, write) => write(withoutValue(text)),
    })
    .showSuggestionAfterError()
    .exitOverride();
  for (const add of [
    addInit,
    addValidate,
    addTest,
    addPack,
    addInspect,
    addDocs,
    addSchema,
    addLogin,
    addPush,
    addConfigure,
    addVerbs,
    addRollback,
    addDelete,
    addWait,
    addCall,
    addLogs,
    addStatus,
    addList,
    addSolutions,
    addPublications,
    addActivity,
    addCompletion,
  ]) {
    add(program);
  }
  for (const command of program.commands) command.exitOverride();
  return program;
}

function report(error: unknown): void {
  const isJson = process.argv.includes('--json');
  const output = new Output({
    json: isJson,
    noColor: process.argv.includes('--no-color'),
  });
  const { name, message, hint, details, exitCode } = explain(error);
  process.exitCode = exitCode;
  if (isJson) {
    output.line({ error: { name, message, hint, ...details } }, () => '');
    return;
  }
  // Commander has said it already.
  if (error instanceof CommanderError) return;
  if (error instanceof InvalidPackageError) {
    const { problems, manifestText } = error.opened;
    showProblems(output, problems, manifestText);
    output.fail(`${message}: ${countProblems(problems)}`);
    return;
  }
  output.fail(message, hint);
}

async function main(): Promise<void> {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', error => {
      // Whoever reads us has enough, as `head` does.
      if ('code' in error && error.code === 'EPIPE') process.exit(EXIT.ok);
      throw error;
    });
  }
  process.once('SIGINT', () => process.exit(EXIT.interrupted));
  process.once('SIGTERM', () => process.exit(EXIT.terminated));
  process.once('SIGHUP', () => process.exit(EXIT.hungUp));
  try {
    await createProgram().parseAsync();
  } catch (error) {
    // Help and version were asked for, and given.
    if (error instanceof CommanderError && error.exitCode === 0) return;
    report(error);
  }
}

main().catch(error => {
  process.stderr.write(`${error instanceof Error ? error.stack : error}\n`);
  process.exitCode = EXIT.refused;
});
