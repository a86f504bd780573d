import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { DEFAULT_LIMITS, readTar } from '@konstellation/krt';
import { nodePlatform } from '@konstellation/krt/node';
import type { Command } from 'commander';
import { CliError } from '../errors';
import { plain } from '../output/plain';
import { filesOf } from '../package/files';
import { openPackage } from '../package/openPackage';
import { outputOf } from './context';

const MAX_SHOWN = 4 * 1024 * 1024;

function isDocs(path: string): boolean {
  return path.startsWith('docs/') || /^[^/]+\.md$/i.test(path);
}

/** The page one reads first. */
function indexOf(paths: readonly string[]): string | undefined {
  return ['docs/README.md', 'README.md'].find(name => paths.includes(name));
}

async function readOne(file: string, path: string): Promise<string> {
  if ((await stat(file)).isDirectory())
    return readFile(join(file, path), 'utf8');
  const tar = nodePlatform.gunzip(createReadStream(file));
  for await (const entry of readTar(tar, { limits: DEFAULT_LIMITS })) {
    if (entry.path !== path) continue;
    if (entry.size > MAX_SHOWN) break;
    const chunks: Uint8Array[] = [];
    for await (const chunk of entry.content) chunks.push(Buffer.from(chunk));
    return Buffer.concat(chunks).toString('utf8');
  }
  throw new CliError(`"${path}" cannot be shown`);
}

async function pathsOf(file: string): Promise<string[]> {
  const files = (await stat(file)).isDirectory()
    ? await filesOf(file)
    : (await openPackage(file)).files;
  return files.map(({ path }) => path).filter(isDocs);
}

export function addDocs(program: Command): void {
  program
    .command('docs')
    .description('print the documentation of a package')
    .argument('<file>', 'a .krt or a folder')
    .argument('[page]', 'a file of it; docs/README.md by default')
    .option('--list', 'list its files')
    .action(
      async (
        file: string,
        page: string | undefined,
        options: { list?: boolean },
        command: Command,
      ) => {
        const output = outputOf(command);
        const paths = await pathsOf(file);
        if (options.list) {
          output.result({ files: paths }, () => paths.join('\n'));
          return;
        }
        const wanted = page ?? indexOf(paths);
        if (!wanted || !paths.includes(wanted)) {
          throw new CliError(
            wanted
              ? `the documentation has no page "${wanted}"`
              : 'the package has no documentation',
            {
              hint: wanted
                ? 'see which there are: --list'
                : 'write docs/README.md: what the solution does and how to call it',
            },
          );
        }
        const text = await readOne(file, wanted);
        output.result({ file: wanted, text }, () => plain(text.trimEnd()));
      },
    );
}
