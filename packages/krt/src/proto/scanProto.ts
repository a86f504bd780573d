import protobuf from 'protobufjs';

/** Levels of messages in messages and of values in options; those in use have three. */
const MAX_NESTING = 32;

/** What keeps a proto from being parsed or served, seen without parsing it. */
export interface ScanResult {
  problem?: { message: string; line: number; hint: string };
}

/**
 * Looks through the tokens of a proto before anything that recurses sees it.
 * @throws Error of the tokenizer, for a comment or text that does not end
 */
export function scanProto(text: string): ScanResult {
  const tokens = protobuf.tokenize(text, false);
  let nesting = 0;
  let isFirst = true;
  for (let token = tokens.next(); token !== null; token = tokens.next()) {
    if (isFirst && token === 'edition') {
      return {
        problem: {
          message: 'editions are not supported',
          line: tokens.line,
          hint: 'write `syntax = "proto3";`',
        },
      };
    }
    isFirst = false;
    if (token === '{') nesting++;
    else if (token === '}') nesting--;
    if (nesting > MAX_NESTING) {
      return {
        problem: {
          message: `nested more than ${MAX_NESTING} levels deep`,
          line: tokens.line,
          hint: 'declare messages beside each other',
        },
      };
    }
  }
  return {};
}
