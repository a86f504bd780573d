import { Composer, LineCounter, Parser, type Document } from 'yaml';
import type { Problems } from '../problems';
import { checkShape } from './checkShape';
import { findTooDeep, MAX_DEPTH } from './findTooDeep';
import { reportOtherFormat } from './formats';
import { ManifestNode, type ManifestSource } from './ManifestNode';
import { readManifestV1, type ManifestDraft } from './readManifestV1';

/** More errors of the YAML itself say nothing new. */
const MAX_YAML_ERRORS = 20;

function reportAt(
  source: ManifestSource,
  offset: number,
  code: 'yaml-empty' | 'yaml-syntax' | 'yaml-depth',
  message: string,
): void {
  const { line, col } = source.lines.linePos(offset);
  source.problems.add({
    path: '',
    line: Math.max(line, 1),
    column: Math.max(col, 1),
    code,
    severity: 'error',
    message,
    file: source.file,
  });
}

/** @returns the one document of the text; undefined (reported) when it is no YAML or nested too deep */
function parseYaml(source: ManifestSource, text: string): Document | undefined {
  const tokens = Array.from(new Parser(source.lines.addNewLine).parse(text));
  const tooDeep = findTooDeep(tokens);
  if (tooDeep !== undefined) {
    reportAt(
      source,
      tooDeep,
      'yaml-depth',
      `nested more than ${MAX_DEPTH} levels deep`,
    );
    return undefined;
  }
  const composer = new Composer({
    schema: 'core',
    merge: false,
    // Compares each key with each; checkShape does it in linear time.
    uniqueKeys: false,
    prettyErrors: false,
    strict: true,
  });
  const [document, second] = composer.compose(tokens);
  if (!document) {
    reportAt(source, 0, 'yaml-empty', `${source.file} is empty`);
    return undefined;
  }
  for (const error of document.errors.slice(0, MAX_YAML_ERRORS)) {
    // The first line says what; the rest draws the place, which the position already gives.
    const message = error.message.split('\n')[0] ?? '';
    reportAt(
      source,
      error.pos[0],
      'yaml-syntax',
      message.replace(/ at line \d+.*$/, '').slice(0, 200),
    );
  }
  if (document.errors.length > 0) return undefined;
  if (second) {
    new ManifestNode(source, '', second.contents ?? undefined).report(
      'yaml-documents',
      'there is more than one document in the file',
      { hint: 'remove everything from the second `---` on' },
    );
  }
  return document;
}

/**
 * Parses krt.yml: YAML 1.2 core schema, without aliases and tags, one document. All that is wrong is added to the problems.
 * @param text - at most the limit of bytes, which the caller checks before
 * @returns what could be read; undefined when it is no manifest of a known format
 */
export function parseManifest(
  text: string,
  file: string,
  problems: Problems,
): ManifestDraft | undefined {
  const source: ManifestSource = { file, lines: new LineCounter(), problems };
  const document = parseYaml(source, text);
  if (!document) return undefined;
  if (reportOtherFormat(source, document.contents)) return undefined;
  checkShape(source, document.contents);
  return readManifestV1(
    new ManifestNode(source, '', document.contents ?? undefined),
  );
}
