// What network policies allow, pod by pod. Pure: the same objects always give the same rules.
import { subtract } from './blocks.mjs';
import { matches } from './selectors.mjs';

/**
 * @typedef {{ namespace: string, name: string, labels: object, ip: string, ports: { name?: string, port: number, protocol: string }[] }} Pod
 * @typedef {{ protocol: string, from?: number, to?: number }} Ports - without numbers: all of the protocol
 * @typedef {{ peers?: string[], ports?: Ports[] }} Rule - blocks of addresses and ports; what is not there does not matter
 * @typedef {{ pod: Pod, ingress?: Rule[], egress?: Rule[] }} Isolation - where a direction is not there, all is allowed
 */

const DIRECTIONS = {
  ingress: { type: 'Ingress', peers: 'from' },
  egress: { type: 'Egress', peers: 'to' },
};

/** Every policy isolates for ingress unless it says otherwise; for egress only where it has rules for it. */
function isolates({ spec }, type) {
  if (spec.policyTypes?.length > 0) return spec.policyTypes.includes(type);
  return type === 'Ingress' || spec.egress !== undefined;
}

/** @returns the pods that a peer means, however their addresses change */
function podsOf(peer, namespace, { pods, namespaces }) {
  const isInScope = pod =>
    peer.namespaceSelector === undefined
      ? pod.namespace === namespace
      : namespaces.has(pod.namespace) &&
        matches(peer.namespaceSelector, namespaces.get(pod.namespace));
  return pods.filter(
    pod => isInScope(pod) && matches(peer.podSelector ?? {}, pod.labels),
  );
}

function blocksOf(peer, namespace, world) {
  if (peer.ipBlock) return subtract(peer.ipBlock.cidr, peer.ipBlock.except);
  return podsOf(peer, namespace, world).map(({ ip }) => ip);
}

/** @returns ports with this name that a pod has */
function named(pod, { port: name, protocol = 'TCP' }) {
  return pod.ports
    .filter(each => each.name === name && each.protocol === protocol)
    .map(({ port }) => ({ protocol, from: port, to: port }));
}

function numbered({ port, endPort, protocol = 'TCP' }) {
  return port === undefined
    ? { protocol }
    : { protocol, from: port, to: endPort ?? port };
}

const isNamed = ({ port }) => typeof port === 'string';

/** A name means what the pod that is called says it means; for egress that is another one with each peer. */
function rulesOf(rule, direction, pod, policy, world) {
  const { namespace } = policy.metadata;
  const peers = rule[DIRECTIONS[direction].peers] ?? [];
  const ports = rule.ports ?? [];
  const blocks =
    peers.length === 0
      ? {}
      : { peers: peers.flatMap(peer => blocksOf(peer, namespace, world)) };
  if (ports.length === 0) return [blocks];
  const known = ports.filter(port => !isNamed(port)).map(numbered);
  const names = ports.filter(isNamed);
  if (direction === 'ingress') {
    const own = names.flatMap(port => named(pod, port));
    return [{ ...blocks, ports: [...known, ...own] }];
  }
  const called =
    peers.length === 0
      ? world.pods
      : peers
          .filter(peer => !peer.ipBlock)
          .flatMap(peer => podsOf(peer, namespace, world));
  return [
    { ...blocks, ports: known },
    ...called.map(each => ({
      peers: [each.ip],
      ports: names.flatMap(port => named(each, port)),
    })),
  ];
}

/** A rule whose peers or ports are none allows nothing. */
const allowsSomething = ({ peers, ports }) =>
  peers?.length !== 0 && ports?.length !== 0;

function directionOf(direction, pod, policies, world) {
  const { type } = DIRECTIONS[direction];
  const judging = policies.filter(policy => isolates(policy, type));
  if (judging.length === 0) return undefined;
  return judging
    .flatMap(policy =>
      (policy.spec[direction] ?? []).flatMap(rule =>
        rulesOf(rule, direction, pod, policy, world),
      ),
    )
    .filter(allowsSomething);
}

/**
 * @param world.policies - NetworkPolicy objects
 * @param world.pods - {@link Pod}s that have an address of their own
 * @param world.namespaces - Map of name → labels
 * @returns {Isolation[]} of the pods that a policy selects
 */
export function evaluatePolicies({ policies, pods, namespaces }) {
  const world = { pods, namespaces };
  return pods.flatMap(pod => {
    const selecting = policies.filter(
      ({ metadata, spec }) =>
        metadata.namespace === pod.namespace &&
        matches(spec.podSelector ?? {}, pod.labels),
    );
    if (selecting.length === 0) return [];
    return [
      {
        pod,
        ingress: directionOf('ingress', pod, selecting, world),
        egress: directionOf('egress', pod, selecting, world),
      },
    ];
  });
}
