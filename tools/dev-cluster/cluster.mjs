// A Kubernetes cluster for development, by hand.
//   node tools/dev-cluster/cluster.mjs up [IMAGE.tar ...]   brings it up, or what is missing of it, with these OCI images
//   node tools/dev-cluster/cluster.mjs load IMAGE.tar ...   brings images into it
//   node tools/dev-cluster/cluster.mjs exec COMMAND ...     runs a command in its network, where pods and Services answer
//   node tools/dev-cluster/cluster.mjs status               what of it runs
//   node tools/dev-cluster/cluster.mjs down                 ends it; what was compiled is kept
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { bold, fail, red, say, step } from '../terminal.mjs';
import { inside } from './commands.mjs';
import {
  clusterProblem,
  clusterSettings,
  startDevCluster,
  statusOf,
  stopDevCluster,
} from './index.mjs';

const CANNOT = 3;

const commands = {
  async up(...images) {
    const problem = clusterProblem();
    if (problem) {
      process.stderr.write(`${red('✗')} No cluster here: ${problem}\n`);
      process.exit(CANNOT);
    }
    const { kubeconfig } = await startDevCluster({ images });
    say(`\n  export KUBECONFIG=${kubeconfig}`);
  },

  async load(...images) {
    const { load } = await startDevCluster();
    load(images);
  },

  exec(...command) {
    const settings = clusterSettings();
    const [first, ...rest] = inside(settings, command);
    const KUBECONFIG = join(settings.state, 'inside.kubeconfig');
    const { status } = spawnSync(first, rest, {
      stdio: 'inherit',
      env: { ...process.env, KUBECONFIG },
    });
    process.exitCode = status ?? 1;
  },

  status() {
    for (const { name, pid } of statusOf(clusterSettings())) {
      say(`${name.padEnd(26)}${pid === undefined ? red('ended') : pid}`);
    }
  },

  async down() {
    await step('Ended the cluster', () => stopDevCluster());
  },
};

const [name, ...rest] = process.argv.slice(2);
const command = commands[name];
if (!command) {
  fail(`Say ${Object.keys(commands).map(bold).join(', ')}.`);
}
try {
  await command(...rest);
} catch (error) {
  fail(error.message);
}
