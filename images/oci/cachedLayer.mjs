// Layers that were written before: found again by what their entries are and by the times of the files they come from.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { sortEntries } from './entries.mjs';
import { writeTar } from './writeTar.mjs';

/** A file whose content changed has another time of change, whatever was done to its other times. */
function stateOf({ source, content }) {
  if (content) return createHash('sha256').update(content).digest('hex');
  if (!source) return undefined;
  const { size, ctimeMs, mtimeMs, mode, ino } = statSync(source);
  return [source, size, ctimeMs, mtimeMs, mode, ino];
}

/** @returns a text that differs where the layer may differ */
export function keyOf(entries, modifiedAt = 0) {
  const hash = createHash('sha256').update(`1 ${modifiedAt}`);
  for (const entry of sortEntries(entries)) {
    const { path, kind, mode, target } = entry;
    hash.update(JSON.stringify([path, kind, mode, target, stateOf(entry)]));
  }
  return hash.digest('hex');
}

function readRecord(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

/**
 * As `writeTar`; `isCached` in the result says that nothing was written.
 *
 * @param options.isFresh - writes in any case
 */
export function cachedLayer({ entries, out, modifiedAt, isFresh = false }) {
  const recordFile = `${out}.json`;
  const key = keyOf(entries, modifiedAt);
  const record = readRecord(recordFile);
  if (
    !isFresh &&
    record?.key === key &&
    existsSync(out) &&
    statSync(out).size === record.size
  ) {
    return {
      file: out,
      digest: record.digest,
      size: record.size,
      isCached: true,
    };
  }
  const layer = writeTar({ entries, out, modifiedAt });
  const { digest, size } = layer;
  writeFileSync(recordFile, JSON.stringify({ key, digest, size }));
  return { ...layer, isCached: false };
}
