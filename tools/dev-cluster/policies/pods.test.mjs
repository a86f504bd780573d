import assert from 'node:assert/strict';
import { test } from 'node:test';
import { policyPods } from './pods.mjs';

const pod = (name, { spec, status } = {}) => ({
  metadata: { namespace: 'one', name, labels: { app: name } },
  spec: { containers: [{ ports: [{ containerPort: 80 }] }], ...spec },
  status: { podIP: '10.0.0.1', phase: 'Running', ...status },
});
const names = (...pods) => policyPods(pods, new Map()).map(({ name }) => name);

test('a pod with its ports, those of containers of init too', () => {
  const initContainers = [
    { ports: [{ name: 'dns', containerPort: 53, protocol: 'UDP' }] },
  ];
  assert.deepEqual(
    policyPods([pod('a', { spec: { initContainers } })], new Map()),
    [
      {
        namespace: 'one',
        name: 'a',
        labels: { app: 'a' },
        ip: '10.0.0.1',
        ports: [
          { name: undefined, port: 80, protocol: 'TCP' },
          { name: 'dns', port: 53, protocol: 'UDP' },
        ],
      },
    ],
  );
});

test('none without an address of its own, and none that has ended', () => {
  const unplaced = pod('unplaced', { status: { podIP: undefined } });
  const host = pod('host', { spec: { hostNetwork: true } });
  const ended = pod('ended', { status: { phase: 'Succeeded' } });
  assert.deepEqual(names(unplaced, host, ended, pod('a')), ['a']);
});

test('the address that the network has just given comes before what its status says', () => {
  const fresh = pod('fresh', { status: { podIP: undefined } });
  const [{ ip }] = policyPods([fresh], new Map([['one/fresh', '10.0.0.7']]));
  assert.equal(ip, '10.0.0.7');
});
