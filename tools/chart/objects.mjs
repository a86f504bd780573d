// Objects of a cluster, read and applied with kubectl.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

const WITHIN_MILLIS = 60_000;

/** Writes objects to a file that kubectl takes. @returns its path */
export function writeObjects(cluster, name, items) {
  const file = join(cluster.state, `${name}.json`);
  const list = { apiVersion: 'v1', kind: 'List', items };
  // There may be Secrets among them.
  writeFileSync(file, JSON.stringify(list), { mode: 0o600 });
  return file;
}

/**
 * @param name - of the file they are written to
 * @param flags - of `kubectl apply`
 */
export async function applyObjects(cluster, name, items, flags = []) {
  const file = writeObjects(cluster, name, items);
  await cluster.exec('kubectl', ['apply', ...flags, '-f', file]);
}

/** @returns what kubectl prints as JSON */
export async function readJson(cluster, args) {
  return JSON.parse(
    await cluster.exec('kubectl', [...args, '-o', 'json'], {
      timeout: WITHIN_MILLIS,
    }),
  );
}
