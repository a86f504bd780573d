import type { ManifestDraft } from './manifest/draft';
import type { Problems } from './problems';

/** Names to look for what was meant in; comparing takes time. */
const MAX_CANDIDATES = 200;

function fileName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** Files of the same name in other folders are what is meant most often; then files of the same kind. */
function candidatesFor(path: string, files: readonly string[]): string[] {
  const name = fileName(path);
  const ending = name.slice(name.lastIndexOf('.'));
  return [
    ...files.filter(file => fileName(file) === name),
    ...files.filter(file => fileName(file) !== name && file.endsWith(ending)),
  ].slice(0, MAX_CANDIDATES);
}

/** Checks that the files the manifest names are in the archive. */
export function checkFiles(
  { sources }: ManifestDraft,
  files: readonly string[],
  problems: Problems,
): void {
  const present = new Set(files);
  for (const { at, value, owner } of sources) {
    if (present.has(value)) continue;
    const fallback = `add ${value.slice(0, 200)} to the archive`;
    at.report(
      'src-missing',
      `error src File ${value.slice(0, 200)} for node ${owner} not exists`,
      {
        hint: problems.acceptsSuggestions
          ? at.suggest(value, candidatesFor(value, files), fallback)
          : fallback,
      },
    );
  }
}

/** A package without a word about itself works, but is hard to use. */
export function checkReadme(
  files: readonly string[],
  problems: Problems,
): void {
  if (files.some(file => /^(?:docs\/)?readme\.md$/i.test(file))) return;
  problems.add({
    path: '',
    code: 'readme-missing',
    severity: 'warning',
    message: 'the package has no docs/README.md',
    hint: 'say what the solution does and how to call it',
  });
}
