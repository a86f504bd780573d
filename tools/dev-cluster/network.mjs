// The network of a cluster: a namespace of its own where each pod has a wire to the node. Nothing of the network of this machine changes.
import { existsSync } from 'node:fs';
import { attempt, inside, must } from './commands.mjs';
import {
  DNS_POD_IP,
  INGRESS_POD_IP,
  METRICS_POD_IP,
  NODE_DEVICE,
  NODE_IP,
  POD_CIDR,
} from './settings.mjs';

const isThere = ({ name }) =>
  attempt('ip', ['netns', 'list'])
    .output.split('\n')
    .some(line => line.split(' ')[0] === name);

/** Makes what is not there yet. */
export function makeNetwork(settings) {
  if (!isThere(settings)) {
    // Left by a machine that was switched off.
    if (existsSync(`/run/netns/${settings.name}`)) removeNetwork(settings);
    must('ip', ['netns', 'add', settings.name]);
  }
  const line = words => inside(settings, words.split(' '));
  const run = words => {
    const [first, ...rest] = line(words);
    return must(first, rest);
  };
  const answer = words => {
    const [first, ...rest] = line(words);
    return attempt(first, rest);
  };
  run('ip link set lo up');
  // It holds the addresses of the node and has no wires: each pod has one of its own.
  if (!answer(`ip link show ${NODE_DEVICE}`).ok) {
    run(`ip link add ${NODE_DEVICE} type bridge`);
  }
  for (const ip of [NODE_IP, DNS_POD_IP, INGRESS_POD_IP, METRICS_POD_IP]) {
    run(`ip address replace ${ip}/32 dev ${NODE_DEVICE}`);
  }
  run(`ip link set ${NODE_DEVICE} up`);
  run(`ip route replace default dev ${NODE_DEVICE} src ${NODE_IP}`);
  // A pod that is gone is refused at once.
  run(`ip route replace unreachable ${POD_CIDR}`);
  run('sysctl -qw net.ipv4.ip_forward=1');
}

export function removeNetwork(settings) {
  if (!existsSync(`/run/netns/${settings.name}`)) return;
  attempt('ip', ['netns', 'delete', settings.name]);
}
