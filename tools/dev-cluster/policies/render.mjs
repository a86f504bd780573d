// What is allowed, as chains of iptables. Pure.

const MAIN = 'POLICY';
const REFUSE = 'POLICY-REFUSE';
/** Of one packet both directions are judged: a chain that allows gives it back. */
const ALLOW = '-j RETURN';

const DIRECTIONS = {
  egress: { chain: 'POLICY-OUT', own: '-s', peer: '-d' },
  ingress: { chain: 'POLICY-IN', own: '-d', peer: '-s' },
};

function portMatch({ protocol, from, to }) {
  const name = protocol.toLowerCase();
  if (from === undefined) return `-p ${name}`;
  return `-p ${name} --dport ${from === to ? from : `${from}:${to}`}`;
}

function ruleLines(chain, { peers, ports }, flag) {
  const sides = peers?.map(peer => `${flag} ${peer}`) ?? [''];
  const doors = ports?.map(portMatch) ?? [''];
  return sides.flatMap(side =>
    doors.map(door =>
      ['-A', chain, side, door, ALLOW].filter(Boolean).join(' '),
    ),
  );
}

function podLines({ chain, peer }, ip, rules) {
  const name = `${chain}-${ip}`;
  return {
    name,
    lines: [
      // A pod always reaches itself, also through a Service of its own.
      `-A ${name} ${peer} ${ip} ${ALLOW}`,
      ...new Set(rules.flatMap(rule => ruleLines(name, rule, peer))),
      `-A ${name} -j ${REFUSE}`,
    ],
  };
}

/** Where packets are handed over: from pod to pod, from pods to the node, and from what runs on the node as if it were a pod. */
export function hookLines(standIns) {
  return [
    `FORWARD -j ${MAIN}`,
    `INPUT ! -i lo -j ${MAIN}`,
    ...standIns.map(ip => `OUTPUT -s ${ip} -j ${MAIN}`),
  ];
}

/** @returns the chains that a text of `iptables-save` or of {@link renderPolicies} has of ours */
export function policyChains(text) {
  return [...text.matchAll(/^:(POLICY[\w.-]*) /gm)].map(([, name]) => name);
}

/**
 * @param isolations - of evaluatePolicies
 * @param options.standIns - addresses of the node itself that count as pods
 * @param options.stale - chains of ours that are there; those that are needed no more go in the same moment
 * @returns what `iptables-restore --noflush` takes, all or nothing
 */
export function renderPolicies(isolations, { standIns, stale = [] }) {
  const chains = isolations.flatMap(({ pod, ...directions }) =>
    Object.entries(DIRECTIONS)
      .filter(([direction]) => directions[direction] !== undefined)
      .map(([direction, form]) => ({
        ip: pod.ip,
        own: form.own,
        ...podLines(form, pod.ip, directions[direction]),
      })),
  );
  const names = [MAIN, REFUSE, ...chains.map(({ name }) => name)];
  const gone = stale.filter(name => !names.includes(name));
  const hooks = hookLines(standIns);
  return [
    '*filter',
    ...[...names, ...gone].map(name => `:${name} - [0:0]`),
    // Always first: kube-proxy puts rules that accept before what it finds.
    ...hooks.map(line => `-D ${line}`),
    ...hooks.map(line => `-I ${line}`),
    `-A ${MAIN} -m conntrack --ctstate RELATED,ESTABLISHED ${ALLOW}`,
    ...chains.map(({ own, ip, name }) => `-A ${MAIN} ${own} ${ip} -j ${name}`),
    `-A ${REFUSE} -p tcp -j REJECT --reject-with tcp-reset`,
    `-A ${REFUSE} -j REJECT --reject-with icmp-admin-prohibited`,
    ...chains.flatMap(({ lines }) => lines),
    ...gone.map(name => `-X ${name}`),
    'COMMIT',
    '',
  ].join('\n');
}
