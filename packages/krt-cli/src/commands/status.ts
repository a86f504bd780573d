import type {
  NodeReport,
  Solution,
  VersionStatusReport,
} from '@konstellation/backstage-plugin-konstellation-common';
import type { Command } from 'commander';
import { table } from '../output/table';
import { connect } from '../portal/connect';
import { outputOf, type GlobalOptions } from './context';

/** Ready and wanted pods, and the bounds where the cluster scales: `2/2 (2-6)`. */
function podsOf({ readyReplicas, replicas, autoscaling }: NodeReport): string {
  const bounds = autoscaling ? ` (${autoscaling.min}-${autoscaling.max})` : '';
  return `${readyReplicas}/${replicas}${bounds}`;
}

function reportText(report: VersionStatusReport): string {
  return [
    `${report.version} is ${report.status}${
      report.statusMessage ? `: ${report.statusMessage}` : ''
    }`,
    ...report.workflows.map(({ name, rpc, nodes }) =>
      [
        '',
        `${name} (${rpc})`,
        table(
          nodes.map(node => [
            `  ${node.name}`,
            node.status,
            podsOf(node),
            node.reason ?? '',
          ]),
        ),
      ].join('\n'),
    ),
    '',
    table(
      report.conditions.map(({ type, status, reason, message }) => [
        type,
        status,
        reason ?? '',
        message ?? '',
      ]),
    ),
  ].join('\n');
}

function solutionState({ publishedVersion, deleting }: Solution): string {
  if (deleting) return 'being deleted';
  return publishedVersion ?? 'nothing published';
}

export function addStatus(program: Command): void {
  program
    .command('status')
    .description('show how a runtime or a version is')
    .argument('<runtime>')
    .argument('[version]')
    .action(
      async (
        runtime: string,
        version: string | undefined,
        _options,
        command: Command,
      ) => {
        const output = outputOf(command);
        const { client } = await connect(
          command.optsWithGlobals<GlobalOptions>().portal,
        );
        if (version !== undefined) {
          const report = await client.getStatus({ runtime, version });
          output.result(report, () => reportText(report));
          return;
        }
        const found = await client.getRuntime(runtime);
        output.result(found, () =>
          table([
            ['status', found.status],
            ['cluster', found.cluster],
            ['namespace', found.namespace],
            ...found.solutions.map(solution => [
              solution.id,
              `${solutionState(solution)}  ${solution.address.http}`,
            ]),
            ...found.conditions.map(({ type, status, reason, message }) => [
              type,
              `${status}  ${reason}: ${message}`,
            ]),
          ]),
        );
      },
    );
}
