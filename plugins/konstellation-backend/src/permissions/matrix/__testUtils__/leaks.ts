import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Knex } from 'knex';

/** Characters of a value that tell it from others: messages may quote no more. */
const HEAD = 12;

/** What a value looks like where it was carried along: as it is, in base64 at each of its three alignments, in hex, or hashed. */
function tracesOf(value: string): string[] {
  const bytes = Buffer.from(value);
  const base64 = [0, 1, 2].map(shift =>
    Buffer.concat([Buffer.alloc(shift), bytes])
      .toString('base64')
      // The ends depend on what stands beside it.
      .slice(4, -4),
  );
  const hashes = ['md5', 'sha1', 'sha256'].flatMap(algorithm => {
    const hash = createHash(algorithm).update(bytes).digest();
    return [hash.toString('hex'), hash.toString('base64').replace(/=+$/, '')];
  });
  return [
    value,
    value.slice(0, HEAD),
    ...base64,
    bytes.toString('hex'),
    ...hashes,
  ];
}

/** Values that must not be found where they do not belong. */
export class Canaries {
  readonly #traces = new Map<string, string[]>();

  /** @param name - says where it was planted */
  plant(name: string, value: string): string {
    this.#traces.set(name, tracesOf(value));
    return value;
  }

  /** Names of those that are found in it. */
  in(text: string): string[] {
    const lower = text.toLowerCase();
    return [...this.#traces].flatMap(([name, traces]) =>
      traces.some(
        trace => text.includes(trace) || lower.includes(trace.toLowerCase()),
      )
        ? [name]
        : [],
    );
  }
}

/** Anything as text, with what is in errors and bytes. */
export function textOf(value: unknown): string {
  return (
    JSON.stringify(value, (_, inner: unknown) =>
      inner instanceof Uint8Array ? latin(inner) : inner,
    ) ?? ''
  );
}

function latin(bytes: Uint8Array): string {
  const buffer = Buffer.from(bytes);
  const isGzip = buffer[0] === 0x1f && buffer[1] === 0x8b;
  return (isGzip ? gunzipSync(buffer) : buffer).toString('latin1');
}

/** Every row of every table, by name of the table. */
export async function dumpDatabase(
  knex: Knex,
): Promise<Array<{ table: string; text: string }>> {
  const isShared = knex.client.config.client === 'pg';
  const tables: Array<{ name: string }> = isShared
    ? await knex
        .from('pg_tables')
        .where({ schemaname: 'public' })
        .select({ name: 'tablename' })
    : await knex.from('sqlite_master').where({ type: 'table' }).select('name');
  return Promise.all(
    tables.map(async ({ name }) => ({
      table: name,
      text: textOf(await knex.from(name).select()),
    })),
  );
}

/** Every file below a folder. */
export function readFiles(
  directory: string,
): Array<{ file: string; text: string }> {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => {
      const file = join(entry.parentPath, entry.name);
      return { file, text: latin(readFileSync(file)) };
    });
}
