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
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KubernetesObject } from '@konstellation/backstage-plugin-konstellation-node';
import {
  call,
  clusterContract,
  ContractCluster,
  server,
  serverScript,
  service,
  until,
} from '@konstellation/backstage-plugin-konstellation-node/testUtils';
import { EmbeddedClusterClient } from './EmbeddedClusterClient';

const APPLY = { fieldManager: 'test' };
const namespace = 'kre-test';
const image = 'test/server:1';

jest.setTimeout(60_000);

/** What the front answers callers of a host. */
function get(port: number, host: string, path?: string) {
  const headers = { host };
  return call({ url: `http://127.0.0.1:${port}`, headers }, path ?? '/');
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
  let cluster: ContractCluster;
  let frontPort: number;

  beforeAll(async () => {
    client = await createClient('own');
    cluster = new ContractCluster(client, namespace);
    frontPort = (await client.front()).port ?? 0;
    await client.apply(
      [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }],
      APPLY,
    );
  });

  it('plays a Deployment behind a Service and an Ingress', async () => {
    await client.apply(
      [
        service(namespace, 'web', 'one'),
        ingress('web.localhost', 'web'),
        server(namespace, 'one', { image }),
      ],
      APPLY,
    );
    await cluster.readyPod('one');
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
    await cluster.readyPod('two');
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
      const playing = await until('processes are known', async () => {
        const text = existsSync(list) ? readFileSync(list, 'utf8') : '';
        const pids = text.split('\n').map(line => parseInt(line, 10));
        const known = pids.filter(pid => pid > 0);
        return known.length > 0 ? known : undefined;
      });
      expect(playing.every(isAlive)).toBe(true);
      host.kill('SIGKILL');
      await until('they ended', async () =>
        playing.some(isAlive) ? undefined : true,
      );
    } finally {
      host.kill('SIGKILL');
    }
  });
});
