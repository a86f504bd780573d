import assert from 'node:assert/strict';
import { test } from 'node:test';
import { attachments } from './attachment.mjs';
import { gatewayCertificates, gatewayRoutes } from './gatewayRoutes.mjs';
import { ingressCertificates, ingressRoutes } from './ingressRoutes.mjs';
import { routeStatus } from './status.mjs';

const ingress = (spec, annotations) => ({
  metadata: { namespace: 'one', name: 'web', annotations },
  spec,
});
const toServer = port => ({ service: { name: 'server', port } });
const path = {
  path: '/a',
  pathType: 'Prefix',
  backend: toServer({ name: 'http' }),
};

test('an Ingress of our class or of none', () => {
  const rules = [{ host: 'a.example', http: { paths: [path] } }];
  const of = name =>
    ingressRoutes([ingress({ ingressClassName: name, rules })]);
  assert.equal(of('other').length, 0);
  assert.equal(of(undefined).length, 1);
  assert.deepEqual(of('haproxy'), [
    {
      key: 'ingress:one:web:0-0',
      host: 'a.example',
      isSingleLabel: true,
      path: { type: 'Prefix', value: '/a' },
      backends: [
        {
          namespace: 'one',
          name: 'server',
          port: 'http',
          weight: 1,
          h2: false,
        },
      ],
    },
  ]);
});

test('annotations of other controllers say that a backend speaks gRPC', () => {
  const spec = { defaultBackend: toServer({ number: 80 }) };
  for (const [name, value] of [
    ['nginx.ingress.kubernetes.io/backend-protocol', 'GRPC'],
    ['haproxy.org/server-proto', 'h2'],
  ]) {
    const [{ host, backends }] = ingressRoutes([
      ingress(spec, { [name]: value }),
    ]);
    assert.deepEqual([host, backends[0].h2], ['*', true]);
  }
});

test('certificates are in secrets of the same namespace, unless a Gateway says another', () => {
  assert.deepEqual(
    ingressCertificates([ingress({ tls: [{ secretName: 's' }, {}] })]),
    [{ namespace: 'one', name: 's' }],
  );
  const tls = {
    certificateRefs: [{ name: 'a' }, { name: 'b', namespace: 'two' }],
  };
  assert.deepEqual(gatewayCertificates([gateway({ tls })]), [
    { namespace: 'front', name: 'a' },
    { namespace: 'two', name: 'b' },
  ]);
});

const gateway = listener => ({
  metadata: { namespace: 'front', name: 'dev', generation: 1 },
  spec: { listeners: [{ name: 'http', port: 80, ...listener }] },
});
const open = { allowedRoutes: { namespaces: { from: 'All' } } };
const route = (spec, kind = 'HTTPRoute') => ({
  kind,
  metadata: { namespace: 'one', name: 'web', generation: 1 },
  spec: {
    parentRefs: [{ namespace: 'front', name: 'dev' }],
    hostnames: ['a.example'],
    rules: [{ backendRefs: [{ name: 'server', port: 80 }] }],
    ...spec,
  },
});
const namespaces = new Map([['one', { team: 'a' }]]);
const attach = (one, listener) =>
  attachments(one, [gateway(listener)], namespaces)[0];

test('a Gateway takes routes of its own namespace, unless it says otherwise', () => {
  const selector = { matchLabels: { team: 'a' } };
  const of = allowed =>
    attach(route(), { allowedRoutes: { namespaces: allowed } }).reason;
  assert.equal(of(undefined), 'NotAllowedByListeners');
  assert.equal(of({ from: 'All' }), 'Accepted');
  assert.equal(of({ from: 'Selector', selector }), 'Accepted');
  const others = { matchLabels: { team: 'b' } };
  assert.equal(
    of({ from: 'Selector', selector: others }),
    'NotAllowedByListeners',
  );
});

test('the hosts are those that route and listener both mean', () => {
  const hosts = (hostnames, hostname) =>
    attach(route({ hostnames }), { ...open, hostname });
  assert.deepEqual(hosts(undefined, undefined).hosts, ['*']);
  assert.deepEqual(hosts(undefined, '*.example').hosts, ['*.example']);
  assert.deepEqual(hosts(['a.example', 'b.other'], '*.example').hosts, [
    'a.example',
  ]);
  assert.deepEqual(hosts(['*.example'], 'a.example').hosts, ['a.example']);
  assert.equal(
    hosts(['b.other'], '*.example').reason,
    'NoMatchingListenerHostname',
  );
});

test('a parent that is no Gateway of ours is left to others', () => {
  const parentRefs = [{ name: 'dev' }, { kind: 'Service', name: 'x' }];
  assert.deepEqual(
    attachments(route({ parentRefs }), [gateway(open)], namespaces),
    [],
  );
  const missing = [{ namespace: 'front', name: 'dev', sectionName: 'other' }];
  assert.equal(
    attach(route({ parentRefs: missing }), open).reason,
    'NoMatchingParent',
  );
});

test('a method of gRPC is a path, and its backends speak HTTP/2', () => {
  const rules = [
    {
      matches: [
        { method: { service: 'a.B', method: 'C' } },
        { method: { service: 'a.B' } },
        { method: { method: 'C' } },
      ],
      backendRefs: [{ name: 'server', port: 80 }],
    },
  ];
  const routes = gatewayRoutes(
    [route({ rules }, 'GRPCRoute')],
    [gateway(open)],
    namespaces,
  );
  assert.deepEqual(
    routes.map(each => each.path),
    [
      { type: 'Exact', value: '/a.B/C' },
      { type: 'Prefix', value: '/a.B' },
      { type: 'Regex', value: '/[^/]+/C' },
    ],
  );
  assert.ok(routes.every(({ backends }) => backends[0].h2));
});

const status = one =>
  routeStatus(one, {
    gateways: [gateway(open)],
    namespaces,
    isResolved: true,
  });

test('a route is told that it is accepted, once', () => {
  const { parents } = status(route());
  assert.deepEqual(
    parents[0].conditions.map(({ type, status: is }) => [type, is]),
    [
      ['Accepted', 'True'],
      ['ResolvedRefs', 'True'],
    ],
  );
  assert.equal(status({ ...route(), status: { parents } }), undefined);
});

test('a route with a filter that is not known is not taken, and told so', () => {
  const rules = [{ filters: [{ type: 'RequestMirror' }] }];
  const one = route({ rules });
  assert.deepEqual(gatewayRoutes([one], [gateway(open)], namespaces), []);
  const [{ reason, message }] = status(one).parents[0].conditions;
  assert.equal(reason, 'UnsupportedValue');
  assert.match(message, /RequestMirror/);
});

test('what others told a route stays', () => {
  const other = { controllerName: 'other', parentRef: { name: 'x' } };
  const { parents } = status({ ...route(), status: { parents: [other] } });
  assert.equal(parents.length, 2);
});
