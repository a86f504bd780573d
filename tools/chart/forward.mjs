// The portal in a cluster, at a port of this machine.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { NAMESPACE, RELEASE } from '../../chart/tests/renders.mjs';
import { freePort } from '../ports.mjs';

const WITHIN_MILLIS = 60_000;

/** @returns `{ baseUrl, end }`, once the portal answers there */
export async function forwardPortal({ bin, kubeconfig }) {
  const port = await freePort();
  const child = spawn(
    join(bin, 'kubectl'),
    ['-n', NAMESPACE, 'port-forward', `service/${RELEASE}`, `${port}:7007`],
    { env: { ...process.env, KUBECONFIG: kubeconfig }, stdio: 'ignore' },
  );
  const baseUrl = `http://localhost:${port}`;
  const deadline = Date.now() + WITHIN_MILLIS;
  for (;;) {
    const answer = await fetch(`${baseUrl}/.backstage/health/v1/readiness`, {
      signal: AbortSignal.timeout(5_000),
    }).catch(() => undefined);
    if (answer?.ok) return { baseUrl, end: () => child.kill() };
    if (Date.now() > deadline || child.exitCode !== null) {
      child.kill();
      throw new Error('The portal in the cluster cannot be reached.');
    }
    await sleep(200);
  }
}
