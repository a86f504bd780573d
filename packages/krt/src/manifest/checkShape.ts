import { isAlias, isMap, isScalar, isSeq, type YAMLMap } from 'yaml';
import { isNode, ManifestNode, type ManifestSource } from './ManifestNode';

/** Tags of the core schema (YAML 1.2.2, 10.3): what plain values have anyway. */
const CORE_TAGS = ['map', 'seq', 'str', 'null', 'bool', 'int', 'float'].map(
  name => `tag:yaml.org,2002:${name}`,
);

/** Keys are compared here, in linear time; the YAML library compares each with each. */
function checkKeys(source: ManifestSource, map: YAMLMap, path: string): void {
  const seen = new Set<string>();
  for (const { key } of map.items) {
    const isPlain =
      isScalar(key) && key.value !== null && typeof key.value !== 'object';
    const at = new ManifestNode(source, path, isNode(key) ? key : map);
    if (!isPlain) {
      at.report('yaml-key', 'a key must be a plain word');
    } else if (seen.has(String(key.value))) {
      at.report(
        'yaml-duplicate-key',
        `the key "${String(key.value).slice(0, 80)}" stands twice in one map`,
        { hint: 'remove one of them' },
      );
    } else {
      seen.add(String(key.value));
    }
  }
}

/**
 * Reports aliases, tags and duplicate keys anywhere below.
 * @param node - not nested too deep, which the caller has checked
 */
export function checkShape(
  source: ManifestSource,
  node: unknown,
  path = '',
): void {
  if (!isNode(node)) return;
  const at = new ManifestNode(source, path, node);
  if (isAlias(node)) {
    at.report('yaml-alias', 'aliases (*name) are not supported', {
      hint: 'write the value out',
    });
    return;
  }
  if (node.tag && !CORE_TAGS.includes(node.tag)) {
    at.report('yaml-tag', `unknown tag "${node.tag.slice(0, 80)}"`, {
      hint: 'remove the tag',
    });
  }
  if (isMap(node)) {
    checkKeys(source, node, path);
    for (const { key, value } of node.items) {
      const name = isScalar(key) ? String(key.value) : '';
      checkShape(source, value, path ? `${path}.${name}` : name);
    }
  } else if (isSeq(node)) {
    node.items.forEach((item, index) =>
      checkShape(source, item, `${path}[${index}]`),
    );
  }
}
