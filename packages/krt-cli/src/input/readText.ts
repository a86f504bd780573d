import { readFile } from 'node:fs/promises';
import { CliError } from '../errors';

async function readStdin(): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of process.stdin) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

/**
 * A text as it is, a byte order mark included.
 * @param file - path, or `-` for stdin
 * @throws CliError where it is not UTF-8: what JSON carries would be another value
 */
export async function readText(file: string): Promise<string> {
  const bytes = file === '-' ? await readStdin() : await readFile(file);
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(
      bytes,
    );
  } catch {
    throw new CliError(
      `${file === '-' ? 'what came on stdin' : `"${file}"`} is not UTF-8 text`,
      { hint: 'values are text: encode bytes, for example as base64' },
    );
  }
}
