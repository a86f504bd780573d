import { readFile } from 'node:fs/promises';
import { parseEnv } from 'node:util';
import { usage } from '../errors';
import { readText } from '../input/readText';

/** `KEY=VALUE` … @throws CliError for anything else, which is not repeated: it may be a value whose key was forgotten */
export function parseAssignments(
  texts: readonly string[],
): Record<string, string> {
  const values: Record<string, string> = {};
  texts.forEach((text, index) => {
    const at = text.indexOf('=');
    if (at < 1) {
      throw usage(`value ${index + 1} has no key`, 'write it as KEY=VALUE');
    }
    values[text.slice(0, at)] = text.slice(at + 1);
  });
  return values;
}

/** Values of a .env file. */
export async function readEnvFile(
  file: string,
): Promise<Record<string, string>> {
  const values: Record<string, string> = {};
  for (const [key, value] of Object.entries(
    parseEnv(await readFile(file, 'utf8')),
  )) {
    if (value !== undefined) values[key] = value;
  }
  return values;
}

/** `KEY=path` …, each value the content of its file as it is. @throws CliError */
export async function readFileValues(
  texts: readonly string[],
): Promise<Record<string, string>> {
  const values: Record<string, string> = {};
  for (const [key, path] of Object.entries(parseAssignments(texts))) {
    values[key] = await readText(path);
  }
  return values;
}

/** A request as JSON: written out, `@file`, or `-` for stdin. */
export async function readRequest(text: string): Promise<unknown> {
  let json = text;
  if (text === '-') json = await readText('-');
  else if (text.startsWith('@')) json = await readText(text.slice(1));
  try {
    return JSON.parse(json);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw usage(`the request is no JSON: ${reason}`);
  }
}

/** Gathers an option that may be given several times. */
export function collect(value: string, before: string[]): string[] {
  return [...before, value];
}
