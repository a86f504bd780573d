// The configuration of haproxy. Pure.
import { INGRESS_POD_IP } from '../settings.mjs';
import { serversOf } from './servers.mjs';

/** A word of the configuration; what cannot be one is refused by the API server already. */
function quote(text) {
  if ([...text].some(character => character < ' ')) {
    throw new Error(`No value: ${text}`);
  }
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

const escaped = text => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

function hostCondition({ host, isSingleLabel }) {
  if (host === '*') return [];
  const lower = host.toLowerCase();
  if (!lower.startsWith('*.')) {
    return [`{ var(txn.host) -m str ${quote(lower)} }`];
  }
  const suffix = lower.slice(1);
  return isSingleLabel
    ? [`{ var(txn.host) -m reg ${quote(`^[^.]+${escaped(suffix)}$`)} }`]
    : [`{ var(txn.host) -m end ${quote(suffix)} }`];
}

/** @returns conditions of which one has to hold; empty when any path does */
function pathConditions({ type, value }) {
  if (type === 'Exact') return [`{ path -m str ${quote(value)} }`];
  if (type === 'Regex') return [`{ path -m reg ${quote(`^(?:${value})$`)} }`];
  const prefix = value.replace(/\/+$/, '');
  if (!prefix) return [];
  // Whole elements: /a is the beginning of /a/b, and not of /ab.
  return [
    `{ path -m str ${quote(prefix)} }`,
    `{ path -m beg ${quote(`${prefix}/`)} }`,
  ];
}

const valueMatch = ({ type, value }) =>
  type === 'RegularExpression'
    ? `-m reg ${quote(`^(?:${value})$`)}`
    : `-m str ${quote(value)}`;

function otherConditions({ method, headers = [], query = [] }) {
  return [
    ...(method ? [`{ method ${quote(method)} }`] : []),
    ...headers.map(
      each => `{ req.hdr(${quote(each.name)}) ${valueMatch(each)} }`,
    ),
    ...query.map(
      each => `{ url_param(${quote(each.name)}) ${valueMatch(each)} }`,
    ),
  ];
}

/** What is said more exactly is asked first; of equals, the order of their names decides, always the same way. */
const PATH_ORDER = ['Exact', 'Regex', 'Prefix'];
function rank({ host, path, method, headers = [], query = [] }) {
  const wildcard = host === '*' ? 2 : Number(host.startsWith('*.'));
  return [
    wildcard,
    -host.length,
    PATH_ORDER.indexOf(path.type),
    -path.value.length,
    method ? 0 : 1,
    -headers.length,
    -query.length,
  ];
}

function compare(one, other) {
  const [ranks, others] = [rank(one), rank(other)];
  const at = ranks.findIndex((each, index) => each !== others[index]);
  if (at !== -1) return ranks[at] - others[at];
  return one.key < other.key ? -1 : Number(one.key > other.key);
}

function ruleLines(route) {
  const paths = pathConditions(route.path);
  const alternatives = paths.length > 0 ? paths : [undefined];
  return alternatives.map(path => {
    const all = [
      ...hostCondition(route),
      ...(path ? [path] : []),
      ...otherConditions(route),
    ];
    const condition = all.length > 0 ? ` if ${all.join(' ')}` : '';
    return `  use_backend ${route.key}${condition}`;
  });
}

/** Text where haproxy looks for what it should fill in. */
const literal = text => text.replaceAll('%', '%%');

function headerLines(kind, { set = [], add = [], remove = [] } = {}) {
  const value = text => quote(literal(text));
  return [
    ...set.map(each => `set-header ${quote(each.name)} ${value(each.value)}`),
    ...add.map(each => `add-header ${quote(each.name)} ${value(each.value)}`),
    ...remove.map(name => `del-header ${quote(name)}`),
  ].map(action => `  http-${kind} ${action}`);
}

function redirectLines(redirect) {
  if (!redirect) return [];
  const { scheme, hostname, port, statusCode = 302, path } = redirect;
  const to = [
    scheme ?? '%[ssl_fc,iif(https,http)]',
    '://',
    hostname ?? '%[var(txn.host)]',
    port ? `:${port}` : '',
    path?.replaceFullPath ? literal(path.replaceFullPath) : '%[path]',
  ].join('');
  return [`  http-request redirect code ${statusCode} location ${quote(to)}`];
}

/** Stands for the address of a server; nothing that is quoted holds it. */
const MARK = '\u0001';

function serverLine({ slot, h2 }, network) {
  return [
    `  server ${slot.place} ${MARK}${slot.name}${MARK}`,
    `namespace ${network} source ${INGRESS_POD_IP}`,
    ...(h2 ? ['proto h2'] : []),
  ].join(' ');
}

function placed(route, directory, slots) {
  return serversOf(route, directory).flatMap(
    ({ h2, weight, addresses }, part) =>
      slots.place(`${route.key}/${part}`, addresses).map((address, index) => {
        const place = `${part}-${index}`;
        const slot = { name: `${route.key}/${place}`, place, address, weight };
        return { h2, slot };
      }),
  );
}

function backendLines(route, servers, network) {
  return [
    '',
    `backend ${route.key}`,
    ...(route.timeout ? [`  timeout server ${route.timeout}`] : []),
    ...redirectLines(route.redirect),
    ...headerLines('request', route.requestHeaders),
    ...headerLines('response', route.responseHeaders),
    ...servers.map(server => serverLine(server, network)),
  ];
}

/**
 * @param routes - `{ key, host, path: { type, value }, backends }` and what else ingressRoutes and gatewayRoutes give
 * @param options.directory - of servers.mjs
 * @param options.slots - of slots.mjs
 * @param options.network - name of the network namespace with the pods
 * @param options.ports - `{ http, https }` on the loopback of this machine
 * @param options.certificates - file that lists those of TLS
 * @returns `{ shape, servers }`: what haproxy has to be started anew for, and what it takes while it runs; see {@link fill}
 */
export function renderHaproxy(routes, options) {
  const { directory, slots, network, ports, certificates } = options;
  const backends = [
    ...new Map(routes.map(route => [route.key, route])).values(),
  ].map(route => ({ route, servers: placed(route, directory, slots) }));
  const tls = `ssl crt-list ${certificates} alpn h2,http/1.1`;
  const shape = [
    'global',
    '  hard-stop-after 10m',
    '  tune.ssl.default-dh-param 2048',
    'defaults',
    '  mode http',
    '  balance roundrobin',
    '  retries 3',
    '  option redispatch',
    '  option forwardfor',
    // A connection that waits for its next call is closed with the answer to that, not under it, when the configuration changes.
    '  option idle-close-on-response',
    // Over HTTP/2 to a backend it would wait up to 200 ms for more of a request that is whole.
    '  option http-no-delay',
    '  timeout connect 2s',
    '  timeout http-request 30s',
    '  timeout http-keep-alive 60s',
    '  timeout client 1h',
    '  timeout server 1h',
    '',
    'frontend front',
    `  bind 127.0.0.1:${ports.http}`,
    `  bind 127.0.0.1:${ports.https} ${tls}`,
    `  bind ${INGRESS_POD_IP}:80 namespace ${network}`,
    `  bind ${INGRESS_POD_IP}:443 namespace ${network} ${tls}`,
    '  http-request set-var(txn.host) req.hdr(host),field(1,:),lower',
    '  http-request set-header x-forwarded-proto %[ssl_fc,iif(https,http)]',
    ...[...routes].sort(compare).flatMap(ruleLines),
    '  default_backend nothing',
    '',
    'backend nothing',
    '  http-request return status 404 content-type text/plain string "No route leads here.\\n"',
    ...backends.flatMap(({ route, servers }) =>
      backendLines(route, servers, network),
    ),
    '',
  ].join('\n');
  return {
    shape,
    servers: backends.flatMap(({ servers }) => servers.map(each => each.slot)),
  };
}

/** @returns the configuration that haproxy reads */
export function fill({ shape, servers }) {
  const byName = new Map(servers.map(each => [each.name, each]));
  return shape.replace(/\u0001(.*?)\u0001/g, (_, name) => {
    const { address, weight } = byName.get(name);
    return address
      ? `${address} weight ${weight}`
      : '0.0.0.0:1 weight 1 disabled';
  });
}
