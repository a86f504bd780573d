import { didYouMean } from './manifest/suggest';
import type { KrtFile, KrtManifest, KrtProblem } from './types';

/** Rules that need both the manifest and the list of files. */
export function checkFiles(
  manifest: KrtManifest,
  files: readonly KrtFile[],
  manifestFile: string,
): KrtProblem[] {
  const paths = new Set(files.map(file => file.path));
  const problems: KrtProblem[] = [];
  for (const [index, node] of manifest.nodes.entries()) {
    if (!paths.has(node.src)) {
      problems.push({
        path: `nodes[${index}].src`,
        line: node.line,
        column: node.line === undefined ? undefined : 1,
        code: 'src-missing',
        severity: 'error',
        message: `error src File ${node.src} for node ${node.name} not exists`,
        hint: didYouMean(
          node.src,
          // Suggesting is quadratic in the lengths; the first files are enough to find a slip.
          [...paths].slice(0, 2_000),
          `add ${node.src} to the archive`,
        ),
        file: manifestFile,
      });
    }
  }
  if (!files.some(file => /^(?:docs\/)?readme\.md$/i.test(file.path))) {
    problems.push({
      path: '',
      code: 'readme-missing',
      severity: 'warning',
      message: 'the package has no docs/README.md',
      hint: 'say what the solution does and how to call it',
    });
  }
  return problems;
}
