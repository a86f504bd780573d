import type {
  NodeReport,
  Version,
  VersionStatusReport,
  WorkflowReport,
} from '@konstellation/backstage-plugin-konstellation-common';
import type { VersionRecord } from '../domain/types';
import { ENTRYPOINT } from '../manifests/naming';

/** End of every graph: the answer to the caller. */
const EXIT = 'exit';

function unseen(version: VersionRecord, name: string): NodeReport {
  const node = version.manifest.nodes.find(
    candidate => candidate.name === name,
  );
  const starting = version.desired === 'started';
  return {
    name,
    type: name === ENTRYPOINT ? 'entrypoint' : 'node',
    image: node?.image ?? version.manifest.entrypoint.image,
    ...(node ? { src: node.src, line: node.line } : {}),
    status: starting ? 'STARTING' : 'STOPPED',
    ...(starting ? { reason: 'waiting for its process' } : {}),
    readyReplicas: 0,
    replicas: 1,
    pods: [],
  };
}

function workflowReport(
  version: VersionRecord,
  workflow: VersionRecord['manifest']['workflows'][number],
): WorkflowReport {
  // What was seen for an earlier command says nothing about this one.
  const current = version.observed?.generation === version.generation;
  const seen = new Map(
    (current ? version.observed?.nodes ?? [] : []).map(node => [
      node.name,
      node,
    ]),
  );
  const steps = [ENTRYPOINT, ...workflow.sequential];
  const nodes = [...new Set(steps)].map(
    name => seen.get(name) ?? unseen(version, name),
  );
  const edges = steps.map((from, index) => ({
    from,
    to: steps[index + 1] ?? EXIT,
  }));
  return { name: workflow.name, rpc: workflow.entrypoint, nodes, edges };
}

/** The workflows of a version as graphs, with what runs of each node. */
export function statusReport(
  answer: Version,
  version: VersionRecord,
): VersionStatusReport {
  return {
    version: version.name,
    status: answer.status,
    statusMessage: answer.statusMessage,
    conditions: answer.conditions,
    workflows: version.manifest.workflows.map(workflow =>
      workflowReport(version, workflow),
    ),
    events: version.observed?.events ?? [],
  };
}
