import type { KrtManifest, KrtNode, KrtWorkflow } from '../types';
import type { ManifestNode } from './ManifestNode';
import { checkUnique, readImage, readKey, readName } from './rules';
import { didYouMean } from './suggest';

const ROOT = [
  'krtVersion',
  'version',
  'description',
  'entrypoint',
  'config',
  'nodes',
  'workflows',
] as const;

function readEntrypoint(
  node: ManifestNode,
): KrtManifest['entrypoint'] | undefined {
  if (node.isNull) {
    node.report('required', 'The field "Entrypoint" is required');
    return undefined;
  }
  const fields = node.fields(['proto', 'image', 'src']);
  if (!fields) return undefined;
  const proto = fields.proto.text('Entrypoint.Proto');
  const image = readImage(fields.image, 'Entrypoint.Image');
  if (fields.src.present) {
    fields.src.report(
      'entrypoint-src-ignored',
      'the package brings its own entrypoint code, which is not run',
      {
        severity: 'warning',
        hint: 'the entrypoint is made from the proto; remove `src`',
      },
    );
  }
  if (proto !== undefined && !proto.endsWith('.proto')) {
    fields.proto.report('proto-name', `"${proto}" must end with .proto`);
    return undefined;
  }
  return proto && image ? { proto, image } : undefined;
}

function readConfig(node: ManifestNode): KrtManifest['config'] {
  const config: KrtManifest['config'] = { variables: [], files: [] };
  if (node.isNull) return config;
  const fields = node.fields(['variables', 'files']);
  if (!fields) return config;
  const seen = new Set<string>();
  for (const kind of ['variables', 'files'] as const) {
    const items = fields[kind].items({ optional: true, what: kind });
    for (const item of items) {
      const key = readKey(item);
      if (
        key !== undefined &&
        checkUnique(seen, key, item, `the key "${key}" is declared twice`)
      ) {
        config[kind].push(key);
      }
    }
  }
  return config;
}

function readNodes(list: ManifestNode): {
  nodes: KrtNode[];
  declared: Set<string>;
} {
  const nodes: KrtNode[] = [];
  const declared = new Set<string>();
  list.items({ what: 'Nodes' }).forEach((item, index) => {
    const fields = item.fields(['name', 'image', 'src', 'gpu']);
    if (!fields) return;
    const at = `Nodes[${index}]`;
    const name = readName(fields.name, `${at}.Name`);
    const image = readImage(fields.image, `${at}.Image`);
    const src = fields.src.text(`${at}.Src`)?.replace(/^(?:\.\/)+/, '');
    const gpu = fields.gpu.boolean() ?? false;
    if (name === undefined) return;
    if (name === 'entrypoint') {
      fields.name.report(
        'name-reserved',
        'a node cannot be named "entrypoint"',
        {
          hint: 'choose another name; the entrypoint is made by the engine',
        },
      );
      return;
    }
    const isNew = checkUnique(
      declared,
      name,
      fields.name,
      `the node name "${name}" is used twice`,
    );
    if (isNew && image !== undefined && src !== undefined) {
      nodes.push({ name, image, src, gpu, line: item.position.line });
    }
  });
  return { nodes, declared };
}

function readWorkflows(
  list: ManifestNode,
  declared: Set<string>,
): KrtWorkflow[] {
  const workflows: KrtWorkflow[] = [];
  const names = new Set<string>();
  const rpcs = new Set<string>();
  list.items({ what: 'Workflows' }).forEach((item, index) => {
    const fields = item.fields(['name', 'entrypoint', 'sequential']);
    if (!fields) return;
    const at = `Workflows[${index}]`;
    const name = readName(fields.name, `${at}.Name`);
    const entrypoint = fields.entrypoint.text(`${at}.Entrypoint`);
    const sequential: string[] = [];
    const steps = fields.sequential.items({ what: `${at}.Sequential` });
    for (const step of steps) {
      const node = step.text(step.path);
      if (node === undefined) continue;
      if (!declared.has(node)) {
        step.report('unknown-node', `node in sequential not found: ${node}`, {
          hint: didYouMean(
            node,
            declared,
            'name a node of `nodes`, or add one there',
          ),
        });
      }
      sequential.push(node);
    }
    if (name !== undefined) {
      checkUnique(
        names,
        name,
        fields.name,
        `the workflow name "${name}" is used twice`,
      );
    }
    if (entrypoint !== undefined) {
      checkUnique(
        rpcs,
        entrypoint,
        fields.entrypoint,
        `the rpc "${entrypoint}" belongs to another workflow already`,
      );
    }
    if (name !== undefined && entrypoint !== undefined) {
      workflows.push({ name, entrypoint, sequential });
    }
  });
  return workflows;
}

/**
 * Reads the manifest of the first format: nodes at the top, workflows that call them one after another.
 * @returns the model; it is whole only if no error was reported
 */
export function readManifestV1(root: ManifestNode): KrtManifest | undefined {
  if (root.isNull) {
    root.report('required', 'The field "Version" is required');
    return undefined;
  }
  const fields = root.fields(ROOT);
  if (!fields) return undefined;
  if (!fields.krtVersion.isNull) {
    const krtVersion = fields.krtVersion.text('KrtVersion');
    if (krtVersion !== undefined && krtVersion !== 'v1') {
      fields.krtVersion.report(
        'format-unknown',
        `unknown krtVersion "${krtVersion}"`,
        { hint: 'write `krtVersion: v1`, or leave it out' },
      );
    }
  }
  const version = readName(fields.version, 'Version');
  const description = fields.description.text('Description');
  const entrypoint = readEntrypoint(fields.entrypoint);
  const config = readConfig(fields.config);
  const { nodes, declared } = readNodes(fields.nodes);
  const workflows = readWorkflows(fields.workflows, declared);

  const used = new Set(workflows.flatMap(workflow => workflow.sequential));
  for (const [index, node] of nodes.entries()) {
    if (!used.has(node.name)) {
      root.source.problems.add({
        path: `nodes[${index}]`,
        line: node.line,
        column: 1,
        code: 'node-unused',
        severity: 'warning',
        message: `no workflow uses the node "${node.name}"; it will not run`,
        hint: 'remove it, or add it to a `sequential`',
        file: root.source.file,
      });
    }
  }
  if (version === undefined || description === undefined || !entrypoint) {
    return undefined;
  }
  return {
    krtVersion: 'v1',
    version,
    description,
    entrypoint,
    config,
    nodes,
    workflows,
  };
}
