import type { KrtBranchingNode, KrtBranchingWorkflow } from '../types';
import { readBase, readNode, WorkflowNames, type ManifestDraft } from './draft';
import { MANIFEST_V2, RULES, SCOPES, SUBSCRIPTION } from './fields';
import { reportForeign } from './formats';
import type { ManifestNode } from './ManifestNode';
import { checkUnique, readName } from './rules';
import { checkGraph, type Subscriber } from './subscriptions';

function readSubscriptions(list: ManifestNode, owner: string) {
  if (list.isNull || list.isEmptyList) {
    list.report(
      'required',
      `node "${owner}" requires at least one subscription`,
      {
        hint: 'subscribe to `entrypoint` or to another node',
      },
    );
    return [];
  }
  return list.items({ what: 'Subscriptions' }).flatMap(at => {
    const target = at.text(at.path);
    if (target === undefined) return [];
    if (
      target.length > (SUBSCRIPTION.maxLength ?? Infinity) ||
      !SUBSCRIPTION.pattern?.test(target)
    ) {
      at.report(
        'subscription-pattern',
        `"${target.slice(0, 80)}" is no subscription`,
        { hint: 'write `entrypoint`, the name of a node, or `node.channel`' },
      );
      return [];
    }
    return [{ at, target }];
  });
}

function readObjectStore(
  node: ManifestNode,
  what: string,
): KrtBranchingNode['objectStore'] {
  if (node.isNull) return undefined;
  const fields = node.fields(RULES.objectStore);
  if (!fields) return undefined;
  const name = readName(fields.name, `${what}.ObjectStore.Name`);
  const scope = fields.scope.word(SCOPES) ?? 'workflow';
  return name === undefined ? undefined : { name, scope };
}

function readNodes(list: ManifestNode, what: string, draft: ManifestDraft) {
  const declared = new Set<string>();
  const subscribers: Subscriber[] = [];
  const nodes: KrtBranchingNode[] = [];
  list.items({ what: `${what}.Nodes` }).forEach((item, index) => {
    const fields = item.fields(RULES.nodeV2);
    if (!fields) return;
    const nodeWhat = `${what}.Nodes[${index}]`;
    const { name, node } = readNode(item, fields, nodeWhat, draft);
    const subscriptions = readSubscriptions(
      fields.subscriptions,
      name ?? String(index),
    );
    const replicas = fields.replicas.integer(1) ?? 1;
    const objectStore = readObjectStore(fields.objectStore, nodeWhat);
    if (name === undefined) return;
    const message = `node names should be unique per workflows: "${name}" is used twice`;
    if (!checkUnique(declared, name, fields.name, message)) return;
    subscribers.push({ name, at: item, subscriptions });
    if (node) {
      nodes.push({
        ...node,
        subscriptions: subscriptions.map(({ target }) => target),
        replicas,
        ...(objectStore ? { objectStore } : {}),
      });
    }
  });
  return { nodes, subscribers };
}

/** Reads the manifest of the second format: workflows whose nodes subscribe to each other. */
export function readManifestV2(root: ManifestNode): ManifestDraft {
  const draft: ManifestDraft = { sources: [], rpcs: [] };
  const fields = root.fields(MANIFEST_V2, reportForeign('v2', 'root'));
  if (!fields) return draft;
  const base = readBase(fields, draft);
  const names = new WorkflowNames(draft);
  const foreign = reportForeign('v2', 'workflow');
  const workflows = fields.workflows
    .items({ what: 'Workflows' })
    .flatMap((item, index): KrtBranchingWorkflow[] => {
      const workflow = item.fields(RULES.workflowV2, foreign);
      if (!workflow) return [];
      const what = `Workflows[${index}]`;
      const named = names.read(workflow, what);
      const { nodes, subscribers } = readNodes(workflow.nodes, what, draft);
      const exitpoint = workflow.exitpoint.text(`${what}.Exitpoint`);
      checkGraph({
        workflow: named?.name ?? String(index),
        subscribers,
        exitpoint:
          exitpoint === undefined
            ? undefined
            : { at: workflow.exitpoint, name: exitpoint },
      });
      return named && exitpoint !== undefined
        ? [{ ...named, exitpoint, nodes }]
        : [];
    });
  if (base) draft.manifest = { krtVersion: 'v2', ...base, workflows };
  return draft;
}
