import assert from 'node:assert/strict';
import { test } from 'node:test';
import { policyChains, renderPolicies } from './render.mjs';

const pod = { ip: '10.0.0.1' };
const render = (isolation, options) =>
  renderPolicies([{ pod, ...isolation }], { standIns: [], ...options }).split(
    '\n',
  );

test('a direction that is not isolated has no chain', () => {
  const lines = render({ ingress: [] });
  assert.ok(lines.includes('-A POLICY -d 10.0.0.1 -j POLICY-IN-10.0.0.1'));
  assert.ok(!lines.some(line => line.includes('POLICY-OUT')));
});

test('what no rule allows is refused at the end', () => {
  const own = render({
    egress: [
      {
        peers: ['10.0.0.2', '10.1.0.0/16'],
        ports: [
          { protocol: 'TCP', from: 80, to: 80 },
          { protocol: 'UDP', from: 1, to: 9 },
        ],
      },
      { ports: [{ protocol: 'SCTP' }] },
    ],
  }).filter(line => line.startsWith('-A POLICY-OUT-10.0.0.1 '));
  assert.deepEqual(own, [
    '-A POLICY-OUT-10.0.0.1 -d 10.0.0.1 -j RETURN',
    '-A POLICY-OUT-10.0.0.1 -d 10.0.0.2 -p tcp --dport 80 -j RETURN',
    '-A POLICY-OUT-10.0.0.1 -d 10.0.0.2 -p udp --dport 1:9 -j RETURN',
    '-A POLICY-OUT-10.0.0.1 -d 10.1.0.0/16 -p tcp --dport 80 -j RETURN',
    '-A POLICY-OUT-10.0.0.1 -d 10.1.0.0/16 -p udp --dport 1:9 -j RETURN',
    '-A POLICY-OUT-10.0.0.1 -p sctp -j RETURN',
    '-A POLICY-OUT-10.0.0.1 -j POLICY-REFUSE',
  ]);
});

test('an empty rule allows everything', () => {
  assert.ok(
    render({ ingress: [{}] }).includes('-A POLICY-IN-10.0.0.1 -j RETURN'),
  );
});

test('answers of what was allowed pass before all else', () => {
  const [first] = render({ ingress: [] }).filter(line =>
    line.startsWith('-A POLICY '),
  );
  assert.equal(
    first,
    '-A POLICY -m conntrack --ctstate RELATED,ESTABLISHED -j RETURN',
  );
});

test('chains of pods that are gone go in the same moment', () => {
  const stale = ['POLICY', 'POLICY-IN-10.0.0.1', 'POLICY-IN-10.0.0.9'];
  const lines = render({ ingress: [] }, { stale });
  assert.deepEqual(
    lines.filter(line => line.startsWith('-X')),
    ['-X POLICY-IN-10.0.0.9'],
  );
  assert.ok(lines.includes(':POLICY-IN-10.0.0.9 - [0:0]'));
  assert.deepEqual(policyChains(lines.join('\n')), [
    'POLICY',
    'POLICY-REFUSE',
    'POLICY-IN-10.0.0.1',
    'POLICY-IN-10.0.0.9',
  ]);
});

test('the hooks are moved to the front each time', () => {
  const lines = render({ ingress: [] }, { standIns: ['10.0.0.3'] });
  for (const hook of ['FORWARD', 'INPUT ! -i lo', 'OUTPUT -s 10.0.0.3']) {
    const [remove, insert] = ['-D', '-I'].map(how =>
      lines.indexOf(`${how} ${hook} -j POLICY`),
    );
    assert.ok(remove > 0 && insert > remove, hook);
  }
});
