import { writeFile } from 'node:fs/promises';
import { CliError } from '../errors';

function isTaken(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EEXIST';
}

/**
 * Writes a file that only this user may read. One that is there is never written over: it would keep its mode, and what
 * somebody wrote into it would be lost.
 * @throws CliError where there is one already
 */
export async function writeNewFile(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text, { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if (!isTaken(error)) throw error;
    throw new CliError(`there is a file "${file}" already`, {
      hint: 'choose another name, or remove it; nothing was written',
    });
  }
}
