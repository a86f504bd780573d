// A Kubernetes cluster for development and tests, by hand.
//   node tools/dev-cluster/cluster.mjs up [IMAGE.tar ...]   brings it up, or what is missing of it, with these OCI images
//   node tools/dev-cluster/cluster.mjs load IMAGE.tar ...   brings images into it
//   node tools/dev-cluster/cluster.mjs exec COMMAND ...     runs a command in its network, where pods and Services answer
//   node tools/dev-cluster/cluster.mjs status               what of it runs
//   node tools/dev-cluster/cluster.mjs down                 ends it; what was compiled is kept
//   node tools/dev-cluster/cluster.mjs build                compiles what it is made of; --all: what it can do without, too
// Options come before the first argument: --name NAME and --port PORT for another one beside it; `up` takes --metrics, --kwok and
// --helm for these, and --control-plane for a cluster without a node. Ends with 3 where this machine can have none.
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { bold, dim, fail, green, red, say, step } from '../terminal.mjs';
import { inside } from './commands.mjs';
import { endWhereImpossible } from './endWhereImpossible.mjs';
import {
  insideEnvironment,
  prepareDevCluster,
  runningDevCluster,
  startDevCluster,
  statusOf,
  stopDevCluster,
} from './index.mjs';
import { clusterSettings } from './settings.mjs';
import { ALL_TOOLS } from './tools.mjs';

const OPTIONS = {
  name: { type: 'string' },
  port: { type: 'string' },
  'control-plane': { type: 'boolean' },
  metrics: { type: 'boolean' },
  kwok: { type: 'boolean' },
  helm: { type: 'boolean' },
  all: { type: 'boolean' },
};

const commands = {
  async up(options, images) {
    endWhereImpossible(options);
    const begun = Date.now();
    const { kubeconfig } = await startDevCluster({
      ...options,
      images,
      node: !options['control-plane'],
    });
    const seconds = ((Date.now() - begun) / 1000).toFixed(1);
    say(`${green('✓')} The cluster is up ${dim(`${seconds} s`)}\n`);
    say(`  export KUBECONFIG=${kubeconfig}`);
  },

  async build(options) {
    endWhereImpossible(options);
    const tools = options.all ? ALL_TOOLS : [];
    await prepareDevCluster(clusterSettings(options), step, tools);
    say(`${green('✓')} All is compiled`);
  },

  async load(options, images) {
    await step(`Loaded ${images.join(', ')}`, () =>
      runningDevCluster(options).load(images),
    );
  },

  exec(options, command) {
    if (command.length === 0) fail('Say what to run.');
    const settings = runningDevCluster(options);
    const [first, ...rest] = inside(settings, command);
    const { status } = spawnSync(first, rest, {
      stdio: 'inherit',
      env: insideEnvironment(settings, process.env),
    });
    process.exitCode = status ?? 1;
  },

  status(options) {
    const settings = runningDevCluster(options);
    for (const { name, pid } of statusOf(settings)) {
      say(`${name.padEnd(26)}${pid ?? red('ended')}`);
      if (pid === undefined) process.exitCode = 1;
    }
  },

  async down(options) {
    await step('Ended the cluster', () => stopDevCluster(options));
  },
};

/** Options end where the first argument begins: what comes then may be a command with options of its own. */
function split(words) {
  const { tokens } = parseArgs({
    args: words,
    options: OPTIONS,
    strict: false,
    tokens: true,
  });
  const first = tokens.find(({ kind }) => kind !== 'option');
  const end = first?.index ?? words.length;
  const { values } = parseArgs({ args: words.slice(0, end), options: OPTIONS });
  const rest = words.slice(end);
  return { options: values, args: rest[0] === '--' ? rest.slice(1) : rest };
}

const [name, ...words] = process.argv.slice(2);
const command = Object.hasOwn(commands, name ?? '') && commands[name];
if (!command) {
  fail(`Say ${Object.keys(commands).map(bold).join(', ')}.`);
}
try {
  const { options, args } = split(words);
  await command(options, args);
} catch (error) {
  fail(error.message);
}
