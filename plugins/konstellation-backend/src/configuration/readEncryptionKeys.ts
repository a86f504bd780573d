import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { LoggerService } from '@backstage/backend-plugin-api';
import { isError } from '@backstage/errors';
import { generateKey, readKey, type EncryptionKey } from './ValueCipher';

function hasCode(error: unknown, code: string): boolean {
  return isError(error) && error.code === code;
}

async function readKeyFile(file: string): Promise<EncryptionKey> {
  const stored: { id?: string; secret?: string } = JSON.parse(
    await readFile(file, 'utf8'),
  );
  return readKey(stored.id ?? '', stored.secret ?? '');
}

/**
 * The keys of the configuration; where it has none, the one in a file of this machine, made at the first start. A portal in
 * production has to be given its keys: a file on one machine is no place for them.
 *
 * @throws Error that says how to mend it
 */
export async function readEncryptionKeys(options: {
  keys: readonly EncryptionKey[];
  file: string;
  isProduction: boolean;
  logger: LoggerService;
}): Promise<readonly EncryptionKey[]> {
  const { keys, file, isProduction, logger } = options;
  if (keys.length > 0) return keys;
  if (isProduction) {
    throw new Error(
      'konstellation.encryption.keys is not set: configuration values are stored encrypted, so a portal in production needs a key. Make one with `openssl rand -base64 32` and put it there with an id of your choice',
    );
  }
  try {
    return [await readKeyFile(file)];
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) {
      throw new Error(`${file} cannot be read as an encryption key: ${error}`);
    }
  }
  const made = generateKey();
  await mkdir(dirname(file), { recursive: true });
  try {
    await writeFile(
      file,
      JSON.stringify({ id: made.id, secret: made.key.toString('base64') }),
      { mode: 0o600, flag: 'wx' },
    );
  } catch (error) {
    // Another process was first.
    if (hasCode(error, 'EEXIST')) return [await readKeyFile(file)];
    throw error;
  }
  logger.info(
    `configuration values are encrypted with a key of this machine, in ${file}`,
  );
  return [made];
}
