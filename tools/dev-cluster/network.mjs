// The network of a cluster: a namespace of its own with one bridge. Nothing of the network of this machine changes.
import { attempt, inside, must } from './commands.mjs';
import { NODE_IP } from './settings.mjs';

const BRIDGE = 'krt0';

function namespaces() {
  return attempt('ip', ['netns', 'list'])
    .output.split('\n')
    .map(line => line.split(' ')[0])
    .filter(Boolean);
}

export function makeNetwork(settings) {
  const run = command => {
    const [first, ...rest] = inside(settings, command);
    return must(first, rest);
  };
  const answers = command => {
    const [first, ...rest] = inside(settings, command);
    return attempt(first, rest);
  };
  if (!namespaces().includes(settings.name)) {
    must('ip', ['netns', 'add', settings.name]);
  }
  run(['ip', 'link', 'set', 'lo', 'up']);
  if (!answers(['ip', 'link', 'show', BRIDGE]).ok) {
    run(['ip', 'link', 'add', BRIDGE, 'type', 'bridge']);
    run(['ip', 'addr', 'add', `${NODE_IP}/24`, 'dev', BRIDGE]);
  }
  run(['ip', 'link', 'set', BRIDGE, 'up']);
  if (!answers(['ip', 'route', 'show', 'default']).output) {
    run(['ip', 'route', 'add', 'default', 'via', NODE_IP, 'dev', BRIDGE]);
  }
  run(['sysctl', '-qw', 'net.ipv4.ip_forward=1']);
  // Pods of one bridge reach each other by addresses of Services only where the bridge asks iptables.
  answers(['sysctl', '-qw', 'net.bridge.bridge-nf-call-iptables=1']);
}

/** @param pods - namespaces that the container runtime made for pods of the cluster */
export function removeNetwork(settings, pods = []) {
  const known = new Set(namespaces());
  for (const name of [...pods, settings.name]) {
    if (known.has(name)) attempt('ip', ['netns', 'del', name]);
  }
}
