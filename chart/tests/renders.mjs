// The chart, rendered with each file of `values`: for the golden files, and for an API server that is to take what is rendered.
import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findHelm } from '../../tools/dev-cluster/helm.mjs';
import { capture } from '../../tools/processes.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const HELM_MILLIS = 60_000;

export const CHART = dirname(here);
export const RELEASE = 'konstellation';
export const NAMESPACE = 'portal';
/** Names of the files of `values`. */
export const CASES = readdirSync(join(here, 'values')).map(file =>
  file.replace(/\.yaml$/, ''),
);

export const valuesOf = name => join(here, 'values', `${name}.yaml`);
export const goldenOf = name => join(here, 'golden', `${name}.yaml`);

/** Runs helm. @returns its output. @throws Error with the end of it */
export async function helm(...args) {
  const { path, problem } = await findHelm();
  if (problem) throw new Error(problem);
  return capture(path, args, { env: process.env, timeout: HELM_MILLIS });
}

/**
 * @param values - of `--set-json`, over those of the case
 * @returns the objects, as text; what is made anew each time is replaced
 */
export async function render(name, values = {}) {
  const text = await helm(
    ...['template', RELEASE, CHART, '--namespace', NAMESPACE],
    ...['--values', valuesOf(name)],
    ...Object.entries(values).flatMap(([path, value]) => [
      '--set-json',
      `${path}=${JSON.stringify(value)}`,
    ]),
  );
  return text.replace(
    /^( +(?:encryption-key|session-secret): )[A-Za-z0-9+/]+=*$/gm,
    '$1bWFkZSBhbmV3',
  );
}

/** Each object of a render, as text, with its kind and namespace. */
export function objectsOf(text) {
  return text
    .split(/^---\n/m)
    .filter(part => /^kind: /m.test(part))
    .map(part => ({
      kind: /^kind: (.+)$/m.exec(part)[1],
      namespace: /^ {2}namespace: (.+)$/m.exec(part)?.[1],
      text: part,
    }));
}
