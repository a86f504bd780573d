import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import type { ContainerLogLine } from '@konstellation/backstage-plugin-konstellation-node';
import { timeKey } from '../domain/timeKey';

/** What is kept of the log of one run of a container at most. */
export interface LogLimits {
  maxLines: number;
  /** Of the texts of the lines. */
  maxBytes: number;
}

export function bytesOf(line: ContainerLogLine): number {
  return Buffer.byteLength(line.text);
}

/** The last lines that fit; one that alone is too long is cut. */
export function lastLines(
  lines: readonly ContainerLogLine[],
  limits: LogLimits,
): ContainerLogLine[] {
  let bytes = 0;
  let first = lines.length;
  while (first > 0 && lines.length - first < limits.maxLines) {
    const line = lines[first - 1];
    bytes += line ? bytesOf(line) : 0;
    if (bytes > limits.maxBytes) break;
    first--;
  }
  const last = lines.at(-1);
  if (first === lines.length && last && limits.maxLines > 0) {
    const text = Buffer.from(last.text).subarray(0, limits.maxBytes);
    return [{ at: last.at, text: text.toString() }];
  }
  return lines.slice(first);
}

function sorted(lines: readonly ContainerLogLine[]) {
  return lines
    .map(line => ({ key: timeKey(line.at), line }))
    .sort((a, b) => Number(a.key > b.key) - Number(a.key < b.key));
}

/**
 * Two readings of the same log as one. Each may lack lines the other has; of every instant the reading with more lines counts.
 * So the order of merging does not matter, and merging again changes nothing: processes may do it side by side.
 */
export function mergeLines(
  one: readonly ContainerLogLine[],
  other: readonly ContainerLogLine[],
): ContainerLogLine[] {
  const [a, b] = [sorted(one), sorted(other)];
  const merged: ContainerLogLine[] = [];
  const endOf = (list: typeof a, from: number, key: string) => {
    let end = from;
    while (list[end]?.key === key) end++;
    return end;
  };
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    const [left, right] = [a[i]?.key, b[j]?.key];
    const key =
      right === undefined || (left !== undefined && left <= right)
        ? left
        : right;
    if (key === undefined) break;
    const [endA, endB] = [endOf(a, i, key), endOf(b, j, key)];
    const group = endA - i >= endB - j ? a.slice(i, endA) : b.slice(j, endB);
    for (const { line } of group) merged.push(line);
    [i, j] = [endA, endB];
  }
  return merged;
}

const compress = promisify(gzip);
const decompress = promisify(gunzip);

/** Lines as gzip of NDJSON. */
export function packLines(lines: readonly ContainerLogLine[]): Promise<Buffer> {
  return compress(
    lines.map(({ at, text }) => `${JSON.stringify({ at, text })}\n`).join(''),
  );
}

export async function unpackLines(
  content: Buffer | undefined,
): Promise<ContainerLogLine[]> {
  if (!content) return [];
  const text = (await decompress(content)).toString();
  return text
    .split('\n')
    .filter(line => line !== '')
    .map(line => JSON.parse(line));
}
