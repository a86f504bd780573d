// That two runtimes cannot reach each other, nor what else is in the cluster: seen from a node that runs, with network policies enforced.
import { NAMESPACE, RELEASE } from '../../chart/tests/renders.mjs';
import { readJson } from './objects.mjs';
import { startPricing } from './pricing.mjs';

const PREFIX = 'kre-';
const NODE = 'model';

/** Says of each `host:port` whether a connection opens. */
const PROBE = `
import json, socket, sys
answers = {}
for target in json.loads(sys.argv[1]):
    host, port = target.rsplit(":", 1)
    try:
        socket.create_connection((host, int(port)), 5).close()
        answers[target] = "open"
    except OSError as error:
        answers[target] = type(error).__name__
print(json.dumps(answers))
`;

async function read(cluster, namespace, kind) {
  const { items } = await readJson(cluster, ['-n', namespace, 'get', kind]);
  return items;
}

const labelOf = ({ metadata }, name) =>
  metadata.labels?.[`konstellation.io/${name}`];

/** Every port of every Service of a runtime, as its pods would call it. */
async function servicesOf(cluster, namespace) {
  const services = await read(cluster, namespace, 'services');
  return services.flatMap(service =>
    service.spec.ports.map(({ port }) => ({
      node: labelOf(service, 'node'),
      target: `${service.metadata.name}.${namespace}.svc.cluster.local:${port}`,
    })),
  );
}

async function connectFrom(cluster, namespace, targets) {
  const pods = await read(cluster, namespace, 'pods');
  const pod = pods.find(each => labelOf(each, 'node') === NODE);
  const printed = await cluster.exec('kubectl', [
    ...['-n', namespace, 'exec', pod.metadata.name, '-c', NODE, '--'],
    ...['python3', '-c', PROBE, JSON.stringify(targets)],
  ]);
  return JSON.parse(printed);
}

/**
 * @param ids - of two runtimes, which are not there yet
 * @returns how many connections were let through, and how many refused
 * @throws Error with those that were not as they should be
 */
export async function isIsolated(cluster, baseUrl, [own, other]) {
  const started = [];
  try {
    for (const id of [own, other]) {
      started.push(await startPricing(baseUrl, id, ['v1']));
    }
    const foreign = await servicesOf(cluster, PREFIX + other);
    const nodes = (await servicesOf(cluster, PREFIX + own)).filter(
      ({ node }) => node && node !== 'entrypoint',
    );
    const portal = `${RELEASE}.${NAMESPACE}.svc.cluster.local`;
    const expected = {
      ...Object.fromEntries(nodes.map(({ target }) => [target, true])),
      ...Object.fromEntries(foreign.map(({ target }) => [target, false])),
      [`${RELEASE}-packages.${NAMESPACE}.svc.cluster.local:7008`]: true,
      [`${portal}:7007`]: false,
      'kubernetes.default.svc.cluster.local:443': false,
    };
    const seen = await connectFrom(
      cluster,
      PREFIX + own,
      Object.keys(expected),
    );
    const wrong = Object.entries(expected)
      .filter(([target, isOpen]) => (seen[target] === 'open') !== isOpen)
      .map(([target]) => `${target}: ${seen[target]}`);
    if (wrong.length > 0) throw new Error(wrong.join('\n'));
    const open = Object.values(expected).filter(Boolean).length;
    return { open, refused: Object.keys(expected).length - open };
  } finally {
    for (const each of started) await each.end();
  }
}
