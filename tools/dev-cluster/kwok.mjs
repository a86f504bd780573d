// Nodes and pods that are only told of, by the thousand: kwok, for what has to be seen at a size that no machine here has.
import { join } from 'node:path';
import { startBinary } from './controlPlane.mjs';
import { toolFolder } from './tools.mjs';

const MARK = 'kwok.x-k8s.io/node';
const STAGES = [
  'node/fast/node-initialize.yaml',
  'node/heartbeat-with-lease/node-heartbeat-with-lease.yaml',
  'pod/fast/pod-ready.yaml',
  'pod/fast/pod-complete.yaml',
  'pod/fast/pod-delete.yaml',
];

/** Leaves the real node alone. */
export function startKwok(settings) {
  const folder = toolFolder(settings, 'kwok');
  startBinary(
    settings,
    'kwok',
    {
      kubeconfig: join(settings.state, 'kwok.kubeconfig'),
      'manage-all-nodes': 'false',
      'manage-nodes-with-annotation-selector': `${MARK}=fake`,
    },
    STAGES.map(stage => `--config=${join(folder, stage)}`),
  );
}

/** A node for pods that tolerate it. */
export const fakeNode = name => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: {
    name,
    annotations: { [MARK]: 'fake' },
    labels: { 'kubernetes.io/hostname': name, type: 'kwok' },
  },
  spec: { taints: [{ key: MARK, value: 'fake', effect: 'NoSchedule' }] },
  status: {
    allocatable: { cpu: '32', memory: '256Gi', pods: '1000' },
    capacity: { cpu: '32', memory: '256Gi', pods: '1000' },
  },
});
