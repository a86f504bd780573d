import { ConflictError, InputError } from '@backstage/errors';

const NAME = /^[A-Za-z_0-9][A-Za-z0-9_]*$/;
/** Values that need no quotes. */
const PLAIN = /^[A-Za-z0-9_./:@%+,=-]+$/;
/** Characters of one file. */
const MAX_TEXT = 2 * 1024 * 1024;

const ESCAPES: Record<string, string> = {
  n: '\n',
  r: '\r',
  t: '\t',
  '"': '"',
  '\\': '\\',
  $: '$',
};

function problem(line: number, what: string): InputError {
  return new InputError(`.env, line ${line}: ${what}`);
}

interface Assignment {
  key: string;
  value: string;
  line: number;
}

/** Reads one assignment after another; knows the line for problems, which never quote a value. */
class EnvReader {
  #at = 0;
  #line = 1;

  constructor(private readonly text: string) {}

  *assignments(): Generator<Assignment> {
    for (;;) {
      this.#skip(/[ \t\r\n]/);
      if (this.#at >= this.text.length) return;
      if (this.#peek() === '#') {
        this.#skip(/[^\n]/);
        continue;
      }
      yield this.#assignment();
    }
  }

  #assignment(): Assignment {
    const line = this.#line;
    let key = this.#take(/[^=\s#]/);
    if (key === 'export' && /[ \t]/.test(this.#peek())) {
      this.#skip(/[ \t]/);
      key = this.#take(/[^=\s#]/);
    }
    this.#skip(/[ \t]/);
    if (this.#peek() !== '=') {
      throw problem(
        line,
        'write it as KEY=value, or begin it with # for a comment',
      );
    }
    if (!NAME.test(key)) {
      throw problem(
        line,
        'the name before = may have letters, digits and _ only',
      );
    }
    this.#advance();
    this.#skip(/[ \t]/);
    const quote = this.#peek();
    if (quote !== '"' && quote !== "'" && quote !== '`') {
      const value = this.#take(/[^\n]/);
      return { key, value: value.replace(/(^|\s)#.*$/, '').trim(), line };
    }
    const value = this.#quoted(quote, line, key);
    const rest = this.#take(/[^\n]/).trim();
    if (rest !== '' && !rest.startsWith('#')) {
      throw problem(
        this.#line,
        `there is text after the closing quote of ${key}`,
      );
    }
    return { key, value, line };
  }

  #quoted(quote: string, line: number, key: string): string {
    this.#advance();
    let value = '';
    while (this.#at < this.text.length) {
      const character = this.#peek();
      this.#advance();
      if (character === quote) return value;
      const escaped =
        quote === '"' && character === '\\' ? ESCAPES[this.#peek()] : undefined;
      if (escaped === undefined) {
        value += character;
      } else {
        value += escaped;
        this.#advance();
      }
    }
    throw problem(line, `the quote before the value of ${key} is not closed`);
  }

  #peek(): string {
    return this.text[this.#at] ?? '';
  }

  #advance(): void {
    if (this.#peek() === '\n') this.#line += 1;
    this.#at += 1;
  }

  #skip(wanted: RegExp): void {
    while (this.#at < this.text.length && wanted.test(this.#peek())) {
      this.#advance();
    }
  }

  #take(wanted: RegExp): string {
    const begun = this.#at;
    this.#skip(wanted);
    return this.text.slice(begun, this.#at);
  }
}

/**
 * Reads an `.env` file: `KEY=value` lines, `#` comments, `export` before a key, values in single quotes or backticks as they
 * are, in double quotes with `\n`, `\r`, `\t`, `\"`, `\$` and `\\`; quoted values may have several lines. Nothing is
 * substituted.
 * @param isKnown - tells keys that are declared; the lines of a value that was pasted without quotes may look like others
 * @throws InputError with the line, ConflictError for a key that is not known; they never quote a value
 */
export function parseEnv(
  text: string,
  isKnown: (key: string) => boolean = () => true,
): Record<string, string> {
  if (text.length > MAX_TEXT) {
    throw new InputError(`the .env text has more than ${MAX_TEXT} characters`);
  }
  const values = new Map<string, string>();
  const lines = text.replace(/^\uFEFF/, '').replace(/\r\n/g, '\n');
  for (const { key, value, line } of new EnvReader(lines).assignments()) {
    if (values.has(key)) throw problem(line, 'its key was given before');
    if (!isKnown(key)) {
      throw new ConflictError(
        `version config contains an unknown key: .env, line ${line}`,
      );
    }
    values.set(key, value);
  }
  return Object.fromEntries(values);
}

/** Writes values so that {@link parseEnv} reads the same again, one a line. */
export function formatEnv(values: Record<string, string>): string {
  const lines = Object.entries(values).map(([key, value]) => {
    if (value === '' || PLAIN.test(value)) return `${key}=${value}`;
    const escaped = value
      .replace(/[\\"$]/g, character => `\\${character}`)
      .replace(/\n/g, '\\n')
      .replace(/\r/g, '\\r');
    return `${key}="${escaped}"`;
  });
  return lines.map(line => `${line}\n`).join('');
}
