/** A line of the image table: which image runs for those that match. */
export interface ImageRule {
  /** Image reference; `*` stands for anything. */
  match: string;
  image: string;
  /** How python handlers are called; `dict` is what there is. */
  convention?: string;
}

export interface ResolvedImage {
  image: string;
  convention: string;
}

/** Our own images. */
export interface RunnerImages {
  entrypoint: string;
  python: string;
  node: string;
  krtFetch: string;
}

function matches(pattern: string, image: string): boolean {
  const parts = pattern
    .split('*')
    .map(part => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`).test(image);
}

/**
 * Images of packages made for the original engine run on our runners; those that name a runner get the one of this portal, from
 * the registry it is configured with.
 */
export function defaultImageRules(images: RunnerImages): ImageRule[] {
  const rules = [
    { name: 'konstellation/kre-py', image: images.python },
    { name: 'konstellation/python', image: images.python },
    { name: 'konstellation/node', image: images.node },
  ];
  return rules.flatMap(({ name, image }) =>
    [name, `${name}:*`].map(match => ({ match, image, convention: 'dict' })),
  );
}

/** The first rule that matches; an image without rule runs as it is. */
export function resolveImage(
  rules: readonly ImageRule[],
  image: string,
): ResolvedImage {
  const rule = rules.find(candidate => matches(candidate.match, image));
  return {
    image: rule?.image ?? image,
    convention: rule?.convention ?? 'dict',
  };
}
