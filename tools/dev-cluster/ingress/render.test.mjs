import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fill, renderHaproxy } from './render.mjs';
import { directoryOf } from './servers.mjs';
import { Slots } from './slots.mjs';

const service = {
  metadata: { namespace: 'one', name: 'server' },
  spec: {
    ports: [
      { name: 'http', port: 80 },
      { name: 'grpc', port: 81, appProtocol: 'kubernetes.io/h2c' },
    ],
  },
};
const slice = {
  metadata: {
    namespace: 'one',
    name: 'server-1',
    labels: { 'kubernetes.io/service-name': 'server' },
  },
  ports: [
    { name: 'http', port: 8080 },
    { name: 'grpc', port: 8081 },
  ],
  endpoints: [{ addresses: ['10.0.0.1'], conditions: { ready: true } }],
};
const backend = { namespace: 'one', name: 'server', port: 'http', weight: 1 };
const all = { type: 'Prefix', value: '/' };
const route = more => ({
  key: 'route',
  host: 'a.example',
  path: all,
  backends: [backend],
  ...more,
});

function render(routes, slices = [slice]) {
  const rendered = renderHaproxy(routes, {
    slots: new Slots(),
    directory: directoryOf([service], slices),
    network: 'net',
    ports: { http: 8000, https: 8443 },
    certificates: '/list',
  });
  return fill(rendered)
    .split('\n')
    .map(line => line.trim());
}
const uses = lines => lines.filter(line => line.startsWith('use_backend'));
const servers = lines =>
  lines.filter(
    line => line.startsWith('server ') && !line.includes(' disabled '),
  );

test('a host of a route leads to the pods of its Service', () => {
  const lines = render([route()]);
  assert.deepEqual(uses(lines), [
    "use_backend route if { var(txn.host) -m str 'a.example' }",
  ]);
  assert.deepEqual(servers(lines), [
    'server 0-0 10.0.0.1:8080 weight 256 namespace net source 10.88.7.3',
  ]);
});

test('without a pod there is no server, which callers are told with 503', () => {
  const unready = {
    ...slice,
    endpoints: [{ addresses: ['10.0.0.1'], conditions: { ready: false } }],
  };
  for (const slices of [[], [unready]]) {
    const lines = render([route()], slices);
    assert.deepEqual(servers(lines), []);
    assert.ok(lines.includes('backend route'));
  }
});

test('HTTP/2 where the port of the Service or the route says so', () => {
  const [byPort] = servers(
    render([route({ backends: [{ ...backend, port: 81 }] })]),
  );
  assert.match(byPort, /10\.0\.0\.1:8081 .* proto h2$/);
  const [byRoute] = servers(
    render([route({ backends: [{ ...backend, h2: true }] })]),
  );
  assert.match(byRoute, /10\.0\.0\.1:8080 .* proto h2$/);
});

test('a prefix means whole elements of a path', () => {
  const path = { type: 'Prefix', value: '/a/' };
  assert.deepEqual(uses(render([route({ path })])), [
    "use_backend route if { var(txn.host) -m str 'a.example' } { path -m str '/a' }",
    "use_backend route if { var(txn.host) -m str 'a.example' } { path -m beg '/a/' }",
  ]);
});

test('what is said more exactly is asked first', () => {
  const order = uses(
    render([
      route({ key: 'any', host: '*' }),
      route({ key: 'wildcard', host: '*.example' }),
      route({ key: 'root' }),
      route({ key: 'long', path: { type: 'Prefix', value: '/aa/b' } }),
      route({ key: 'short', path: { type: 'Prefix', value: '/aa' } }),
      route({ key: 'exact', path: { type: 'Exact', value: '/a' } }),
      route({ key: 'post', method: 'POST' }),
    ]),
  ).map(line => line.split(' ')[1]);
  assert.deepEqual(
    [...new Set(order)],
    ['exact', 'long', 'short', 'post', 'root', 'wildcard', 'any'],
  );
});

test('a wildcard of an Ingress is one label, of a Gateway any number', () => {
  const [many] = uses(render([route({ host: '*.b.c' })]));
  const [one] = uses(render([route({ host: '*.b.c', isSingleLabel: true })]));
  assert.match(many, /-m end '\.b\.c'/);
  assert.ok(one.includes("-m reg '^[^.]+\\.b\\.c$'"));
});

test('headers and parameters that a route asks for', () => {
  const [line] = uses(
    render([
      route({
        headers: [{ name: 'x', value: "it's", type: 'Exact' }],
        query: [{ name: 'q', value: 'a+', type: 'RegularExpression' }],
      }),
    ]),
  );
  assert.ok(line.includes(`{ req.hdr('x') -m str 'it'\\''s' }`));
  assert.ok(line.includes(`{ url_param('q') -m reg '^(?:a+)$' }`));
});

test('nothing that could begin a line of its own', () => {
  const path = { type: 'Exact', value: '/a\nbackend evil' };
  assert.throws(() => render([route({ path })]), /No value/);
});

test('weights are those of the backends, shared by the pods of each', () => {
  const second = {
    metadata: { namespace: 'one', name: 'next' },
    spec: { ports: [{ name: 'http', port: 80 }] },
  };
  const slices = [
    slice,
    {
      ...slice,
      metadata: {
        ...slice.metadata,
        labels: { 'kubernetes.io/service-name': 'next' },
      },
      endpoints: [{ addresses: ['10.0.0.2', '10.0.0.3'] }],
    },
  ];
  const rendered = renderHaproxy(
    [
      route({
        backends: [
          { ...backend, weight: 90 },
          { ...backend, name: 'next', weight: 10 },
          { ...backend, name: 'none', weight: 5 },
        ],
      }),
    ],
    {
      slots: new Slots(),
      directory: directoryOf([service, second], slices),
      network: 'net',
      ports: { http: 1, https: 2 },
      certificates: '/list',
    },
  );
  const lines = fill(rendered).split('\n');
  const weights = servers(lines.map(line => line.trim())).map(line =>
    Number(/weight (\d+)/.exec(line)[1]),
  );
  assert.deepEqual(weights, [256, 14, 14]);
});

test('what a rule changes of a call', () => {
  const lines = render([
    route({
      timeout: '5s',
      requestHeaders: { set: [{ name: 'a', value: '1%' }], remove: ['b'] },
      responseHeaders: { add: [{ name: 'c', value: '2' }] },
    }),
    route({ key: 'moved', redirect: { scheme: 'https', statusCode: 301 } }),
  ]);
  for (const line of [
    'timeout server 5s',
    "http-request set-header 'a' '1%%'",
    "http-request del-header 'b'",
    "http-response add-header 'c' '2'",
    "http-request redirect code 301 location 'https://%[var(txn.host)]%[path]'",
  ]) {
    assert.ok(lines.includes(line), line);
  }
});
