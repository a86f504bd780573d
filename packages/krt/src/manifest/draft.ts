import type { KrtManifest, KrtManifestBase, KrtNode } from '../types';
import { PROTO_PATH, RULES } from './fields';
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

function readEntrypoint(
  node: ManifestNode,
  draft: ManifestDraft,
): KrtManifestBase['entrypoint'] | undefined {
  if (node.isNull) {
    node.report('required', 'The field "Entrypoint" is required');
    return undefined;
  }
  const fields = node.fields(RULES.entrypoint);
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
  if (proto !== undefined && !PROTO_PATH.pattern?.test(proto)) {
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

function readConfig(node: ManifestNode): KrtManifestBase['config'] {
  const config: KrtManifestBase['config'] = { variables: [], files: [] };
  if (node.isNull) return config;
  const fields = node.fields(RULES.config);
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

/** What both formats have at the top. undefined (reported) when something is missing. */
export function readBase(
  fields: Record<
    'version' | 'description' | 'entrypoint' | 'config',
    ManifestNode
  >,
  draft: ManifestDraft,
): KrtManifestBase | undefined {
  const version = readName(fields.version, 'Version');
  const description = fields.description.text('Description');
  const entrypoint = readEntrypoint(fields.entrypoint, draft);
  const config = readConfig(fields.config);
  return version !== undefined && description !== undefined && entrypoint
    ? { version, description, entrypoint, config }
    : undefined;
}

/**
 * What nodes of both formats have.
 * @param what - how messages call the node, as the original engine did
 * @returns the name where it is one, and the node where all of it is right
 */
export function readNode(
  item: ManifestNode,
  fields: Record<'name' | 'image' | 'src' | 'gpu', ManifestNode>,
  what: string,
  draft: ManifestDraft,
): { name?: string; node?: KrtNode } {
  const name = readName(fields.name, `${what}.Name`);
  const image = readImage(fields.image, `${what}.Image`);
  const stated = fields.src.text(`${what}.Src`);
  const src = stated === undefined ? undefined : withoutDot(stated);
  if (src !== undefined) {
    draft.sources.push({ at: fields.src, value: src, owner: name ?? what });
  }
  const gpu = fields.gpu.boolean() ?? false;
  if (name === 'entrypoint') {
    fields.name.report('name-reserved', 'a node cannot be named "entrypoint"', {
      hint: 'choose another name; the entrypoint is made by the engine',
    });
    return {};
  }
  return name !== undefined && image !== undefined && src !== undefined
    ? { name, node: { name, image, src, gpu, line: item.position.line } }
    : { name };
}

/** Names and rpcs belong to one workflow each. */
export class WorkflowNames {
  readonly #names = new Set<string>();
  readonly #rpcs = new Set<string>();

  constructor(readonly draft: ManifestDraft) {}

  /** @returns name and rpc; undefined (reported) when one is missing */
  read(
    fields: Record<'name' | 'entrypoint', ManifestNode>,
    what: string,
  ): { name: string; entrypoint: string } | undefined {
    const name = readName(fields.name, `${what}.Name`);
    const entrypoint = fields.entrypoint.text(`${what}.Entrypoint`);
    if (name !== undefined) {
      const message = `the workflow name "${name}" is used twice`;
      checkUnique(this.#names, name, fields.name, message);
    }
    if (entrypoint === undefined) return undefined;
    this.draft.rpcs.push({
      at: fields.entrypoint,
      value: entrypoint,
      owner: name ?? what,
    });
    checkUnique(
      this.#rpcs,
      entrypoint,
      fields.entrypoint,
      `the rpc "${entrypoint.slice(
        0,
        120,
      )}" belongs to another workflow already`,
    );
    return name === undefined ? undefined : { name, entrypoint };
  }
}
