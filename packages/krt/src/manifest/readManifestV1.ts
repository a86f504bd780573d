import type { KrtNode, KrtWorkflow } from '../types';
import { readBase, readNode, WorkflowNames, type ManifestDraft } from './draft';
import { MANIFEST_V1, RULES } from './fields';
import { reportForeign } from './formats';
import type { ManifestNode } from './ManifestNode';
import { checkUnique } from './rules';

interface ReadNodes {
  nodes: KrtNode[];
  declared: Set<string>;
  places: ManifestNode[];
}

function readNodes(list: ManifestNode, draft: ManifestDraft): ReadNodes {
  const read: ReadNodes = { nodes: [], declared: new Set(), places: [] };
  list.items({ what: 'Nodes' }).forEach((item, index) => {
    const fields = item.fields(RULES.nodeV1);
    if (!fields) return;
    const { name, node } = readNode(item, fields, `Nodes[${index}]`, draft);
    if (name === undefined) return;
    const message = `the node name "${name}" is used twice`;
    const isNew = checkUnique(read.declared, name, fields.name, message);
    if (isNew && node) {
      read.nodes.push(node);
      read.places.push(item);
    }
  });
  return read;
}

function readSequential(
  list: ManifestNode,
  what: string,
  declared: Set<string>,
): string[] {
  return list.items({ what: `${what}.Sequential` }).flatMap(step => {
    const node = step.text(step.path);
    if (node === undefined) return [];
    if (!declared.has(node)) {
      step.report(
        'unknown-node',
        `node in sequential not found: ${node.slice(0, 120)}`,
        {
          hint: step.suggest(
            node,
            declared,
            'name a node of `nodes`, or add one there',
          ),
        },
      );
    }
    return [node];
  });
}

function warnOfUnused(
  { nodes, places }: ReadNodes,
  workflows: readonly KrtWorkflow[],
): void {
  const used = new Set(workflows.flatMap(workflow => workflow.sequential));
  for (const [index, node] of nodes.entries()) {
    if (used.has(node.name)) continue;
    places[index]?.report(
      'node-unused',
      `no workflow uses the node "${node.name}"; it will not run`,
      {
        severity: 'warning',
        hint: 'remove it, or add it to a `sequential`',
      },
    );
  }
}

/** Reads the manifest of the first format: nodes at the top, workflows that call them one after another. */
export function readManifestV1(root: ManifestNode): ManifestDraft {
  const draft: ManifestDraft = { sources: [], rpcs: [] };
  if (root.isNull) {
    root.report('required', 'The field "Version" is required');
    return draft;
  }
  const fields = root.fields(MANIFEST_V1);
  if (!fields) return draft;
  const base = readBase(fields, draft);
  const read = readNodes(fields.nodes, draft);
  const names = new WorkflowNames(draft);
  const foreign = reportForeign('v1', 'workflow');
  const workflows = fields.workflows
    .items({ what: 'Workflows' })
    .flatMap((item, index): KrtWorkflow[] => {
      const workflow = item.fields(RULES.workflowV1, foreign);
      if (!workflow) return [];
      const what = `Workflows[${index}]`;
      const named = names.read(workflow, what);
      const sequential = readSequential(
        workflow.sequential,
        what,
        read.declared,
      );
      return named ? [{ ...named, sequential }] : [];
    });
  warnOfUnused(read, workflows);
  if (base) {
    draft.manifest = {
      krtVersion: 'v1',
      ...base,
      nodes: read.nodes,
      workflows,
    };
  }
  return draft;
}
