import type { UpdateConfigurationRequest } from '@konstellation/backstage-plugin-konstellation-common';
import { CliError, usage } from '../errors';
import { parseAssignments, readFileValues } from '../package/values';
import { askHidden } from './askHidden';
import { readText } from './readText';

/** A value that is asked for. */
const ASKED = '-';

/** Where the values of a change come from. */
export interface ChangeSources {
  /** `KEY=VALUE`, or `KEY=-`. */
  assignments: readonly string[];
  /** `KEY=path` */
  fromFile: readonly string[];
  /** Path of a .env file, or `-`. */
  envFile?: string;
}

export type Change = Pick<UpdateConfigurationRequest, 'values' | 'env'>;

/** A value without the newline that `echo` and editors add. */
async function readValue(key: string): Promise<string> {
  const value = process.stdin.isTTY
    ? await askHidden(`Value of ${key}`)
    : (await readText('-')).replace(/\r?\n$/, '');
  if (value !== '') return value;
  // An empty text takes a value away, which an empty pipe must not do.
  throw new CliError(`there came no value for ${key}`, {
    hint: `to take its value away: ${key}=`,
  });
}

function refuseTwice(...sources: Array<Record<string, string>>): void {
  const keys = sources.flatMap(source => Object.keys(source));
  const twice = keys.find((key, index) => keys.indexOf(key) !== index);
  if (twice) throw usage(`${twice} is given twice`);
}

/**
 * Values of a change as the portal takes them. The text of a .env file goes there as it is: the portal reads it.
 * @throws CliError which never has a value in it
 */
export async function readChange(sources: ChangeSources): Promise<Change> {
  const { envFile } = sources;
  const given = parseAssignments(sources.assignments);
  refuseTwice(given, parseAssignments(sources.fromFile));
  const asked = Object.keys(given).filter(key => given[key] === ASKED);
  const fromStdin = [
    ...(process.stdin.isTTY ? asked.slice(0, 1) : asked),
    ...(envFile === '-' ? ['--env-file'] : []),
  ];
  if (fromStdin.length > 1) {
    throw usage(
      `stdin is one text, and is wanted for ${fromStdin.join(' and ')}`,
      'give the others as files: --from-file KEY=path',
    );
  }
  const values = { ...given, ...(await readFileValues(sources.fromFile)) };
  for (const key of asked) values[key] = await readValue(key);
  return {
    ...(Object.keys(values).length > 0 ? { values } : {}),
    ...(envFile === undefined ? {} : { env: await readText(envFile) }),
  };
}
