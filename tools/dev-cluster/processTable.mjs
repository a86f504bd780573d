// The processes of this machine, read from /proc.
import { readdirSync, readFileSync, statSync } from 'node:fs';

/** Changes with each start of the machine, after which start times mean nothing any more. */
export const BOOT = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8')
  .trim()
  .slice(0, 8);

/** @returns `{ pid, parent, session, started }`, started in ticks since the machine did; undefined when it has ended */
export function processOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in brackets may hold blanks and brackets itself.
    const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (state === 'Z' || state === 'X') return undefined;
    return {
      pid: Number(pid),
      parent: Number(fields[0]),
      session: Number(fields[2]),
      started: fields[18],
    };
  } catch {
    return undefined;
  }
}

/** @returns all processes that run */
export function processes() {
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .map(processOf)
    .filter(each => each !== undefined);
}

/** @returns ids of this process and of all it descends from */
export function ancestors() {
  const pids = new Set();
  for (
    let each = processOf(process.pid);
    each && !pids.has(each.pid);
    each = processOf(each.parent)
  ) {
    pids.add(each.pid);
  }
  return pids;
}

function inode(path) {
  try {
    const { dev, ino } = statSync(path);
    return `${dev}:${ino}`;
  } catch {
    return undefined;
  }
}

function mounts(pid) {
  try {
    return readFileSync(`/proc/${pid}/mountinfo`, 'utf8');
  } catch {
    return '';
  }
}

/**
 * Whoever is in the network of the cluster, or lives on a file system of a container of it; recorded or not, as a container whose
 * shim was killed. This process and those it descends from are none of them.
 */
export function processesOfCluster({ name, state }) {
  const network = inode(`/run/netns/${name}`);
  const ownMounts = inode('/proc/self/ns/mnt');
  const spared = ancestors();
  return processes().filter(({ pid }) => {
    if (spared.has(pid)) return false;
    if (network && inode(`/proc/${pid}/ns/net`) === network) return true;
    const isContainer = inode(`/proc/${pid}/ns/mnt`) !== ownMounts;
    return isContainer && mounts(pid).includes(`upperdir=${state}/`);
  });
}
