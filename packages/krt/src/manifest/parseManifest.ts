import { isMap, isScalar, isSeq, LineCounter, parseAllDocuments } from 'yaml';
import type { Problems } from '../problems';
import type { KrtManifest } from '../types';
import { checkShape, ManifestNode, type ManifestSource } from './ManifestNode';
import { readManifestV1 } from './readManifestV1';

/** More errors of the YAML itself say nothing new. */
const MAX_YAML_ERRORS = 20;

function reportSyntax(
  source: ManifestSource,
  error: { message: string; code: string; pos: [number, number] },
): void {
  const { line, col } = source.lines.linePos(error.pos[0]);
  const duplicate = error.code === 'DUPLICATE_KEY';
  source.problems.add({
    path: '',
    line,
    column: col,
    code: duplicate ? 'yaml-duplicate-key' : 'yaml-syntax',
    severity: 'error',
    message: duplicate
      ? 'a key stands twice in the same map'
      : // The first line says what; the rest draws the place, which the position already gives.
        (error.message.split('\n')[0] ?? '').replace(/ at line \d+.*$/, ''),
    hint: duplicate ? 'remove one of them' : undefined,
    file: source.file,
  });
}

/** The successor product's format has `processes` where ours has nodes. */
function isThirdFormat(contents: unknown): boolean {
  const workflows = isMap(contents)
    ? contents.get('workflows', true)
    : undefined;
  return (
    isSeq(workflows) &&
    workflows.items.some(item => isMap(item) && item.has('processes'))
  );
}

/**
 * Parses krt.yml: YAML 1.2 core schema, without aliases and tags, one document.
 * @param text - at most the limit of bytes, which the caller checks before
 * @returns the validated model, or undefined when something is wrong; then the problems say what and where
 */
export function parseManifest(
  text: string,
  file: string,
  problems: Problems,
): KrtManifest | undefined {
  const lines = new LineCounter();
  const source: ManifestSource = { file, lines, problems };
  const documents = parseAllDocuments(text, {
    lineCounter: lines,
    schema: 'core',
    merge: false,
    uniqueKeys: true,
    prettyErrors: false,
    strict: true,
    stringKeys: false,
  });
  if (!Array.isArray(documents) || documents.length === 0) {
    problems.add({
      path: '',
      line: 1,
      column: 1,
      code: 'yaml-empty',
      severity: 'error',
      message: `${file} is empty`,
      file,
    });
    return undefined;
  }
  const [document, second] = documents;
  if (!document) return undefined;
  if (second) {
    new ManifestNode(source, '', second.contents ?? undefined).report(
      'yaml-documents',
      'there is more than one document in the file',
      { hint: 'remove everything from the second `---` on' },
    );
  }
  for (const error of document.errors.slice(0, MAX_YAML_ERRORS)) {
    reportSyntax(source, error);
  }
  const root = new ManifestNode(source, '', document.contents ?? undefined);
  checkShape(source, document.contents);
  if (document.errors.some(error => error.code !== 'DUPLICATE_KEY')) {
    return undefined;
  }
  if (isThirdFormat(document.contents)) {
    root.report(
      'format-unsupported',
      'this is a package of the successor format (workflows with processes), which this product does not run',
      { hint: 'a KRT package lists `nodes` and workflows with `sequential`' },
    );
    return undefined;
  }
  const krtVersion = isMap(document.contents)
    ? document.contents.get('krtVersion', true)
    : undefined;
  if (isScalar(krtVersion) && String(krtVersion.value) === 'v2') {
    new ManifestNode(source, 'krtVersion', krtVersion).report(
      'format-v2-not-supported',
      'branching packages (krtVersion v2) cannot run yet',
      { hint: 'write the workflow as `sequential` in a package of format v1' },
    );
    return undefined;
  }
  const manifest = readManifestV1(root);
  return problems.hasErrors ? undefined : manifest;
}
