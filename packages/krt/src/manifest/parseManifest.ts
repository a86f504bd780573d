import {
  Composer,
  Lexer,
  LineCounter,
  Parser,
  type CST,
  type Document,
} from 'yaml';
import type { Problems } from '../problems';
import type { Slices } from '../slices';
import type { KrtFormat } from '../types';
import { checkShape } from './checkShape';
import type { ManifestDraft } from './draft';
import { findTooDeep, MAX_DEPTH } from './findTooDeep';
import { detectFormat } from './formats';
import { ManifestNode, type ManifestSource } from './ManifestNode';
import { readManifestV1 } from './readManifestV1';
import { readManifestV2 } from './readManifestV2';

/** More errors of the YAML itself say nothing new. */
const MAX_YAML_ERRORS = 20;

/**
 * Words and marks of a manifest, counted by the lexer; a node of three lines has about 30. The YAML library needs some
 * microseconds for each, which is what bounds the time of a check, whatever the text.
 */
export const MAX_LEXEMES = 12_000;

/** Lexemes after which others may have their turn. */
const SLICE_LEXEMES = 500;

/** What is not c-printable (YAML 1.2.2, 5.1), surrogates aside. */
const UNPRINTABLE =
  // eslint-disable-next-line no-control-regex -- these are what must not be there
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u0084\u0086-\u009f\ufffe\uffff]/;

type YamlCode = 'yaml-empty' | 'yaml-syntax' | 'yaml-depth' | 'yaml-length';

function reportAt(
  source: ManifestSource,
  offset: number,
  code: YamlCode,
  message: string,
  hint?: string,
): void {
  const { line, col } = source.lines.linePos(offset);
  source.problems.add({
    path: '',
    line: Math.max(line, 1),
    column: Math.max(col, 1),
    code,
    severity: 'error',
    message,
    hint,
    file: source.file,
  });
}

/** @returns the syntax of the text; undefined (reported) when there is too much of it */
function* parseTokens(
  source: ManifestSource,
  text: string,
): Slices<CST.Token[] | undefined> {
  const parser = new Parser(source.lines.addNewLine);
  source.lines.addNewLine(0);
  const tokens: CST.Token[] = [];
  let lexemes = 0;
  for (const lexeme of new Lexer().lex(text)) {
    if (++lexemes > MAX_LEXEMES) {
      reportAt(
        source,
        parser.offset,
        'yaml-length',
        `${source.file} has more than ${MAX_LEXEMES} words and marks`,
        'no solution needs that many nodes, keys or workflows: write a list shorter, or split the solution',
      );
      return undefined;
    }
    tokens.push(...parser.next(lexeme));
    if (lexemes % SLICE_LEXEMES === 0) yield;
  }
  tokens.push(...parser.end());
  return tokens;
}

/** Each error of the library is an Error; thousands of stack traces that nobody reads take longer than the rest. */
function withoutStacks<T>(work: () => T): T {
  const before = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  try {
    return work();
  } finally {
    Error.stackTraceLimit = before;
  }
}

/** @returns the one document of the text; undefined (reported) when it is no YAML, too long or nested too deep */
function* parseYaml(
  source: ManifestSource,
  text: string,
): Slices<Document | undefined> {
  const unprintable = UNPRINTABLE.exec(text);
  if (unprintable) {
    for (
      let at = text.indexOf('\n');
      at >= 0;
      at = text.indexOf('\n', at + 1)
    ) {
      source.lines.addNewLine(at + 1);
    }
    const code = unprintable[0].charCodeAt(0).toString(16).padStart(4, '0');
    reportAt(
      source,
      unprintable.index,
      'yaml-syntax',
      `the character U+${code.toUpperCase()} must not be in YAML`,
      'remove it',
    );
    return undefined;
  }
  const tokens = yield* parseTokens(source, text);
  if (!tokens) return undefined;
  const tooDeep = findTooDeep(tokens);
  if (tooDeep !== undefined) {
    reportAt(
      source,
      tooDeep,
      'yaml-depth',
      `nested more than ${MAX_DEPTH} levels deep`,
      'a krt.yml needs five levels at most',
    );
    return undefined;
  }
  yield;
  const composer = new Composer({
    schema: 'core',
    merge: false,
    // Compares each key with each; checkShape does it in linear time.
    uniqueKeys: false,
    prettyErrors: false,
    strict: true,
  });
  const [document, second] = withoutStacks(() => [...composer.compose(tokens)]);
  yield;
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
 * @returns what could be read; no draft when it is no manifest of a known format
 */
export function* parseManifest(
  text: string,
  file: string,
  problems: Problems,
): Slices<{ format?: KrtFormat; draft?: ManifestDraft }> {
  const source: ManifestSource = { file, lines: new LineCounter(), problems };
  const document = yield* parseYaml(source, text);
  if (!document) return {};
  const format = detectFormat(source, document.contents);
  if (!format) return {};
  yield;
  checkShape(source, document.contents);
  yield;
  const root = new ManifestNode(source, '', document.contents ?? undefined);
  return {
    format,
    draft: format === 'v1' ? readManifestV1(root) : readManifestV2(root),
  };
}
