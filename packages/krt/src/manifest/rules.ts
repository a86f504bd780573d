import { IMAGE, KEY, NAME } from './fields';
import type { ManifestNode } from './ManifestNode';

const NAME_LENGTH = NAME.maxLength ?? Infinity;
const KEY_LENGTH = KEY.maxLength ?? Infinity;

function asName(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, NAME_LENGTH)
    .replace(/-+$/, '');
}

/** A name by the rule of versions, nodes and workflows (a DNS label of at most 19 characters). */
export function readName(node: ManifestNode, what: string): string | undefined {
  const name = node.text(what);
  if (name === undefined) return undefined;
  if (name.length > NAME_LENGTH) {
    const start = name.slice(0, 80);
    node.report(
      'name-length',
      `Invalid length "${start}" at "${what}" must be lower than ${
        NAME_LENGTH + 1
      }`,
      { hint: `shorten to ${NAME_LENGTH} characters` },
    );
    return undefined;
  }
  if (!NAME.pattern?.test(name)) {
    const better = asName(name);
    node.report(
      'name-pattern',
      `Invalid resource name "${name}" at "${what}"`,
      {
        hint: `use a–z, 0–9 and single dashes inside${
          better ? `, for example \`${better}\`` : ''
        }`,
      },
    );
    return undefined;
  }
  return name;
}

/** A key of the configuration. */
export function readKey(node: ManifestNode): string | undefined {
  const key = node.text(node.path);
  if (key === undefined) return undefined;
  if (key.length > KEY_LENGTH || !KEY.pattern?.test(key)) {
    const start = key.slice(0, 80);
    node.report('key-pattern', `Invalid configuration key "${start}"`, {
      hint: `use A–Z, 0–9 and underscores inside, at most ${KEY_LENGTH} characters`,
    });
    return undefined;
  }
  if (key.startsWith('KRT_')) {
    node.report('key-reserved', `the key "${key}" begins with KRT_`, {
      hint: 'names that begin with KRT_ are the engine’s; choose another',
    });
    return undefined;
  }
  return key;
}

/** An image reference. */
export function readImage(
  node: ManifestNode,
  what: string,
): string | undefined {
  const image = node.text(what);
  if (image === undefined) return undefined;
  if (
    image.length > (IMAGE.maxLength ?? Infinity) ||
    !IMAGE.pattern?.test(image)
  ) {
    node.report(
      'image-reference',
      `"${image.slice(0, 120)}" is no image name`,
      { hint: 'write it as registry/name:tag' },
    );
    return undefined;
  }
  const name = image.split('/').pop() ?? '';
  if (
    !image.includes('@') &&
    (!name.includes(':') || name.endsWith(':latest'))
  ) {
    node.report('image-latest', `the image "${image}" names no fixed version`, {
      severity: 'warning',
      hint: 'add a tag, so that the version always runs the same image',
    });
  }
  return image;
}

/** Reports the second of equal names. @returns whether the name is new */
export function checkUnique(
  seen: Set<string>,
  name: string,
  node: ManifestNode,
  message: string,
): boolean {
  if (seen.has(name)) {
    node.report('duplicate-name', message);
    return false;
  }
  seen.add(name);
  return true;
}
