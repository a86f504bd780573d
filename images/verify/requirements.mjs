// What running images takes, looked at before anything is started.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const PROGRAMS = ['containerd', 'runc', 'ctr'];
const LOOK_MILLIS = 10_000;

function isInstalled(program) {
  try {
    execFileSync(program, ['--version'], {
      stdio: 'ignore',
      timeout: LOOK_MILLIS,
    });
    return true;
  } catch {
    return false;
  }
}

/** @returns one line that says why images cannot be run on this machine, or undefined */
export function whyNot() {
  if (process.platform !== 'linux') return 'containers need Linux';
  if (process.getuid() !== 0) return 'containerd needs root';
  const missing = PROGRAMS.filter(program => !isInstalled(program));
  if (missing.length > 0) {
    return `${missing.join(
      ', ',
    )} not installed (on Debian: apt-get install containerd runc)`;
  }
  if (!existsSync('/sys/fs/cgroup')) return 'there are no cgroups';
  return undefined;
}
