import type {
  NodeReport,
  Version,
  VersionStatusReport,
  WorkflowReport,
} from '@konstellation/backstage-plugin-konstellation-common';
import {
  ENTRYPOINT,
  workflowGraphs,
  type KrtNode,
  type KrtWorkflowGraph,
} from '@konstellation/krt';
import type { VersionRecord } from '../domain/types';

function unseen(
  version: VersionRecord,
  name: string,
  node: KrtNode | undefined,
): NodeReport {
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
  { name, rpc, nodes, edges }: KrtWorkflowGraph,
): WorkflowReport {
  // What was seen for an earlier command says nothing about this one.
  const current = version.observed?.generation === version.generation;
  const seen = new Map(
    (current ? version.observed?.nodes ?? [] : []).map(node => [
      node.name,
      node,
    ]),
  );
  const report = (node: string, declared?: KrtNode) =>
    seen.get(node) ?? unseen(version, node, declared);
  return {
    name,
    rpc,
    nodes: [report(ENTRYPOINT), ...nodes.map(node => report(node.name, node))],
    edges,
  };
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
    workflows: workflowGraphs(version.manifest).map(workflow =>
      workflowReport(version, workflow),
    ),
    events: version.observed?.events ?? [],
  };
}
