// Short commands, on this machine and inside of the network of a cluster.
import { spawnSync } from 'node:child_process';

const WITHIN_MILLIS = 60_000;

/** @returns `{ ok, output }`; never throws */
export function attempt(command, args, options = {}) {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    encoding: 'utf8',
    timeout: WITHIN_MILLIS,
    ...options,
  });
  const output = `${stdout ?? ''}${stderr ?? ''}`.trim();
  return { ok: status === 0, output: output || (error?.message ?? '') };
}

/** @returns what it wrote. @throws an Error with that when it fails */
export function must(command, args, options) {
  const { ok, output } = attempt(command, args, options);
  if (ok) return output;
  throw new Error(`${command} ${args.join(' ')} failed: ${output}`);
}

/** A command line that runs inside of the network of the cluster. `ip netns exec` would hide the cgroups. */
export function inside({ name }, command) {
  return ['nsenter', `--net=/run/netns/${name}`, '--', ...command];
}
