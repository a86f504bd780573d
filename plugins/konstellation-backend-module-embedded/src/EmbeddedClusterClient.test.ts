import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KubernetesObject } from '@konstellation/backstage-plugin-konstellation-node';
import type { Pod } from 'kubernetes-types/core/v1';
import { EmbeddedClusterClient } from './EmbeddedClusterClient';

const script = join(__dirname, '__fixtures__/server.cjs');
const APPLY = { fieldManager: 'test' };
const POD = { apiVersion: 'v1', kind: 'Pod' };
const namespace = 'kre-test';

jest.setTimeout(60_000);

async function until<T>(look: () => Promise<T | undefined>): Promise<T> {
  const deadline = Date.now() + 20_000;
  for (;;) {
    const seen = await look();
    if (seen !== undefined) return seen;
    if (Date.now() > deadline) throw new Error('it did not become so in 20 s');
    await new Promise(resolve => setTimeout(resolve, 20));
  }
}

function get(
  port: number,
  host: string,
  path = '/',
): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      { host: '127.0.0.1', port, path, headers: { host }, agent: false },
      answer => {
        let body = '';
        answer.setEncoding('utf8');
        answer.on('data', chunk => {
          body += chunk;
        });
        answer.on('end', () =>
          resolve({ status: answer.statusCode ?? 0, body }),
        );
      },
    );
    outgoing.on('error', reject);
    outgoing.end();
  });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

const readiness = {
  httpGet: { path: '/', port: 'http' },
  periodSeconds: 1,
};

function deployment(
  name: string,
  options: {
    env?: Array<Record<string, unknown>>;
    image?: string;
    owner?: KubernetesObject;
    volumes?: unknown[];
  } = {},
): KubernetesObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {
      name,
      namespace,
      ...(options.owner
        ? {
            ownerReferences: [
              {
                apiVersion: 'v1',
                kind: 'ConfigMap',
                name: options.owner.metadata.name,
                uid: options.owner.metadata.uid ?? '',
              },
            ],
          }
        : {}),
    },
    spec: {
      replicas: 1,
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: {
          terminationGracePeriodSeconds: 2,
          containers: [
            {
              name: 'server',
              image: options.image ?? 'test/server:1',
              ports: [{ name: 'http', containerPort: 8080 }],
              env: options.env ?? [{ name: 'ANSWER', value: name }],
              readinessProbe: readiness,
              terminationMessagePolicy: 'FallbackToLogsOnError',
            },
          ],
        },
      },
    },
  };
}

function service(name: string, app: string): KubernetesObject {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace },
    spec: {
      selector: { app },
      ports: [{ name: 'public', port: 80, targetPort: 'http' }],
    },
  };
}

function ingress(host: string, name: string): KubernetesObject {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name, namespace },
    spec: {
      rules: [
        {
          host,
          http: {
            paths: [
              {
                path: '/',
                pathType: 'Prefix',
                backend: { service: { name, port: { name: 'public' } } },
              },
            ],
          },
        },
      ],
    },
  };
}

describe('EmbeddedClusterClient', () => {
  const directory = mkdtempSync(join(tmpdir(), 'konstellation-embedded-'));
  let client: EmbeddedClusterClient;
  let frontPort: number;

  beforeAll(async () => {
    client = await EmbeddedClusterClient.create({
      directory,
      frontPort: 0,
      images: [{ match: 'test/*', command: [process.execPath, script] }],
      backoff: { baseMillis: 50, maxMillis: 200 },
    });
    frontPort = (await client.front()).port ?? 0;
    await client.apply(
      [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }],
      APPLY,
    );
  });

  afterAll(async () => {
    await client.close();
    rmSync(directory, { recursive: true, force: true });
  });

  async function podOf(app: string, matches: (pod: Pod) => boolean) {
    return until(async () => {
      const pods = await client.list(POD, { namespace, labels: { app } });
      return pods.find(object => {
        const pod: Pod = object as Pod;
        return matches(pod);
      });
    });
  }

  const ready = (pod: Pod) =>
    pod.status?.conditions?.some(
      ({ type, status }) => type === 'Ready' && status === 'True',
    ) ?? false;

  const stateOf = (object: KubernetesObject) => {
    const pod: Pod = object as Pod;
    return pod.status?.containerStatuses?.[0];
  };

  it('plays a Deployment behind a Service and an Ingress', async () => {
    await client.apply(
      [
        service('web', 'one'),
        ingress('web.localhost', 'web'),
        deployment('one'),
      ],
      APPLY,
    );
    await podOf('one', ready);
    expect(await get(frontPort, `web.localhost:${frontPort}`)).toEqual({
      status: 200,
      body: 'one',
    });
    const address = await client.address(
      { kind: 'Service', namespace, name: 'web' },
      'public',
    );
    const answer = await fetch(`${address?.url}/`);
    expect(await answer.text()).toBe('one');
    const [applied] = await client.list(
      { apiVersion: 'apps/v1', kind: 'Deployment' },
      { namespace },
    );
    expect(applied?.status).toMatchObject({
      readyReplicas: 1,
      conditions: [
        { type: 'Available', status: 'True' },
        { type: 'Progressing', reason: 'NewReplicaSetAvailable' },
      ],
    });
  });

  it('switches callers without a failed call', async () => {
    await client.apply([deployment('two')], APPLY);
    await podOf('two', ready);
    const seen: string[] = [];
    for (let i = 0; i < 200; i++) {
      const app = i % 20 < 10 ? 'two' : 'one';
      await client.apply([service('web', app)], APPLY);
      const { status, body } = await get(frontPort, 'web.localhost');
      expect(status).toBe(200);
      seen.push(`${app}=${body}`);
    }
    expect(new Set(seen)).toEqual(new Set(['one=one', 'two=two']));
  });

  it('refuses where nobody is ready, and what it does not know', async () => {
    await client.apply([service('web', 'nobody')], APPLY);
    expect((await get(frontPort, 'web.localhost')).status).toBe(503);
    expect((await get(frontPort, 'other.localhost')).status).toBe(404);
  });

  it('gives containers their own environment, not the portal’s', async () => {
    process.env.SECRET_OF_THE_PORTAL = 'secret';
    await client.apply([service('web', 'one')], APPLY);
    const { body } = await get(frontPort, 'web.localhost', '/env');
    expect(body).not.toContain('SECRET_OF_THE_PORTAL');
    expect(JSON.parse(body)).toMatchObject({ KRT_HOST: '127.0.0.1' });
    delete process.env.SECRET_OF_THE_PORTAL;
  });

  it('restarts what crashes, with backoff, and keeps why', async () => {
    await client.apply(
      [deployment('crash', { env: [{ name: 'EXIT_CODE', value: '3' }] })],
      APPLY,
    );
    const pod = await podOf(
      'crash',
      ({ status }) =>
        (status?.containerStatuses?.[0]?.restartCount ?? 0) > 1 &&
        status?.containerStatuses?.[0]?.state?.waiting?.reason ===
          'CrashLoopBackOff',
    );
    expect(stateOf(pod)?.lastState?.terminated).toMatchObject({
      exitCode: 3,
      reason: 'Error',
      message: expect.stringContaining('giving up'),
    });
    const events = await client.list(
      { apiVersion: 'v1', kind: 'Event' },
      { namespace },
    );
    expect(events.map(({ reason }) => reason)).toContain('BackOff');
  });

  it('says why an image or a configuration cannot be played', async () => {
    await client.apply(
      [
        deployment('alien', { image: 'company/gpu:1' }),
        deployment('keyless', {
          env: [
            {
              name: 'KEY',
              valueFrom: { secretKeyRef: { name: 'none', key: 'KEY' } },
            },
          ],
        }),
      ],
      APPLY,
    );
    const reasonOf = (app: string, reason: string) =>
      podOf(
        app,
        ({ status }) =>
          status?.containerStatuses?.[0]?.state?.waiting?.reason === reason,
      );
    const alien = await reasonOf('alien', 'ErrImageNeverPull');
    expect(stateOf(alien)?.state?.waiting?.message).toContain('company/gpu:1');
    const keyless = await reasonOf('keyless', 'CreateContainerConfigError');
    expect(stateOf(keyless)?.state?.waiting?.message).toBe(
      'secret "none" not found',
    );
  });

  it('ends everything an owner has before the owner goes', async () => {
    const [owner] = await client.apply(
      [
        {
          apiVersion: 'v1',
          kind: 'ConfigMap',
          metadata: { name: 'anchor', namespace },
        },
      ],
      APPLY,
    );
    await client.apply([deployment('owned', { owner })], APPLY);
    await podOf('owned', ready);
    const anchor = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      namespace,
      name: 'anchor',
    };
    await client.delete(anchor);
    await until(async () => ((await client.get(anchor)) ? undefined : true));
    expect(
      await client.list(POD, { namespace, labels: { app: 'owned' } }),
    ).toEqual([]);
  });

  it('gives the lines a container wrote', async () => {
    const pod = await podOf('one', ready);
    const lines: string[] = [];
    for await (const { text } of client.logs({
      namespace,
      name: pod.metadata.name,
      container: 'server',
    })) {
      lines.push(text);
    }
    expect(lines).toEqual(['hello from one']);
  });

  it('refuses what an API server refuses', async () => {
    const secret = (value: string): KubernetesObject => ({
      apiVersion: 'v1',
      kind: 'Secret',
      immutable: true,
      metadata: { name: 's', namespace },
      stringData: { value },
    });
    await client.apply([secret('a')], APPLY);
    await client.apply([secret('a')], APPLY);
    await expect(client.apply([secret('b')], APPLY)).rejects.toThrow(
      'immutable',
    );
    await expect(
      client.apply(
        [{ ...secret('a'), metadata: { name: 's', namespace: 'nowhere' } }],
        APPLY,
      ),
    ).rejects.toThrow('namespaces "nowhere" not found');
  });

  it('leaves nothing behind when its process is killed', async () => {
    const own = mkdtempSync(join(tmpdir(), 'konstellation-killed-'));
    const host = spawn(
      process.execPath,
      [
        '--require',
        require.resolve('@backstage/cli/config/nodeTransform.cjs'),
        join(__dirname, '__fixtures__/host.ts'),
        own,
        script,
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    try {
      await once(host.stdout, 'data');
      const list = join(own, 'processes');
      const playing = await until(async () => {
        const text = existsSync(list) ? readFileSync(list, 'utf8') : '';
        const pids = text.split('\n').map(line => parseInt(line, 10));
        const known = pids.filter(pid => pid > 0);
        return known.length > 0 ? known : undefined;
      });
      expect(playing.every(isAlive)).toBe(true);
      host.kill('SIGKILL');
      await until(async () => (playing.some(isAlive) ? undefined : true));
    } finally {
      host.kill('SIGKILL');
    }
    rmSync(own, { recursive: true, force: true });
  });
});
