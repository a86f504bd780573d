// Enforces NetworkPolicies: watches them, pods and namespaces, and keeps chains of iptables in the network it runs in.
//   node tools/dev-cluster/policies/controller.mjs STATE_FOLDER     (started by `cluster.mjs up`, inside of the cluster's network)
import { watch } from 'node:fs';
import { join } from 'node:path';
import { apiClient } from '../apiClient.mjs';
import { coalesce, watchAll } from '../watch.mjs';
import { evaluatePolicies } from './evaluate.mjs';
import { askedAtGate, gateFolders, isLetThrough, letThrough } from './gate.mjs';
import { policyTable } from './iptables.mjs';
import { policyPods } from './pods.mjs';
import { STAND_INS } from './standIns.mjs';

const CHECK_EVERY_MILLIS = 10_000;

const [state] = process.argv.slice(2);
const api = apiClient(join(state, 'policies.kubeconfig'));
const folders = gateFolders({ state });
const table = policyTable(STAND_INS.map(({ ip }) => ip));

const changed = coalesce(apply);
const policies = watchAll(
  api,
  '/apis/networking.k8s.io/v1/networkpolicies',
  changed,
);
const pods = watchAll(
  api,
  '/api/v1/pods?fieldSelector=spec.nodeName!=',
  changed,
);
const namespaces = watchAll(api, '/api/v1/namespaces', changed);
watch(folders.asked, changed);
setInterval(() => table.isFirst() || changed(), CHECK_EVERY_MILLIS);

async function apply() {
  if (![policies, pods, namespaces].every(({ isListed }) => isListed)) return;
  const asked = askedAtGate(folders);
  const addresses = new Map(asked.map(({ pod, ip }) => [pod, ip]));
  const known = policyPods(pods.objects, addresses);
  const isolations = evaluatePolicies({
    policies: policies.objects,
    pods: [...STAND_INS, ...known],
    namespaces: new Map(
      namespaces.objects.map(({ metadata }) => [
        metadata.name,
        metadata.labels ?? {},
      ]),
    ),
  });
  const begun = process.hrtime.bigint();
  if (table.apply(isolations)) {
    const millis = Number(process.hrtime.bigint() - begun) / 1e6;
    process.stdout.write(
      `${new Date().toISOString()} ${isolations.length} of ${
        known.length
      } pods isolated, applied in ${millis.toFixed(0)} ms\n`,
    );
  }
  const judged = new Set(
    known.map(({ namespace, name }) => `${namespace}/${name}`),
  );
  for (const { container, pod } of asked) {
    if (judged.has(pod) && !isLetThrough(folders, container)) {
      letThrough(folders, container);
    }
  }
}
