import type { KrtManifestV1, KrtRpc } from '@konstellation/krt';
import type { Command } from 'commander';
import { CliError, EXIT, usage } from '../errors';
import { LocalRun, type LocalAnswer } from '../local/LocalRun';
import type { Output } from '../output/Output';
import { plain } from '../output/plain';
import { openValidPackage } from '../package/openPackage';
import {
  collect,
  parseAssignments,
  readEnvFile,
  readFileValues,
  readRequest,
} from '../package/values';
import { outputOf } from './context';

/** Last lines of the nodes that are shown when a call fails. */
const MAX_LINES = 30;

interface TestOptions {
  workflow?: string;
  rpc?: string;
  request?: string;
  config: string[];
  configFile: string[];
  envFile?: string;
  timeout: string;
  logs?: boolean;
  keep?: boolean;
}

/** What to call. @throws CliError */
function callsOf(
  manifest: KrtManifestV1,
  rpcs: readonly KrtRpc[],
  options: TestOptions,
) {
  const wanted = manifest.workflows.filter(
    ({ name, entrypoint }) =>
      (options.workflow === undefined || name === options.workflow) &&
      (options.rpc === undefined || entrypoint === options.rpc),
  );
  if (wanted.length === 0) {
    throw usage(
      'the package has no such workflow',
      `it has: ${manifest.workflows
        .map(({ name, entrypoint }) => `${name} (${entrypoint})`)
        .join(', ')}`,
    );
  }
  if (options.request !== undefined && wanted.length > 1) {
    throw usage('one request is for one workflow', 'add --workflow or --rpc');
  }
  return wanted.map(({ name, entrypoint }) => ({
    workflow: name,
    rpc: entrypoint,
    example: rpcs.find(rpc => rpc.name === entrypoint)?.example ?? {},
  }));
}

async function configurationOf(
  manifest: KrtManifestV1,
  options: TestOptions,
): Promise<Record<string, string>> {
  const declared = [...manifest.config.variables, ...manifest.config.files];
  const fromFile = options.envFile ? await readEnvFile(options.envFile) : {};
  const given: Record<string, string> = {
    ...Object.fromEntries(
      Object.entries(fromFile).filter(([key]) => declared.includes(key)),
    ),
    ...parseAssignments(options.config),
    ...(await readFileValues(options.configFile)),
  };
  const unknown = Object.keys(given).filter(key => !declared.includes(key));
  if (unknown.length > 0) {
    throw usage(
      `version config contains an unknown key: ${unknown.join(', ')}`,
      `krt.yml declares: ${declared.join(', ') || 'none'}`,
    );
  }
  const missing = declared.filter(key => !given[key]);
  if (missing.length > 0) {
    throw usage(
      `version config is incomplete: ${missing.join(', ')}`,
      `give a value: --config ${missing[0]}=…`,
    );
  }
  return given;
}

function show(
  output: Output,
  call: { workflow: string; rpc: string; request: unknown },
  answer: LocalAnswer,
): void {
  const { bold, dim, green, red } = output.colors;
  const ok = answer.status === 200;
  output.say(
    `${ok ? green('✓') : red('✗')} ${bold(call.workflow)} ${dim(
      `${call.rpc}, ${answer.millis} ms`,
    )}`,
  );
  output.say(`  ${dim('request')}  ${JSON.stringify(call.request)}`);
  output.say(
    `  ${dim(ok ? 'answer ' : 'error  ')}  ${JSON.stringify(answer.body)}`,
  );
}

export function addTest(program: Command): void {
  program
    .command('test')
    .description('run the workflows of a package here, without a portal')
    .argument('[file]', 'a .krt or a folder', '.')
    .option('--workflow <name>', 'only this workflow')
    .option('--rpc <name>', 'only the workflow of this rpc')
    .option(
      '--request <json>',
      'JSON, @file or -; the example of the proto by default',
    )
    .option('--config <key=value>', 'a value of the configuration', collect, [])
    .option('--config-file <key=path>', 'a value from a file', collect, [])
    .option('-e, --env-file <file>', 'values of the configuration as .env')
    .option('--timeout <seconds>', 'until all is ready, and of each call', '60')
    .option('--logs', 'show what the nodes write')
    .option('--keep', 'keep the unpacked package')
    .action(async (file: string, options: TestOptions, command: Command) => {
      const output = outputOf(command);
      if (file === '-') throw usage('a package on stdin cannot be run');
      const { manifest, proto } = await openValidPackage(file);
      if (manifest.krtVersion !== 'v1') {
        throw new CliError('workflow format v2 cannot run yet');
      }
      const timeoutMillis = Number(options.timeout) * 1_000;
      if (!(timeoutMillis > 0)) throw usage('--timeout is a number of seconds');
      const calls = callsOf(manifest, proto.rpcs, options);
      const configuration = await configurationOf(manifest, options);
      const request =
        options.request === undefined
          ? undefined
          : await readRequest(options.request);
      output.progress('starting the nodes …');
      const lines: string[] = [];
      const run = await LocalRun.start({
        file,
        manifest,
        proto,
        configuration,
        timeoutMillis,
        onLine: (node, line) => {
          const text = `${node}  ${plain(line)}`;
          if (options.logs) output.say(output.colors.dim(text));
          else if (lines.push(text) > MAX_LINES) lines.shift();
        },
      });
      const results = [];
      try {
        for (const { example, ...call } of calls) {
          const sent = request ?? example;
          const answer = await run.call(call.rpc, sent, timeoutMillis);
          results.push({ ...call, request: sent, ...answer });
          show(output, { ...call, request: sent }, answer);
        }
      } finally {
        await run.end({ keep: options.keep });
      }
      if (options.keep) output.say(`kept in ${run.directory}`);
      const failed = results.some(({ status }) => status !== 200);
      if (failed && !options.logs) {
        output.say();
        for (const line of lines) output.say(output.colors.dim(line));
      }
      output.result({ ok: !failed, calls: results }, () => undefined);
      if (failed) process.exitCode = EXIT.refused;
    });
}
