// Whether a running container is confined as the manifests ask for, seen from the kernel.
import { readFileSync, existsSync, readdirSync } from 'node:fs';

const SHELLS = ['/bin/sh', '/bin/bash', '/bin/dash', '/bin/busybox'];

function statusOf(pid) {
  return Object.fromEntries(
    readFileSync(`/proc/${pid}/status`, 'utf8')
      .split('\n')
      .map(line => line.split(':\t')),
  );
}

function isRootReadOnly(pid) {
  return readFileSync(`/proc/${pid}/mountinfo`, 'utf8')
    .split('\n')
    .map(line => line.split(' '))
    .some(
      ([, , , , place, options]) =>
        place === '/' && options.split(',').includes('ro'),
    );
}

/** Processes of its own that ended and that nobody asked about. */
function zombiesOf(pid) {
  return readdirSync('/proc').filter(name => {
    if (!/^\d+$/.test(name)) return false;
    try {
      const { State, PPid } = statusOf(name);
      return State.startsWith('Z') && Number(PPid) === pid;
    } catch {
      return false;
    }
  });
}

/** @returns a line that says what was seen @throws an Error that names what is not as it has to be */
export function checkConfinement(pid) {
  const status = statusOf(pid);
  const expected = {
    Uid: '10001\t10001\t10001\t10001',
    Gid: '10001\t10001\t10001\t10001',
    CapEff: '0000000000000000',
    CapBnd: '0000000000000000',
    NoNewPrivs: '1',
    Seccomp: '2',
  };
  for (const [field, value] of Object.entries(expected)) {
    if (status[field] !== value) {
      throw new Error(`${field} is ${status[field]}, not ${value}`);
    }
  }
  if (!isRootReadOnly(pid)) throw new Error('The root is writable');
  const shell = SHELLS.find(path => existsSync(`/proc/${pid}/root${path}`));
  if (shell) throw new Error(`There is a ${shell}`);
  const zombies = zombiesOf(pid);
  if (zombies.length > 0) throw new Error(`${zombies.length} zombies`);
  return 'user 10001, no capability, no new privileges, seccomp, read-only root, no shell, no zombie';
}
