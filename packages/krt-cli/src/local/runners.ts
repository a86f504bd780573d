import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { CliError } from '../errors';

const requireHere = createRequire(__filename);

function folderOf(name: string): string {
  try {
    return dirname(requireHere.resolve(`${name}/package.json`));
  } catch {
    throw new CliError(`${name} is not installed`, {
      hint: 'install @konstellation/krt-cli with its dependencies',
    });
  }
}

function bundleOf(name: string): string {
  const bundle = join(folderOf(name), 'dist', 'main.cjs');
  if (existsSync(bundle)) return bundle;
  throw new CliError(`${name} is not built`, {
    hint: 'in a clone: npm run setup',
  });
}

/** Which of our runners plays an image; those of the original engine are played by ours. */
const RUNNERS: Array<{ match: RegExp; command: () => string[] }> = [
  {
    match: /(^|\/)konstellation\/(kre-py|python)(:|@|$)/,
    command: () => [
      process.env.KRT_PYTHON || 'python3',
      join(folderOf('@konstellation/runner-python'), 'krt_runner'),
    ],
  },
  {
    match: /(^|\/)konstellation\/node(:|@|$)/,
    command: () => [process.execPath, bundleOf('@konstellation/runner-node')],
  },
];

/** @throws CliError for an image that needs a container engine */
export function commandOf(node: { name: string; image: string }): string[] {
  const runner = RUNNERS.find(({ match }) => match.test(node.image));
  if (runner) return runner.command();
  throw new CliError(
    `the node "${node.name}" runs the image "${node.image}", which cannot be run here`,
    {
      hint: 'here run konstellation/python, konstellation/node and konstellation/kre-py; try this package in a portal',
    },
  );
}

export function entrypointCommand(): string[] {
  return [process.execPath, bundleOf('@konstellation/runner-entrypoint')];
}
