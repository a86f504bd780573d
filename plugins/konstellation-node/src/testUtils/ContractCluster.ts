import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { Pod } from 'kubernetes-types/core/v1';
import type {
  ClusterClient,
  ClusterEndpoint,
  KubernetesObject,
  PodRef,
} from '../cluster';
import { CONTAINER } from './objects';

const POD = { apiVersion: 'v1', kind: 'Pod' };
const LOOK_EVERY_MILLIS = 50;
const WITHIN_MILLIS = 120_000;

/** Waits until there is something to see. @throws Error when it does not come to that in time */
export async function until<T>(
  what: string,
  look: () => Promise<T | undefined>,
): Promise<T> {
  const deadline = Date.now() + WITHIN_MILLIS;
  for (;;) {
    const seen = await look();
    if (seen !== undefined) return seen;
    if (Date.now() > deadline) {
      throw new Error(`${what}: not within ${WITHIN_MILLIS / 1_000} s`);
    }
    await new Promise(resolve => setTimeout(resolve, LOOK_EVERY_MILLIS));
  }
}

// The port gives objects as they are.
export const asPod = (object: KubernetesObject): Pod => object as Pod;

export function isReady(pod: Pod): boolean {
  return (
    pod.status?.conditions?.some(
      ({ type, status }) => type === 'Ready' && status === 'True',
    ) ?? false
  );
}

export function stateOf(object: KubernetesObject) {
  return asPod(object).status?.containerStatuses?.[0];
}

/** Calls an endpoint as the portal does. */
export function call(
  endpoint: ClusterEndpoint,
  path: string,
  sent: { method?: string; body?: string } = {},
): Promise<{ status: number; body: string; method?: string }> {
  const url = new URL(endpoint.url + path);
  const request = url.protocol === 'https:' ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    const outgoing = request(
      url,
      {
        method: sent.method,
        headers: endpoint.headers,
        agent: endpoint.agent ?? false,
      },
      answer => {
        let body = '';
        answer.setEncoding('utf8');
        answer.on('error', reject);
        answer.on('data', part => {
          body += part;
        });
        answer.on('end', () =>
          resolve({
            status: answer.statusCode ?? 0,
            body,
            // Who echoes says how it was called.
            method: answer.headers['x-method']?.toString(),
          }),
        );
      },
    );
    outgoing.on('error', reject);
    outgoing.end(sent.body);
  });
}

/** A cluster as the contract looks at it: one namespace of it. */
export class ContractCluster {
  constructor(readonly client: ClusterClient, readonly namespace: string) {}

  /** Waits for a pod of that app. */
  podOf(app: string, matches: (pod: Pod) => boolean) {
    return until(`a pod of ${app}`, async () => {
      const pods = await this.client.list(POD, {
        namespace: this.namespace,
        labels: { app },
      });
      return pods.find(object => matches(asPod(object)));
    });
  }

  readyPod(app: string) {
    return this.podOf(app, isReady);
  }

  refOf(pod: KubernetesObject): PodRef {
    const { name } = pod.metadata;
    return { namespace: this.namespace, name, container: CONTAINER };
  }

  async lines(
    pod: KubernetesObject,
    options?: Parameters<ClusterClient['logs']>[1],
  ): Promise<string[]> {
    const lines: string[] = [];
    const log = this.client.logs(this.refOf(pod), options);
    for await (const { text } of log) lines.push(text);
    return lines;
  }

  /** What a Service answers; undefined while nobody is behind it. */
  async answerOf(service: string, path = '/'): Promise<string | undefined> {
    const endpoint = await this.client.address(
      { kind: 'Service', namespace: this.namespace, name: service },
      'public',
    );
    const answer =
      endpoint && (await call(endpoint, path).catch(() => undefined));
    return answer?.status === 200 ? answer.body : undefined;
  }
}
