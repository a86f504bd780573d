// Writes a tar archive whose bytes depend on its entries alone: sorted, owned by root, of one time.
import { createHash } from 'node:crypto';
import {
  closeSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { plainMode, sortEntries } from './entries.mjs';
import { END, paddingOf, tarHeader } from './tarHeader.mjs';

const CHUNK = 1024 * 1024;

function copy(source, size, write, chunk) {
  const input = openSync(source, 'r');
  try {
    let left = size;
    while (left > 0) {
      const read = readSync(input, chunk, 0, Math.min(left, CHUNK), null);
      if (read === 0) throw new Error(`${source} became shorter`);
      write(chunk.subarray(0, read));
      left -= read;
    }
  } finally {
    closeSync(input);
  }
}

/**
 * Whoever reads the file meanwhile finds the one before, or none.
 *
 * @param options.entries - see entries.mjs
 * @param options.out - where the archive goes
 * @param options.modifiedAt - seconds since 1970
 * @returns `{ file, digest, size }` of the archive
 */
export function writeTar({ entries, out, modifiedAt = 0 }) {
  mkdirSync(dirname(out), { recursive: true });
  const unfinished = `${out}.${process.pid}`;
  const output = openSync(unfinished, 'w');
  const hash = createHash('sha256');
  const chunk = Buffer.allocUnsafe(CHUNK);
  let size = 0;
  function write(bytes) {
    hash.update(bytes);
    for (let done = 0; done < bytes.length; ) {
      done += writeSync(output, bytes, done);
    }
    size += bytes.length;
  }
  function writeEntry(entry) {
    if (entry.kind !== 'file') {
      write(tarHeader(entry, modifiedAt));
      return;
    }
    const stat = entry.source ? statSync(entry.source) : undefined;
    const length = stat?.size ?? entry.content.length;
    const mode = entry.mode ?? plainMode(stat.mode);
    write(tarHeader({ ...entry, mode, size: length }, modifiedAt));
    if (entry.source) copy(entry.source, length, write, chunk);
    else write(entry.content);
    write(paddingOf(length));
  }
  try {
    for (const entry of sortEntries(entries)) writeEntry(entry);
    write(END);
    closeSync(output);
    renameSync(unfinished, out);
  } catch (error) {
    rmSync(unfinished, { force: true });
    throw error;
  }
  return { file: out, digest: `sha256:${hash.digest('hex')}`, size };
}
