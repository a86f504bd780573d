import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KubernetesObject } from '@konstellation/backstage-plugin-konstellation-node';
import {
  clusterContract,
  server,
  serverScript,
  service,
} from '@konstellation/backstage-plugin-konstellation-node/testUtils';
import type { Pod } from 'kubernetes-types/core/v1';
import { EmbeddedClusterClient } from './EmbeddedClusterClient';

const APPLY = { fieldManager: 'test' };
const POD = { apiVersion: 'v1', kind: 'Pod' };
const namespace = 'kre-test';
const image = 'test/server:1';

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

const folder = mkdtempSync(join(tmpdir(), 'konstellation-embedded-'));
const script = join(folder, 'server.cjs');
const clients: EmbeddedClusterClient[] = [];

async function createClient(name: string): Promise<EmbeddedClusterClient> {
  const client = await EmbeddedClusterClient.create({
    directory: join(folder, name),
    frontPort: 0,
    images: [{ match: 'test/*', command: [process.execPath, script] }],
    backoff: { baseMillis: 50, maxMillis: 200 },
  });
  clients.push(client);
  return client;
}

beforeAll(() => writeFileSync(script, serverScript));

afterAll(async () => {
  await Promise.all(clients.map(client => client.close()));
  rmSync(folder, { recursive: true, force: true });
});

clusterContract('EmbeddedClusterClient', async () => ({
  client: await createClient('contract'),
  namespace: 'kre-contract',
  image,
}));

describe('EmbeddedClusterClient', () => {
  let client: EmbeddedClusterClient;
  let frontPort: number;

  beforeAll(async () => {
    client = await createClient('own');
    frontPort = (await client.front()).port ?? 0;
    await client.apply(
      [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }],
      APPLY,
    );
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

  it('plays a Deployment behind a Service and an Ingress', async () => {
    await client.apply(
      [
        service(namespace, 'web', 'one'),
        ingress('web.localhost', 'web'),
        server(namespace, 'one', { image }),
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
    await client.apply([server(namespace, 'two', { image })], APPLY);
    await podOf('two', ready);
    const seen: string[] = [];
    for (let i = 0; i < 200; i++) {
      const app = i % 20 < 10 ? 'two' : 'one';
      await client.apply([service(namespace, 'web', app)], APPLY);
      const { status, body } = await get(frontPort, 'web.localhost');
      expect(status).toBe(200);
      seen.push(`${app}=${body}`);
    }
    expect(new Set(seen)).toEqual(new Set(['one=one', 'two=two']));
  });

  it('refuses where nobody is ready, and what it does not know', async () => {
    await client.apply([service(namespace, 'web', 'nobody')], APPLY);
    expect((await get(frontPort, 'web.localhost')).status).toBe(503);
    expect((await get(frontPort, 'other.localhost')).status).toBe(404);
  });

  it('gives containers their own environment, not the portal’s', async () => {
    process.env.SECRET_OF_THE_PORTAL = 'secret';
    await client.apply([service(namespace, 'web', 'one')], APPLY);
    const { body } = await get(frontPort, 'web.localhost', '/env');
    expect(body).not.toContain('SECRET_OF_THE_PORTAL');
    expect(JSON.parse(body)).toMatchObject({ KRT_HOST: '127.0.0.1' });
    delete process.env.SECRET_OF_THE_PORTAL;
  });

  it('leaves nothing behind when its process is killed', async () => {
    const own = join(folder, 'killed');
    mkdirSync(own);
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
  });
});
