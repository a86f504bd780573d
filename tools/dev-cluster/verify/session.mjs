// How the proofs speak with a cluster.
import { setTimeout as sleep } from 'node:timers/promises';
import { dim, say } from '../../terminal.mjs';

const SOON_MILLIS = 20_000;

export function expect(condition, message) {
  if (!condition) throw new Error(message);
}

export function saw(text) {
  say(dim(`  ${text}`));
}

/** Asks again until it is so. @returns milliseconds it took. @throws an Error with what was seen last */
export async function until(look, isSo, what) {
  const begun = Date.now();
  for (;;) {
    const seen = await look();
    if (isSo(seen)) return Date.now() - begun;
    if (Date.now() - begun > SOON_MILLIS) {
      throw new Error(
        `${what}: not in time; seen last: ${JSON.stringify(seen)}`,
      );
    }
    await sleep(20);
  }
}

export function session(cluster) {
  const kubectl = (...args) => cluster.exec('kubectl', args);
  return {
    kubectl,

    async apply(...objects) {
      const list = { apiVersion: 'v1', kind: 'List', items: objects };
      await cluster.exec('sh', [
        '-c',
        'printf %s "$1" | kubectl apply --server-side -f -',
        'sh',
        JSON.stringify(list),
      ]);
    },

    ready: (namespace, name) =>
      kubectl(
        '-n',
        namespace,
        'rollout',
        'status',
        `deploy/${name}`,
        '--timeout=60s',
      ),

    /** Calls from a pod. @returns a line per URL: the status and the answer, or why there is none */
    async call(namespace, name, ...urls) {
      const pod = ['-n', namespace, 'exec', `deploy/${name}`, '--'];
      const output = await kubectl(...pod, '/probe', 'get', '1500', ...urls);
      return output.trim().split('\n');
    },
  };
}
