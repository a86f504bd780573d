import { isMap, isScalar, isSeq, type YAMLMap } from 'yaml';
import { isNode, ManifestNode, type ManifestSource } from './ManifestNode';

function workflowsOf(root: YAMLMap): YAMLMap[] {
  const workflows = root.get('workflows', true);
  return isSeq(workflows)
    ? workflows.items.flatMap(item => (isMap(item) ? [item] : []))
    : [];
}

/**
 * Recognises a manifest of another format than the first, which would only give a list of errors that miss the point.
 * @returns whether it is one; then one problem says so
 */
export function reportOtherFormat(
  source: ManifestSource,
  root: unknown,
): boolean {
  if (!isMap(root)) return false;
  const workflows = workflowsOf(root);
  const processes = workflows.findIndex(workflow => workflow.has('processes'));
  if (processes >= 0) {
    new ManifestNode(
      source,
      `workflows[${processes}].processes`,
      workflows[processes],
    ).report(
      'format-unsupported',
      'this is a package of the successor format (workflows with processes), which this product does not run',
      { hint: 'a KRT package lists `nodes` and workflows with `sequential`' },
    );
    return true;
  }
  const krtVersion = root.get('krtVersion', true);
  const stated = isScalar(krtVersion) ? String(krtVersion.value) : undefined;
  if (stated === 'v2' && isNode(krtVersion)) {
    new ManifestNode(source, 'krtVersion', krtVersion).report(
      'format-v2-not-supported',
      'branching packages (krtVersion v2) cannot run yet',
      { hint: 'write the workflow as `sequential` in a package of format v1' },
    );
    return true;
  }
  const branching = workflows.findIndex(
    workflow => workflow.has('nodes') || workflow.has('exitpoint'),
  );
  if (branching >= 0 && (stated === undefined || stated === 'v1')) {
    const field = workflows[branching]?.has('exitpoint')
      ? 'exitpoint'
      : 'nodes';
    const key = workflows[branching]?.items
      .map(pair => pair.key)
      .find(candidate => isScalar(candidate) && candidate.value === field);
    new ManifestNode(
      source,
      `workflows[${branching}].${field}`,
      isNode(key) ? key : root,
    ).report(
      'format-v2-fields',
      `\`${field}\` of a workflow belongs to krtVersion v2, but this manifest is read as krtVersion v1`,
      {
        hint:
          stated === undefined
            ? 'add `krtVersion: v2`, or list `nodes` at the top and write the workflow as `sequential`'
            : 'list `nodes` at the top and write the workflow as `sequential`',
      },
    );
    return true;
  }
  return false;
}
