// What users see when it goes wrong, caused for real: `npm run test:cluster` gives it a cluster.
import {
  RESTRICTED,
  server,
  until,
  type ServerOptions,
} from '@konstellation/backstage-plugin-konstellation-node/testUtils';
import type { KubernetesObject } from '@konstellation/backstage-plugin-konstellation-node';
import type { Deployment } from 'kubernetes-types/apps/v1';
import type { Pod } from 'kubernetes-types/core/v1';
import {
  deploymentTrouble,
  podTrouble,
  type Trouble,
} from '../status/troubles';
import {
  connectRealCluster,
  namespaceObject,
  SERVER_IMAGE,
} from './__testUtils__/realCluster';
import type { KubernetesClusterClient } from './KubernetesClusterClient';

jest.setTimeout(180_000);

const APPLY = { fieldManager: 'failures' };
const DEPLOYMENT = { apiVersion: 'apps/v1', kind: 'Deployment' };
const POD = { apiVersion: 'v1', kind: 'Pod' };
const namespace = `kre-failures-${process.pid}`;

let client: KubernetesClusterClient;

beforeAll(async () => {
  client = await connectRealCluster();
  await client.apply(
    [
      namespaceObject(namespace, {
        'pod-security.kubernetes.io/enforce': 'restricted',
      }),
    ],
    APPLY,
  );
});

afterAll(async () => {
  const kind = { apiVersion: 'v1', kind: 'Namespace' };
  await client.delete({ ...kind, name: namespace });
  await client.close();
});

/** A container of the Deployment, changed. */
function withContainer(
  object: KubernetesObject,
  change: Record<string, unknown>,
): KubernetesObject {
  const copy = structuredClone(object);
  const { spec }: Deployment = copy as Deployment;
  Object.assign(Object(spec?.template.spec?.containers[0]), change);
  return copy;
}

async function troubleOf(name: string, reason: string): Promise<Trouble> {
  let seen: Trouble | undefined;
  return until(`${name} is ${reason}`, async () => {
    const of = { namespace, labels: { app: name } };
    const [deployment] = await client.list(DEPLOYMENT, of);
    const pods = await client.list(POD, of);
    seen =
      pods
        .map(pod => podTrouble(pod as Pod))
        .find(trouble => trouble !== undefined) ??
      deploymentTrouble(deployment as Deployment);
    return seen?.reason === reason ? seen : undefined;
  }).catch(error => {
    throw new Error(`${error.message}, but ${JSON.stringify(seen)}`);
  });
}

async function run(
  name: string,
  options: Partial<ServerOptions>,
  change: Record<string, unknown> = {},
): Promise<void> {
  const deployment = server(namespace, name, {
    image: SERVER_IMAGE,
    ...options,
  });
  await client.apply([withContainer(deployment, change)], APPLY);
}

describe('what users see when it goes wrong', () => {
  it('an image that is not there', async () => {
    await run('image', { image: 'localhost/company/none:1' });
    const { message } = await troubleOf('image', 'ImagePullBackOff');
    expect(message).toContain('its image cannot be pulled');
    expect(message).toContain('localhost/company/none:1');
  });

  it('no room on any node, with what is short', async () => {
    await run(
      'room',
      {},
      { resources: { requests: { cpu: '4k' }, limits: { memory: '64Mi' } } },
    );
    const { message } = await troubleOf('room', 'Unschedulable');
    expect(message).toMatch(
      /^no node of the cluster has enough cpu left: 0\/\d+ nodes are available/,
    );
  });

  it('a quota that is used up, with what is needed, used and allowed', async () => {
    const quota = {
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: { name: 'runtime', namespace },
      spec: { hard: { 'requests.example.com/slot': '1' } },
    };
    await client.apply([quota], APPLY);
    await run(
      'quota',
      {},
      {
        resources: {
          requests: { 'example.com/slot': '2' },
          limits: { 'example.com/slot': '2' },
        },
      },
    );
    const { message } = await troubleOf('quota', 'QuotaExceeded');
    expect(message).toContain(
      'the quota "runtime" has no room for it: requests.example.com/slot needs 2, 0 of 1 are used',
    );
  });

  it('more memory than the limit', async () => {
    await run(
      'memory',
      {},
      {
        command: [
          '/usr/bin/node',
          '-e',
          'const kept = []; setInterval(() => kept.push(Buffer.alloc(8e6, 1)), 5)',
        ],
        resources: { limits: { memory: '96Mi' } },
      },
    );
    const { message } = await troubleOf('memory', 'OOMKilled');
    expect(message).toMatch(
      /^it used more memory than its limit of 96Mi \(.*exit 137\)/,
    );
  });

  it('a process that ends, with its code and last words', async () => {
    await run('crash', { env: [{ name: 'EXIT_CODE', value: '3' }] });
    const { message } = await troubleOf('crash', 'CrashLoopBackOff');
    expect(message).toMatch(/with exit code 3: giving up$/);
  });

  it('a value that is missing', async () => {
    await run('value', {
      env: [
        {
          name: 'KEY',
          valueFrom: { secretKeyRef: { name: 'none', key: 'KEY' } },
        },
      ],
    });
    const { message } = await troubleOf('value', 'CreateContainerConfigError');
    expect(message).toContain('its configuration is not complete');
  });

  it('a pod the namespace does not let in', async () => {
    await run(
      'rights',
      {},
      {
        securityContext: { ...RESTRICTED, allowPrivilegeEscalation: true },
      },
    );
    const { message } = await troubleOf('rights', 'PodSecurity');
    expect(message).toContain('allowPrivilegeEscalation');
  });

  it('an API server that is not there, and one that does not know the portal', async () => {
    const away = await connectRealCluster({
      url: 'https://127.0.0.1:1',
      serviceAccountToken: 'x',
    });
    await expect(away.list(POD)).rejects.toMatchObject({
      name: 'ServiceUnavailableError',
      message: expect.stringContaining(
        'the cluster "real" cannot be reached at https://127.0.0.1:1: nothing answers there',
      ),
    });
    await away.close();
  });
});
