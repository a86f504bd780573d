// Builds what the portal runs, and the tool `krt`: only what changed since the last time.
//   node tools/build.mjs [TARGET ...]
import { existsSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  filesOfWorkspaces,
  fingerprint,
  install,
  readStamp,
  writeStamp,
} from './install.mjs';
import { capture } from './processes.mjs';
import { fail, step } from './terminal.mjs';
import { root, toolchainEnvironment } from './toolchain.mjs';

const CONFIG_SCHEMA = 'packages/backend/dist/config-schema.json';

/** With it a portal finds what it would otherwise work out at each start; the target `config-schema` has to be built. */
export const builtSchemaEnvironment = {
  KONSTELLATION_CONFIG_SCHEMA: join(root, CONFIG_SCHEMA),
};

/** Everything that `backstage-cli package build` puts into the bundle of the portal. */
const PORTAL_INPUTS = ['packages', 'plugins', 'runners']
  .flatMap(folder =>
    readdirSync(join(root, folder)).map(name => `${folder}/${name}`),
  )
  .filter(folder => existsSync(join(root, folder, 'src')));

const TARGETS = [
  {
    name: 'portal',
    title: 'bundle of the portal (this takes some minutes)',
    workspace: 'backend',
    inputs: PORTAL_INPUTS,
    output: 'packages/backend/dist/bundle.tar.gz',
    // Only images need it. It comes first, as it empties the folder that the schema is written to.
    isOptional: true,
  },
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
    name: 'krt-cli',
    title: 'krt',
    workspace: '@konstellation/krt-cli',
    inputs: [
      'packages/krt-cli',
      'packages/krt',
      'plugins/konstellation-common',
    ],
    output: 'packages/krt-cli/dist/krt.cjs',
  },
  {
    name: 'config-schema',
    title: 'schema of the configuration',
    workspace: 'backend',
    script: 'build:config-schema',
    inputs: [],
    files: () => [
      'packages/backend/configSchema.mjs',
      ...filesOfWorkspaces('package.json'),
      ...filesOfWorkspaces('config.d.ts'),
    ],
    output: CONFIG_SCHEMA,
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
    // What of the configuration reaches the pages is built into them.
    ...['package.json', 'config.d.ts']
      .map(name => `${folder}/${name}`)
      .filter(file => existsSync(join(root, file))),
    ...readdirSync(join(root, folder, 'src'), {
      recursive: true,
      withFileTypes: true,
    })
      .filter(entry => entry.isFile() && !/\.test\.tsx?$/.test(entry.name))
      .map(entry => relative(root, join(entry.parentPath, entry.name))),
  ]);
  return fingerprint([
    'yarn.lock',
    'app-config.yaml',
    ...files,
    ...(target.files?.() ?? []),
  ]);
}

function stampOf(target) {
  return join(root, 'node_modules', '.konstellation', `built-${target.name}`);
}

const BY_DEFAULT = TARGETS.filter(({ isOptional }) => !isOptional).map(
  ({ name }) => name,
);

/** Builds every target whose inputs changed, or those that are named. */
export async function build(env, names = BY_DEFAULT) {
  for (const target of TARGETS.filter(({ name }) => names.includes(name))) {
    const inputs = inputsOf(target);
    const built = existsSync(join(root, target.output));
    if (built && readStamp(stampOf(target)) === inputs) continue;
    await step(`Built the ${target.title}`, () =>
      capture(
        'yarn',
        ['workspace', target.workspace, target.script ?? 'build'],
        { env },
      ),
    );
    writeStamp(stampOf(target), inputs);
  }
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  try {
    const env = toolchainEnvironment();
    await install(env);
    const names = process.argv.slice(2);
    await build(env, names.length > 0 ? names : undefined);
  } catch (error) {
    fail(error.message);
  }
}
