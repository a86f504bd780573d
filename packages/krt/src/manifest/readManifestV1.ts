import type { KrtManifest, KrtNode, KrtWorkflow } from '../types';
import type { ManifestNode } from './ManifestNode';
import { checkUnique, readImage, readKey, readName } from './rules';

/** A value that must be found outside of the manifest, with its place. */
export interface Reference {
  at: ManifestNode;
  value: string;
  /** Name of the node or workflow that has it. */
  owner: string;
}

/** What is known of a manifest, also of one with mistakes, so that what it refers to is checked in the same pass. */
export interface ManifestDraft {
  /** Whole only if no error was reported. */
  manifest?: KrtManifest;
  proto?: Reference;
  sources: Reference[];
  rpcs: Reference[];
}

function withoutDot(path: string): string {
  return path.replace(/^(?:\.\/+)+/, '');
}

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
  draft: ManifestDraft,
): KrtManifest['entrypoint'] | undefined {
  if (node.isNull) {
    node.report('required', 'The field "Entrypoint" is required');
    return undefined;
  }
  const fields = node.fields(['proto', 'image', 'src']);
  if (!fields) return undefined;
  const stated = fields.proto.text('Entrypoint.Proto');
  const proto = stated === undefined ? undefined : withoutDot(stated);
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
    fields.proto.report(
      'proto-name',
      `"${proto.slice(0, 120)}" must end with .proto`,
    );
    return undefined;
  }
  if (proto !== undefined) {
    draft.proto = { at: fields.proto, value: proto, owner: 'entrypoint' };
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

function readNodes(
  list: ManifestNode,
  draft: ManifestDraft,
): { nodes: KrtNode[]; declared: Set<string>; places: ManifestNode[] } {
  const nodes: KrtNode[] = [];
  const declared = new Set<string>();
  const places: ManifestNode[] = [];
  list.items({ what: 'Nodes' }).forEach((item, index) => {
    const fields = item.fields(['name', 'image', 'src', 'gpu']);
    if (!fields) return;
    const at = `Nodes[${index}]`;
    const name = readName(fields.name, `${at}.Name`);
    const image = readImage(fields.image, `${at}.Image`);
    const stated = fields.src.text(`${at}.Src`);
    const src = stated === undefined ? undefined : withoutDot(stated);
    if (src !== undefined) {
      draft.sources.push({
        at: fields.src,
        value: src,
        owner: name ?? String(index),
      });
    }
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
      places.push(item);
    }
  });
  return { nodes, declared, places };
}

function readWorkflows(
  list: ManifestNode,
  declared: Set<string>,
  draft: ManifestDraft,
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
      draft.rpcs.push({
        at: fields.entrypoint,
        value: entrypoint,
        owner: name ?? String(index),
      });
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

function warnOfUnused(
  nodes: readonly KrtNode[],
  places: readonly ManifestNode[],
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
  const fields = root.fields(ROOT);
  if (!fields) return draft;
  if (!fields.krtVersion.isNull) {
    const krtVersion = fields.krtVersion.text('KrtVersion');
    if (krtVersion !== undefined && krtVersion !== 'v1') {
      fields.krtVersion.report(
        'format-unknown',
        `unknown krtVersion "${krtVersion.slice(0, 80)}"`,
        { hint: 'write `krtVersion: v1`, or leave it out' },
      );
    }
  }
  const version = readName(fields.version, 'Version');
  const description = fields.description.text('Description');
  const entrypoint = readEntrypoint(fields.entrypoint, draft);
  const config = readConfig(fields.config);
  const { nodes, declared, places } = readNodes(fields.nodes, draft);
  const workflows = readWorkflows(fields.workflows, declared, draft);
  warnOfUnused(nodes, places, workflows);
  if (version !== undefined && description !== undefined && entrypoint) {
    draft.manifest = {
      krtVersion: 'v1',
      version,
      description,
      entrypoint,
      config,
      nodes,
      workflows,
    };
  }
  return draft;
}
