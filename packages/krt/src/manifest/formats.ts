import { isMap, isScalar, isSeq, type Node, type YAMLMap } from 'yaml';
import type { KrtFormat } from '../types';
import { isNode, ManifestNode, type ManifestSource } from './ManifestNode';

/** Fields that tell the formats apart. */
const ONLY: Record<KrtFormat, { root: string[]; workflow: string[] }> = {
  v1: { root: ['nodes'], workflow: ['sequential'] },
  v2: { root: [], workflow: ['exitpoint', 'nodes'] },
};

const HOW_TO: Record<KrtFormat, string> = {
  v1: 'list `nodes` at the top and write the workflow as `sequential`',
  v2: 'give each workflow its own `nodes` and an `exitpoint`',
};

interface Mark {
  path: string;
  field: string;
  key: Node;
}

function keyOf(map: YAMLMap, field: string): Node | undefined {
  const pair = map.items.find(
    ({ key }) => isScalar(key) && key.value === field,
  );
  return isNode(pair?.key) ? pair.key : undefined;
}

function workflowsOf(root: YAMLMap): Array<{ path: string; map: YAMLMap }> {
  const workflows = root.get('workflows', true);
  if (!isSeq(workflows)) return [];
  return workflows.items.flatMap((map, index) =>
    isMap(map) ? [{ path: `workflows[${index}].`, map }] : [],
  );
}

/** The first field that only this format has. */
function markOf(format: KrtFormat, root: YAMLMap): Mark | undefined {
  const maps = [
    { path: '', map: root, fields: ONLY[format].root },
    ...workflowsOf(root).map(workflow => ({
      ...workflow,
      fields: ONLY[format].workflow,
    })),
  ];
  for (const { path, map, fields } of maps) {
    for (const field of fields) {
      const key = keyOf(map, field);
      if (key) return { path: path + field, field, key };
    }
  }
  return undefined;
}

function reportSuccessor(source: ManifestSource, root: YAMLMap): boolean {
  const found = workflowsOf(root).find(({ map }) => map.has('processes'));
  if (!found) return false;
  new ManifestNode(
    source,
    `${found.path}processes`,
    keyOf(found.map, 'processes'),
  ).report(
    'format-unsupported',
    'this is a package of the successor format (workflows with processes), which this product does not run',
    { hint: 'a KRT package lists `nodes` and workflows with `sequential`' },
  );
  return true;
}

/** What `krtVersion` says; undefined when it is absent, or reported as unknown. */
function statedFormat(
  source: ManifestSource,
  root: YAMLMap,
): KrtFormat | undefined {
  const krtVersion = root.get('krtVersion', true);
  const at = new ManifestNode(
    source,
    'krtVersion',
    isNode(krtVersion) ? krtVersion : undefined,
  );
  if (at.isNull) return undefined;
  const stated = isScalar(krtVersion) ? String(krtVersion.value) : '';
  if (stated === 'v1' || stated === 'v2') return stated;
  at.report('format-unknown', `unknown krtVersion "${stated.slice(0, 80)}"`, {
    hint: 'write `krtVersion: v2` for workflows that branch; leave it out for those of v1',
  });
  return undefined;
}

const other: Record<KrtFormat, KrtFormat> = { v1: 'v2', v2: 'v1' };

/** Reports a field that another format has. @returns whether it is one */
export function reportForeign(
  format: KrtFormat,
  place: 'root' | 'workflow',
): (at: ManifestNode, key: string) => boolean {
  const foreign = other[format];
  return (at, key) => {
    if (!ONLY[foreign][place].includes(key)) return false;
    at.report(
      `format-${foreign}-fields`,
      `\`${key}\` ${
        place === 'workflow' ? 'of a workflow ' : ''
      }belongs to krtVersion ${foreign}, but this manifest is read as krtVersion ${format}`,
      {
        hint: `${HOW_TO[format]}, or write all of it as krtVersion ${foreign}`,
      },
    );
    return true;
  };
}

/**
 * Which format a manifest is to be read as: what it says, or what its fields show. Where the two differ, one problem says so and
 * the fields count, so that what else is reported is what matters.
 * @returns undefined (reported) for the successor's format
 */
export function detectFormat(
  source: ManifestSource,
  root: unknown,
): KrtFormat | undefined {
  if (!isMap(root)) return 'v1';
  if (reportSuccessor(source, root)) return undefined;
  const stated = statedFormat(source, root);
  const marks = { v1: markOf('v1', root), v2: markOf('v2', root) };
  const assumed = stated ?? 'v1';
  const foreign = other[assumed];
  const mark = marks[foreign];
  if (!mark || marks[assumed]) return assumed;
  const where = mark.path === mark.field ? '' : 'of a workflow ';
  new ManifestNode(source, mark.path, mark.key).report(
    `format-${foreign}-fields`,
    `\`${
      mark.field
    }\` ${where}belongs to krtVersion ${foreign}, but this manifest ${
      stated ? `says krtVersion ${stated}` : 'is read as krtVersion v1'
    }`,
    {
      hint: `${
        foreign === 'v2'
          ? `${stated ? 'write' : 'add'} \`krtVersion: v2\``
          : 'remove `krtVersion`, or write `krtVersion: v1`'
      }; or ${HOW_TO[assumed]}`,
    },
  );
  return foreign;
}
