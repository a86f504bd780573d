// Builds what the portal runs: the pages and the runners. Only what changed since the last time.
import { existsSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { fingerprint, install, readStamp, writeStamp } from './install.mjs';
import { capture } from './processes.mjs';
import { fail, step } from './terminal.mjs';
import { root, toolchainEnvironment } from './toolchain.mjs';

const TARGETS = [
  {
    name: 'runner-entrypoint',
    title: 'entrypoint',
    workspace: '@konstellation/runner-entrypoint',
    inputs: ['runners/entrypoint', 'packages/krt'],
    output: 'runners/entrypoint/dist/main.cjs',
  },
  {
    name: 'runner-node',
    title: 'node runner',
    workspace: '@konstellation/runner-node',
    inputs: ['runners/node'],
    output: 'runners/node/dist/main.cjs',
  },
  {
    name: 'krt-fetch',
    title: 'krt-fetch',
    workspace: '@konstellation/krt-fetch',
    inputs: ['runners/krt-fetch', 'packages/krt'],
    output: 'runners/krt-fetch/dist/main.cjs',
  },
  {
    name: 'app',
    title: 'pages (the first time this takes a minute)',
    workspace: 'app',
    inputs: [
      'packages/app',
      'packages/krt',
      'plugins/konstellation',
      'plugins/konstellation-common',
    ],
    output: 'packages/app/dist/index.html',
  },
];

function inputsOf(target) {
  const files = target.inputs.flatMap(folder => [
    `${folder}/package.json`,
    ...readdirSync(join(root, folder, 'src'), {
      recursive: true,
      withFileTypes: true,
    })
      .filter(entry => entry.isFile() && !/\.test\.tsx?$/.test(entry.name))
      .map(entry => relative(root, join(entry.parentPath, entry.name))),
  ]);
  return fingerprint(['yarn.lock', 'app-config.yaml', ...files]);
}

function stampOf(target) {
  return join(root, 'node_modules', '.konstellation', `built-${target.name}`);
}

/** Builds every target whose inputs changed. */
export async function build(env) {
  for (const target of TARGETS) {
    const inputs = inputsOf(target);
    const built = existsSync(join(root, target.output));
    if (built && readStamp(stampOf(target)) === inputs) continue;
    await step(`Built the ${target.title}`, () =>
      capture('yarn', ['workspace', target.workspace, 'build'], { env }),
    );
    writeStamp(stampOf(target), inputs);
  }
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  try {
    const env = toolchainEnvironment();
    await install(env);
    await build(env);
  } catch (error) {
    fail(error.message);
  }
}
