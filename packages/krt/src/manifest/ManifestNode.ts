import {
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  type LineCounter,
  type Node,
} from 'yaml';
import type { KrtProblemCode } from '../problemCodes';
import type { Problems } from '../problems';
import type { KrtProblem } from '../types';
import { didYouMean } from './suggest';

// Quoted text may write any of them; databases and terminals take none.
// eslint-disable-next-line no-control-regex -- these are what must not be there
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/;

/** What all nodes of one manifest share. */
export interface ManifestSource {
  file: string;
  lines: LineCounter;
  problems: Problems;
}

export type ProblemOptions = Pick<KrtProblem, 'hint'> & {
  severity?: KrtProblem['severity'];
};

/**
 * A place in krt.yml: a value with its path and position. Readers report what is wrong at their place and go on, so that all
 * problems come at once.
 */
export class ManifestNode {
  constructor(
    readonly source: ManifestSource,
    readonly path: string,
    /** The value, or for an absent one the map it is missing from. */
    readonly node: Node | undefined,
    readonly present = node !== undefined,
  ) {}

  /** 1-based. */
  get position(): { line?: number; column?: number } {
    const offset = this.node?.range?.[0];
    if (offset === undefined) return {};
    const { line, col } = this.source.lines.linePos(offset);
    return line === 0 ? {} : { line, column: col };
  }

  report(
    code: KrtProblemCode,
    message: string,
    options: ProblemOptions = {},
  ): void {
    this.source.problems.add({
      path: this.path,
      ...this.position,
      code,
      severity: options.severity ?? 'error',
      message,
      hint: options.hint,
      file: this.source.file,
    });
  }

  /** A hint that names what was probably meant, or the fallback. */
  suggest(
    word: string,
    candidates: Iterable<string>,
    fallback?: string,
  ): string | undefined {
    return this.source.problems.acceptsSuggestions
      ? didYouMean(word, candidates, fallback)
      : fallback;
  }

  get isNull(): boolean {
    return !this.present || (isScalar(this.node) && this.node.value === null);
  }

  get isEmptyList(): boolean {
    return isSeq(this.node) && this.node.items.length === 0;
  }

  /**
   * The fields of a map by its rule, with unknown ones reported.
   * @param foreign - reports a key that belongs to another format, and says so
   * @returns undefined (reported) when it is no map
   */
  fields<K extends string>(
    { fields: known }: { fields: Readonly<Record<K, unknown>> },
    foreign?: (at: ManifestNode, key: string) => boolean,
  ): Record<K, ManifestNode> | undefined {
    if (!isMap(this.node)) {
      this.report('wrong-type', `"${this.path || 'krt.yml'}" must be a map`);
      return undefined;
    }
    const names = Object.keys(known);
    const found = new Map<string, ManifestNode>();
    for (const pair of this.node.items) {
      if (!isPair(pair) || !isScalar(pair.key)) continue;
      const key = String(pair.key.value);
      const child = this.#child(key, pair.value);
      if (Object.hasOwn(known, key)) {
        found.set(key, child);
        continue;
      }
      const at = new ManifestNode(this.source, child.path, pair.key);
      if (foreign?.(at, key)) continue;
      at.report('unknown-field', `unknown field "${key.slice(0, 80)}"`, {
        hint: at.suggest(key, names, `known here: ${names.join(', ')}`),
      });
    }
    const all: Partial<Record<string, ManifestNode>> = {};
    for (const name of names) {
      all[name] =
        found.get(name) ??
        new ManifestNode(this.source, this.#join(name), this.node, false);
    }
    return all as Record<K, ManifestNode>;
  }

  /** Items of a sequence; empty (reported unless `optional`) when absent or none. */
  items(options: { optional?: boolean; what: string }): ManifestNode[] {
    if (this.isNull) {
      if (!options.optional) {
        this.report('required', `The field "${options.what}" is required`);
      }
      return [];
    }
    if (!isSeq(this.node)) {
      this.report('wrong-type', `"${this.path}" must be a list`);
      return [];
    }
    if (this.node.items.length === 0 && !options.optional) {
      this.report('required', `"${this.path}" needs at least one entry`);
    }
    return this.node.items.map(
      (item, index) =>
        new ManifestNode(
          this.source,
          `${this.path}[${index}]`,
          isNode(item) ? item : undefined,
        ),
    );
  }

  /** A text; plain numbers are read as they are written. undefined (reported) when absent, empty or something else. */
  text(what: string): string | undefined {
    if (this.isNull) {
      this.report('required', `The field "${what}" is required`);
      return undefined;
    }
    const { node } = this;
    if (!isScalar(node) || typeof node.value === 'boolean') {
      this.report('wrong-type', `"${this.path}" must be a text`);
      return undefined;
    }
    const text =
      typeof node.value === 'string' ? node.value : node.source ?? '';
    if (CONTROL.test(text)) {
      this.report('wrong-type', `"${this.path}" has a control character`, {
        hint: 'remove it; line breaks and tabs are fine',
      });
      return undefined;
    }
    if (text.trim() === '') {
      this.report('required', `The field "${what}" is required`);
      return undefined;
    }
    return text;
  }

  /** A boolean of YAML 1.2 or 1.1; undefined when absent, reported when something else. */
  boolean(): boolean | undefined {
    if (this.isNull) return undefined;
    const { node } = this;
    if (isScalar(node)) {
      if (typeof node.value === 'boolean') return node.value;
      const word = String(node.value).toLowerCase();
      if (word === 'yes' || word === 'on') return true;
      if (word === 'no' || word === 'off') return false;
    }
    this.report('wrong-type', `"${this.path}" must be true or false`);
    return undefined;
  }

  /** A whole number of at least `minimum`; undefined when absent, reported when something else. */
  integer(minimum: number): number | undefined {
    if (this.isNull) return undefined;
    const { node } = this;
    const value = isScalar(node) ? node.value : undefined;
    if (Number.isSafeInteger(value) && Number(value) >= minimum) {
      return Number(value);
    }
    this.report(
      'wrong-type',
      `"${this.path}" must be a whole number of at least ${minimum}`,
    );
    return undefined;
  }

  /** One of a few words; undefined when absent, reported when something else. */
  word<W extends string>(values: readonly W[]): W | undefined {
    if (this.isNull) return undefined;
    const { node } = this;
    const text = isScalar(node) ? String(node.value) : '';
    const found = values.find(value => value === text);
    if (found === undefined) {
      const list = values.join(' or ');
      this.report('wrong-type', `"${this.path}" must be ${list}`, {
        hint: this.suggest(text, values),
      });
    }
    return found;
  }

  #join(key: string): string {
    return this.path ? `${this.path}.${key}` : key;
  }

  #child(key: string, value: unknown): ManifestNode {
    return new ManifestNode(
      this.source,
      this.#join(key),
      isNode(value) ? value : undefined,
    );
  }
}

/** Whether something is a part of the tree that has a position. */
export function isNode(value: unknown): value is Node {
  return isMap(value) || isSeq(value) || isScalar(value) || isAlias(value);
}
