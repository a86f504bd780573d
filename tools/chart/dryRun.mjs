// What the chart renders, judged by a real API server; nothing of it stays.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { objectsOf, render } from '../../chart/tests/renders.mjs';
import { applyObjects } from './objects.mjs';

async function makeNamespaces(cluster, names) {
  const items = names.map(name => ({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name },
  }));
  await applyObjects(cluster, 'namespaces', items, ['--server-side']);
}

/** @throws Error with what the API server says against the objects of a case */
export async function dryRun(cluster, name) {
  // Admission asks for the account of a pod, which is not there in a dry run; `helm test` runs the one pod for real.
  const objects = objectsOf(await render(name)).filter(
    ({ kind }) => kind !== 'Pod',
  );
  const namespaces = objects.flatMap(({ namespace }) => namespace ?? []);
  await makeNamespaces(cluster, [...new Set(namespaces)]);
  const file = join(cluster.state, 'render.yaml');
  writeFileSync(file, objects.map(({ text }) => text).join('\n---\n'));
  await cluster.exec('kubectl', [
    ...['apply', '--server-side', '--dry-run=server', '-f', file],
  ]);
}
