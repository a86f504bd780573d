import type { KrtManifest, KrtNode } from './types';

/** Begin of every workflow: the call. */
export const ENTRYPOINT = 'entrypoint';
/** End of every workflow: the answer to the caller. */
export const EXIT = 'exit';

/**
 * A workflow as a graph, whichever format wrote it down.
 * @public
 */
export interface KrtWorkflowGraph {
  name: string;
  /** The rpc it answers. */
  rpc: string;
  /** Each once. */
  nodes: KrtNode[];
  /** From {@link ENTRYPOINT} over nodes to {@link EXIT}. */
  edges: Array<{ from: string; to: string }>;
}

/** @public */
export function workflowGraphs(manifest: KrtManifest): KrtWorkflowGraph[] {
  if (manifest.krtVersion === 'v2') {
    return manifest.workflows.map(({ name, entrypoint, exitpoint, nodes }) => ({
      name,
      rpc: entrypoint,
      nodes,
      edges: [
        ...nodes.flatMap(node =>
          [...new Set(node.subscriptions.map(sourceOf))].map(from => ({
            from,
            to: node.name,
          })),
        ),
        { from: exitpoint, to: EXIT },
      ],
    }));
  }
  const nodes = new Map(manifest.nodes.map(node => [node.name, node]));
  return manifest.workflows.map(({ name, entrypoint, sequential }) => ({
    name,
    rpc: entrypoint,
    nodes: [...new Set(sequential)].flatMap(step => nodes.get(step) ?? []),
    edges: [ENTRYPOINT, ...sequential].map((from, index) => ({
      from,
      to: sequential[index] ?? EXIT,
    })),
  }));
}

/** Name of the node a subscription is to, without its channel. */
export function sourceOf(subscription: string): string {
  return subscription.split('.', 1)[0] ?? subscription;
}

/**
 * The nodes that run: those a workflow uses, each name once.
 * @public
 */
export function usedNodes(manifest: KrtManifest): KrtNode[] {
  const used = new Map<string, KrtNode>();
  for (const { nodes } of workflowGraphs(manifest)) {
    for (const node of nodes) {
      if (!used.has(node.name)) used.set(node.name, node);
    }
  }
  return [...used.values()];
}
