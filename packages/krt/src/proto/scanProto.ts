import protobuf from 'protobufjs';
import type { KrtProblemCode } from '../problemCodes';

/** Levels of messages in messages and of values in options; those in use have three. */
const MAX_NESTING = 32;
/** Fields of one message, and of all extensions: the parser looks at all of them again for each. */
const MAX_FIELDS = 1_000;
/** Words and marks of all files together. */
const MAX_TOKENS = 40_000;

/** What keeps a proto from being parsed or served. */
export interface ScanProblem {
  code: KrtProblemCode;
  message: string;
  line: number;
  hint: string;
}

/** Looks through the tokens of protos before anything sees them that recurses, or takes more than linear time. */
export class ProtoScanner {
  #tokens = 0;
  #extensions = 0;

  /**
   * @returns what is wrong with a file, after those before it
   * @throws Error of the tokenizer, for a comment or text that does not end
   */
  scan(text: string): ScanProblem | undefined {
    const tokens = protobuf.tokenize(text, false);
    let nesting = 0;
    let fields = 0;
    let isExtension = false;
    let last: string | null = null;
    const problem = (code: KrtProblemCode, message: string, hint: string) => ({
      code,
      message,
      hint,
      line: tokens.line,
    });
    for (let token = tokens.next(); token !== null; token = tokens.next()) {
      if (++this.#tokens > MAX_TOKENS) {
        return problem(
          'proto-size',
          `the protos have more than ${MAX_TOKENS} words and marks`,
          'leave out what the service does not need',
        );
      }
      if (nesting === 0 && last === 'edition' && token === '=') {
        return problem(
          'proto-unsupported',
          'editions are not supported',
          'write `syntax = "proto3";`',
        );
      }
      if (nesting === 0 && token === 'extend') isExtension = true;
      if (token === '{' || token === '}') {
        nesting += token === '{' ? 1 : -1;
        fields = 0;
        if (nesting <= 0) isExtension = false;
      } else if (token === '=') {
        fields++;
        if (isExtension) this.#extensions++;
      }
      if (nesting > MAX_NESTING) {
        return problem(
          'proto-unsupported',
          `nested more than ${MAX_NESTING} levels deep`,
          'declare messages beside each other',
        );
      }
      if (fields > MAX_FIELDS || this.#extensions > MAX_FIELDS) {
        return problem(
          'proto-size',
          `a message has more than ${MAX_FIELDS} fields`,
          'use repeated fields, or messages in messages',
        );
      }
      last = token;
    }
    return undefined;
  }
}
