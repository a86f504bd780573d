import { createColors } from 'picocolors';

type Colors = ReturnType<typeof createColors>;

function wantsColors(noColor: boolean, stream: NodeJS.WriteStream): boolean {
  if (noColor || process.env.NO_COLOR) return false;
  return Boolean(process.env.FORCE_COLOR) || stream.isTTY === true;
}

/**
 * Where results and messages go: with `--json` the one result to stdout and everything for people to stderr.
 */
export class Output {
  readonly colors: Colors;
  readonly #out: NodeJS.WriteStream;
  #shown = false;

  constructor(readonly options: { json: boolean; noColor: boolean }) {
    this.#out = options.json ? process.stderr : process.stdout;
    this.colors = createColors(wantsColors(options.noColor, this.#out));
  }

  get isInteractive(): boolean {
    return (
      !this.options.json && process.stdin.isTTY === true && this.#out.isTTY
    );
  }

  /** Whether a line can be written over while it is seen. */
  get isWatched(): boolean {
    return process.stderr.isTTY === true && !this.options.json;
  }

  /** For people. */
  say(text = ''): void {
    this.#clear();
    this.#out.write(`${text}\n`);
  }

  done(text: string): void {
    this.say(`${this.colors.green('✓')} ${text}`);
  }

  /** For people, beside the result. */
  note(text: string): void {
    this.#clear();
    process.stderr.write(`${this.colors.dim(text)}\n`);
  }

  warn(text: string): void {
    this.#clear();
    process.stderr.write(`${this.colors.yellow('!')} ${text}\n`);
  }

  fail(text: string, hint?: string): void {
    this.#clear();
    const { red, dim } = this.colors;
    process.stderr.write(`${red('✗')} ${text}\n`);
    if (hint) process.stderr.write(`  ${dim(hint)}\n`);
  }

  /** The result: for programs as JSON, for people as the text that is made of it. */
  result(value: unknown, text: () => string | undefined): void {
    this.#clear();
    if (this.options.json) {
      process.stdout.write(`${JSON.stringify(value, undefined, 2)}\n`);
      return;
    }
    const shown = text();
    if (shown) process.stdout.write(`${shown}\n`);
  }

  /** One of many results, as a line of NDJSON or of text. */
  line(value: unknown, text: () => string): void {
    this.#clear();
    process.stdout.write(
      `${this.options.json ? JSON.stringify(value) : text()}\n`,
    );
  }

  /** A line that is written over by the next; nothing where nobody watches. */
  progress(text: string): void {
    if (!this.isWatched) return;
    process.stderr.write(`\r\u001b[2K${text}`);
    this.#shown = true;
  }

  #clear(): void {
    if (this.#shown) process.stderr.write('\r\u001b[2K');
    this.#shown = false;
  }
}
