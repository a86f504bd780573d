// Proof that a cluster ends whole, whatever of it was killed before.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { step } from '../../terminal.mjs';
import { killAll } from '../daemons.mjs';
import { stopDevCluster, statusOf } from '../index.mjs';
import { processesOfCluster, processOf } from '../processTable.mjs';
import { expect, saw } from './session.mjs';

/** Some of everything: half of the daemons, and half of the shims and of what runs in containers. */
function killHalf(cluster) {
  const recorded = statusOf(cluster)
    .map(({ pid }) => pid && processOf(pid))
    .filter(Boolean);
  const all = new Map(
    [...recorded, ...processesOfCluster(cluster)].map(each => [each.pid, each]),
  );
  const half = [...all.values()].filter((_, index) => index % 2 === 0);
  killAll(half);
  return { killed: half.length, known: [...all.values()] };
}

function mountsBelow(folder) {
  return readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .filter(line => line.includes(` ${folder}/`)).length;
}

export async function verifyEndings(cluster) {
  await step(
    'Half of all processes killed, and the cluster ended',
    async () => {
      const { killed, known } = killHalf(cluster);
      const mounts = mountsBelow(cluster.state);
      await stopDevCluster({ name: cluster.name, port: cluster.port });
      const left = known.filter(
        ({ pid, started }) => processOf(pid)?.started === started,
      );
      expect(
        left.length === 0,
        `processes are left: ${left.map(each => each.pid)}`,
      );
      expect(mountsBelow(cluster.state) === 0, 'mounts are left');
      expect(!existsSync(cluster.state), `${cluster.state} is left`);
      expect(
        !existsSync(join('/run/netns', cluster.name)),
        'the network is left',
      );
      const results = '/var/lib/cni/results';
      const traces = existsSync(results)
        ? readdirSync(results).filter(file =>
            file.startsWith(`${cluster.name}-`),
          )
        : [];
      expect(traces.length === 0, `in ${results} is left ${traces}`);
      saw(
        `${known.length} processes, ${killed} of them killed, ${mounts} mounts: none is left`,
      );
    },
  );
}
