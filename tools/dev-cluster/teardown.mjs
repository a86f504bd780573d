// How a cluster ends: whatever state it is in, and whoever of it was killed before.
import {
  existsSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { attempt } from './commands.mjs';
import { daemonNames, endDaemons, killAll } from './daemons.mjs';
import { removeNetwork } from './network.mjs';
import { processesOfCluster } from './processTable.mjs';

const WITHIN_MILLIS = 30_000;
const CGROUPS = '/sys/fs/cgroup';
/** What others make outside of the state folder, by container or pod. */
const CNI_RESULTS = '/var/lib/cni/results';
const LOG_LINKS = '/var/log/containers';

const list = folder => (existsSync(folder) ? readdirSync(folder) : []);

/** Containers, by the folders that containerd keeps for their shims. */
function containersOf({ state }) {
  const tasks = join(
    state,
    'containerd/state/io.containerd.runtime.v2.task/k8s.io',
  );
  return list(tasks).map(id => {
    const address = join(tasks, id, 'address');
    return {
      id,
      shim: existsSync(address)
        ? readFileSync(address, 'utf8').replace(/^unix:\/\//, '')
        : undefined,
    };
  });
}

/** Kills what is left, and what that has started meanwhile. */
async function endProcesses(settings) {
  const deadline = Date.now() + WITHIN_MILLIS;
  for (;;) {
    const left = processesOfCluster(settings);
    if (left.length === 0) return;
    if (Date.now() > deadline) {
      const pids = left.map(({ pid }) => pid).join(', ');
      throw new Error(`Processes of the cluster do not end: ${pids}.`);
    }
    killAll(left);
    await sleep(20);
  }
}

function unmountBelow(folder) {
  const places = readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .map(line => line.split(' ')[1] ?? '')
    .filter(place => place.startsWith(`${folder}/`));
  // The innermost first.
  for (const place of places.sort().reverse()) {
    attempt('umount', ['-l', place]);
  }
}

/** Folders of control groups are not removed with the processes in them. */
function removeControlGroups(ids) {
  const remove = (folder, depth) => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      if (!entry.isDirectory()) continue;
      const path = join(folder, entry.name);
      if (depth > 0) remove(path, depth - 1);
      if (ids.has(entry.name)) attempt('rmdir', [path]);
    }
  };
  remove(CGROUPS, 3);
}

function removeTraces({ name, state }, containers) {
  const ids = containers.map(({ id }) => id);
  removeControlGroups(new Set(ids));
  for (const { shim } of containers) if (shim) rmSync(shim, { force: true });
  for (const file of list(CNI_RESULTS)) {
    const isOurs = id =>
      file.startsWith(`${name}-${id}-`) || file === `cni-loopback-${id}-lo`;
    if (ids.some(isOurs)) rmSync(join(CNI_RESULTS, file));
  }
  for (const file of list(LOG_LINKS)) {
    const link = join(LOG_LINKS, file);
    if (isLinkInto(link, state)) rmSync(link);
  }
}

function isLinkInto(link, folder) {
  try {
    return readlinkSync(link).startsWith(`${folder}/`);
  } catch {
    return false;
  }
}

/** Ends everything of a cluster and takes its state away; what was compiled stays. Safe to repeat. */
export async function endCluster(settings) {
  // The kubelet first, or it starts again what ends.
  const names = daemonNames(settings);
  await endDaemons(
    settings,
    names.filter(name => name === 'kubelet'),
  );
  await endDaemons(settings, names);
  await endProcesses(settings);
  const containers = containersOf(settings);
  unmountBelow(settings.state);
  removeNetwork(settings);
  removeTraces(settings, containers);
  rmSync(settings.state, { recursive: true, force: true });
}
