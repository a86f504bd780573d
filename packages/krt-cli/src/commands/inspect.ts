import { usedNodes, workflowGraphs } from '@konstellation/krt';
import type { Command } from 'commander';
import { countProblems } from '../output/problems';
import { count, formatBytes, table } from '../output/table';
import { openValidPackage } from '../package/openPackage';
import { outputOf } from './context';

const SHOWN_FILES = 10;

export function addInspect(program: Command): void {
  program
    .command('inspect')
    .description('show what is in a package')
    .argument('<file>', 'a .krt, a folder, or - for stdin')
    .option('--files', 'show all files')
    .action(
      async (file: string, options: { files?: boolean }, command: Command) => {
        const output = outputOf(command);
        const { bold, dim } = output.colors;
        const opened = await openValidPackage(file);
        const { manifest, proto, files, digest, size, unpackedSize } = opened;
        const graphs = workflowGraphs(manifest);
        const nodes = usedNodes(manifest);
        const bySize = [...files].sort((a, b) => b.size - a.size);
        const shown = options.files ? bySize : bySize.slice(0, SHOWN_FILES);
        const { variables, files: configFiles } = manifest.config;
        output.result(
          {
            version: manifest.version,
            description: manifest.description,
            format: opened.format,
            digest,
            size,
            unpackedSize,
            entrypoint: manifest.entrypoint,
            service: proto.service,
            workflows: graphs.map(({ name, rpc, nodes: steps, edges }) => ({
              name,
              rpc,
              nodes: steps.map(node => node.name),
              edges,
            })),
            nodes,
            config: manifest.config,
            files,
            problems: opened.problems,
          },
          () =>
            [
              `${bold(manifest.version)}  ${manifest.description}`,
              table([
                ['format', opened.format ?? ''],
                ...(digest ? [['digest', digest]] : []),
                ...(size === undefined ? [] : [['packed', formatBytes(size)]]),
                ['unpacked', formatBytes(unpackedSize ?? 0)],
                ['service', proto.service],
                ['variables', variables.join(', ') || 'none'],
                ['config files', configFiles.join(', ') || 'none'],
                ['problems', countProblems(opened.problems) || 'none'],
              ]),
              '',
              bold('Workflows'),
              ...graphs.map(
                ({ name, rpc, edges }) =>
                  `  ${name} (${rpc})\n${edges
                    .map(({ from, to }) => `    ${from} → ${to}`)
                    .join('\n')}`,
              ),
              '',
              bold('Nodes'),
              table(
                nodes.map(node => [
                  `  ${node.name}`,
                  node.src,
                  node.image,
                  node.gpu ? 'gpu' : '',
                ]),
              ),
              '',
              bold(`Files (${files.length})`),
              table(
                shown.map(each => [`  ${formatBytes(each.size)}`, each.path]),
              ),
              ...(shown.length < files.length
                ? [
                    dim(
                      `  and ${count(
                        files.length - shown.length,
                        'smaller file',
                      )}, see --files`,
                    ),
                  ]
                : []),
            ].join('\n'),
        );
      },
    );
}
