import assert from 'node:assert/strict';
import { test } from 'node:test';
import { evaluatePolicies } from './evaluate.mjs';

const pod = (namespace, name, ip, labels = {}, ports = []) => ({
  namespace,
  name,
  ip,
  labels,
  ports,
});
const HTTP = { name: 'http', port: 8080, protocol: 'TCP' };
const server = pod('one', 'server', '10.0.0.1', { app: 'server' }, [HTTP]);
const other = pod('one', 'other', '10.0.0.2', { app: 'other' });
const client = pod('two', 'client', '10.0.0.3', { app: 'client' });
const stranger = pod('three', 'client', '10.0.0.4', { app: 'client' }, [
  { ...HTTP, port: 9090 },
]);
const pods = [server, other, client, stranger];
const namespaces = new Map([
  ['one', { team: 'a' }],
  ['two', { team: 'b' }],
  ['three', {}],
]);

const policy = (spec, namespace = 'one') => ({
  metadata: { namespace, name: 'policy' },
  spec,
});
/** What holds for the server. */
function judge(...policies) {
  const all = evaluatePolicies({ policies, pods, namespaces });
  return all.find(({ pod: each }) => each === server);
}

test('a pod that no policy selects is not isolated', () => {
  assert.equal(judge(), undefined);
  assert.equal(judge(policy({ podSelector: {} }, 'two')), undefined);
  const nobody = { podSelector: { matchLabels: { app: 'nobody' } } };
  assert.equal(judge(policy(nobody)), undefined);
});

test('a policy without types isolates for ingress, and for egress where it has rules for it', () => {
  const closed = judge(policy({ podSelector: {} }));
  assert.deepEqual(closed.ingress, []);
  assert.equal(closed.egress, undefined);
  const both = judge(policy({ podSelector: {}, egress: [] }));
  assert.deepEqual([both.ingress, both.egress], [[], []]);
});

test('only the types that it names', () => {
  const { ingress, egress } = judge(
    policy({ podSelector: {}, policyTypes: ['Egress'] }),
  );
  assert.deepEqual([ingress, egress], [undefined, []]);
});

test('an empty rule allows everything, an empty list nothing', () => {
  assert.deepEqual(judge(policy({ podSelector: {}, ingress: [{}] })).ingress, [
    {},
  ]);
  assert.deepEqual(
    judge(policy({ podSelector: {}, ingress: [{ from: [] }] })).ingress,
    [{}],
  );
});

const from = (...peers) =>
  judge(
    policy({ podSelector: {}, ingress: [{ from: peers }] }),
  ).ingress.flatMap(({ peers: blocks }) => blocks);

test('a selector of pods means those of the same namespace', () => {
  assert.deepEqual(from({ podSelector: {} }), ['10.0.0.1', '10.0.0.2']);
  assert.deepEqual(
    from({ podSelector: { matchLabels: { app: 'client' } } }),
    [],
  );
});

test('a selector of namespaces means all their pods, or those that another selects there', () => {
  const everywhere = { namespaceSelector: {} };
  assert.equal(from(everywhere).length, 4);
  assert.deepEqual(
    from({ ...everywhere, podSelector: { matchLabels: { app: 'client' } } }),
    ['10.0.0.3', '10.0.0.4'],
  );
  const named = { namespaceSelector: { matchLabels: { team: 'b' } } };
  assert.deepEqual(from(named), ['10.0.0.3']);
});

test('expressions of selectors', () => {
  const of = (key, operator, values) =>
    from({
      namespaceSelector: { matchExpressions: [{ key, operator, values }] },
    });
  assert.deepEqual(of('team', 'In', ['b', 'c']), ['10.0.0.3']);
  assert.deepEqual(of('team', 'NotIn', ['a']), ['10.0.0.3', '10.0.0.4']);
  assert.deepEqual(of('team', 'Exists'), ['10.0.0.1', '10.0.0.2', '10.0.0.3']);
  assert.deepEqual(of('team', 'DoesNotExist'), ['10.0.0.4']);
});

test('a block without its exceptions', () => {
  const ipBlock = { cidr: '10.1.0.0/30', except: ['10.1.0.2/32'] };
  assert.deepEqual(from({ ipBlock }), ['10.1.0.0/31', '10.1.0.3']);
});

test('policies add up', () => {
  const one = policy({
    podSelector: {},
    ingress: [{ from: [{ podSelector: { matchLabels: { app: 'other' } } }] }],
  });
  const two = policy({
    podSelector: {},
    ingress: [
      { from: [{ namespaceSelector: { matchLabels: { team: 'b' } } }] },
    ],
  });
  assert.deepEqual(judge(one, two).ingress, [
    { peers: ['10.0.0.2'] },
    { peers: ['10.0.0.3'] },
  ]);
});

const ports = (...list) =>
  judge(policy({ podSelector: {}, ingress: [{ ports: list }] })).ingress;

test('ports: numbers, ranges, whole protocols', () => {
  assert.deepEqual(
    ports({ port: 80 }, { port: 1, endPort: 9, protocol: 'UDP' }, {}),
    [
      {
        ports: [
          { protocol: 'TCP', from: 80, to: 80 },
          { protocol: 'UDP', from: 1, to: 9 },
          { protocol: 'TCP' },
        ],
      },
    ],
  );
});

test('a named port is that of the pod that is called', () => {
  assert.deepEqual(ports({ port: 'http' }), [
    { ports: [{ protocol: 'TCP', from: 8080, to: 8080 }] },
  ]);
  // It has none of that name: nothing is allowed.
  assert.deepEqual(ports({ port: 'grpc' }), []);
  assert.deepEqual(ports({ port: 'http', protocol: 'UDP' }), []);
});

test('a named port of egress is another one with each peer', () => {
  const { egress } = judge(
    policy({
      podSelector: {},
      policyTypes: ['Egress'],
      egress: [
        {
          to: [{ namespaceSelector: {} }],
          ports: [{ port: 'http' }, { port: 53, protocol: 'UDP' }],
        },
      ],
    }),
  );
  assert.deepEqual(egress, [
    {
      peers: ['10.0.0.1', '10.0.0.2', '10.0.0.3', '10.0.0.4'],
      ports: [{ protocol: 'UDP', from: 53, to: 53 }],
    },
    { peers: ['10.0.0.1'], ports: [{ protocol: 'TCP', from: 8080, to: 8080 }] },
    { peers: ['10.0.0.4'], ports: [{ protocol: 'TCP', from: 9090, to: 9090 }] },
  ]);
});
