import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { packFiles, readKrtFile } from '@konstellation/krt/node';
import type { Command } from 'commander';
import { CliError, usage } from '../errors';
import { countProblems, showProblems } from '../output/problems';
import { count, formatBytes, table } from '../output/table';
import { contentOf, filesOf, type FolderFile } from '../package/files';
import { InvalidPackageError, openPackage } from '../package/openPackage';
import { outputOf } from './context';

const SHOWN_FILES = 5;
/** Bytes above which something is often in the folder that does not belong there. */
const LARGE = 100 * 1024 * 1024;

async function checkFolder(folder: string): Promise<void> {
  const known = await stat(folder);
  if (!known.isDirectory()) {
    throw usage(`"${folder}" is no folder`, 'name the folder krt.yml lies in');
  }
}

/** Writes aside and renames, so that a half package is never seen. */
async function write(files: readonly FolderFile[], target: string) {
  const part = `${target}.part-${process.pid}`;
  await mkdir(dirname(target), { recursive: true });
  try {
    const packed = packFiles(
      files.map(file => ({ ...file, content: contentOf(file) })),
    );
    await pipeline(Readable.from(packed), createWriteStream(part));
    await rename(part, target);
  } finally {
    await rm(part, { force: true });
  }
}

export function addPack(program: Command): void {
  program
    .command('pack')
    .description(
      'make a package of a folder; the same files give the same bytes',
    )
    .argument('[folder]', 'the folder krt.yml lies in', '.')
    .option('-o, --output <file>', 'the package; <version>.krt by default')
    .option('--force', 'pack although there are errors')
    .action(
      async (
        folder: string,
        options: { output?: string; force?: boolean },
        command: Command,
      ) => {
        const output = outputOf(command);
        await checkFolder(folder);
        const opened = await openPackage(folder);
        if (!opened.manifest && !options.force) {
          throw new InvalidPackageError(opened);
        }
        showProblems(output, opened.problems, opened.manifestText);
        const version = opened.manifest?.version;
        if (!options.output && !version) {
          throw new CliError('the package has no name without a version', {
            hint: 'say where to write it: --output FILE',
          });
        }
        const target = resolve(options.output ?? `${version}.krt`);
        const files = await filesOf(folder);
        await write(files, target);
        const { digest, size, unpackedSize } = await readKrtFile(target);
        if (size > LARGE) {
          output.warn(
            `the package is large, ${formatBytes(
              size,
            )}: name what is not needed in .krtignore`,
          );
        }
        const biggest = [...files]
          .sort((a, b) => b.size - a.size)
          .slice(0, SHOWN_FILES);
        if (!output.options.json) {
          output.say(
            table(biggest.map(file => [formatBytes(file.size), file.path])),
          );
          if (files.length > biggest.length) {
            output.say(
              output.colors.dim(
                `and ${count(files.length - biggest.length, 'smaller file')}`,
              ),
            );
          }
          const counts = countProblems(opened.problems);
          output.done(
            `${target}: ${count(files.length, 'file')}, ${formatBytes(
              unpackedSize,
            )} packed to ${formatBytes(size)}${counts ? `, ${counts}` : ''}`,
          );
        }
        output.result(
          {
            file: target,
            version,
            digest,
            size,
            unpackedSize,
            files: files.map(({ path, size: bytes }) => ({
              path,
              size: bytes,
            })),
            problems: opened.problems,
          },
          () => output.colors.dim(digest),
        );
      },
    );
}
