// What users see when it goes wrong, caused for real: `npm run test:cluster` gives it a cluster.
import {
  ContractCluster,
  RESTRICTED,
  server,
  until,
  type ServerOptions,
} from '@konstellation/backstage-plugin-konstellation-node/testUtils';
import type { KubernetesObject } from '@konstellation/backstage-plugin-konstellation-node';
import { generate } from 'selfsigned';
import type { Deployment } from 'kubernetes-types/apps/v1';
import type { Pod } from 'kubernetes-types/core/v1';
import { reportEvents } from '../status/reportEvents';
import {
  deploymentTrouble,
  podTrouble,
  waitingText,
  type Trouble,
} from '../status/troubles';
import {
  connectRealCluster,
  namespaceObject,
  RealAdministrator,
  SERVER_IMAGE,
} from './__testUtils__/realCluster';
import type { KubernetesClusterClient } from './KubernetesClusterClient';

jest.setTimeout(180_000);

const APPLY = { fieldManager: 'failures' };
const DEPLOYMENT = { apiVersion: 'apps/v1', kind: 'Deployment' };
const POD = { apiVersion: 'v1', kind: 'Pod' };
const EVENT = { apiVersion: 'v1', kind: 'Event' };
const WEBHOOKS =
  '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations';
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

const program = (text: string) => ({ command: ['/usr/bin/node', '-e', text] });

/** Refuses whatever it is asked about. */
const GUARD = `require('node:https').createServer(
  { cert: process.env.CERT, key: process.env.KEY },
  async (request, response) => {
    let body = '';
    for await (const part of request) body += part;
    if (request.method !== 'POST') return response.end();
    const { apiVersion, kind, request: { uid } } = JSON.parse(body);
    const status = { code: 403, message: 'images must come from registry.example' };
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ apiVersion, kind, response: { uid, allowed: false, status } }));
  },
).listen(8080)`;

/** An admission webhook of that name, which runs in the cluster, for what carries the label. */
async function startWebhook(
  administrator: RealAdministrator,
  name: string,
  app: string,
): Promise<void> {
  const host = `guard.${namespace}.svc`;
  const { cert, private: key } = generate(
    [{ name: 'commonName', value: host }],
    {
      keySize: 2048,
      algorithm: 'sha256',
      extensions: [
        { name: 'subjectAltName', altNames: [{ type: 2, value: host }] },
      ],
    },
  );
  await run(
    'guard',
    {
      env: [
        { name: 'CERT', value: cert },
        { name: 'KEY', value: key },
      ],
    },
    {
      ...program(GUARD),
      readinessProbe: {
        httpGet: { path: '/', port: 'http', scheme: 'HTTPS' },
        periodSeconds: 1,
      },
    },
  );
  await client.apply(
    [
      {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'guard', namespace },
        spec: {
          selector: { app: 'guard' },
          ports: [{ port: 443, targetPort: 'http' }],
        },
      },
    ],
    APPLY,
  );
  await new ContractCluster(client, namespace).readyPod('guard');
  await administrator.applyAt(WEBHOOKS, {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingWebhookConfiguration',
    metadata: { name: namespace },
    webhooks: [
      {
        name,
        admissionReviewVersions: ['v1'],
        sideEffects: 'None',
        clientConfig: {
          service: { name: 'guard', namespace },
          caBundle: Buffer.from(cert).toString('base64'),
        },
        namespaceSelector: {
          matchLabels: { 'kubernetes.io/metadata.name': namespace },
        },
        objectSelector: { matchLabels: { app } },
        rules: [
          {
            apiGroups: [''],
            apiVersions: ['v1'],
            operations: ['CREATE'],
            resources: ['pods', 'configmaps'],
          },
        ],
      },
    ],
  });
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

  it('what an admission webhook denies, with its name and message', async () => {
    const administrator = await RealAdministrator.connect();
    const webhook = 'images.company.example';
    try {
      await startWebhook(administrator, webhook, 'denied');
      await run('denied', {});
      const { message } = await troubleOf('denied', 'AdmissionDenied');
      expect(message).toBe(
        `the admission webhook "${webhook}" of the cluster refuses it: images must come from registry.example`,
      );
      const object = {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'denied', namespace, labels: { app: 'denied' } },
      };
      await expect(client.apply([object], APPLY)).rejects.toMatchObject({
        name: 'InputError',
        message: expect.stringContaining(
          `admission webhook "${webhook}" denied the request: images must come from registry.example`,
        ),
      });
    } finally {
      await administrator.deleteAt(`${WEBHOOKS}/${namespace}`);
      await administrator.close();
    }
  });

  it('a probe that fails, which one and with what answer', async () => {
    await run(
      'probe',
      {},
      program(
        // At first nobody listens: what is said is what the last probe found.
        `const server = require('node:http').createServer((_, response) => response.writeHead(503).end());
        setTimeout(() => server.listen(8080), 2_500);`,
      ),
    );
    const text = await until('the probe has failed', async () => {
      const [pod] = await client.list(POD, {
        namespace,
        labels: { app: 'probe' },
      });
      if (!pod) return undefined;
      const events = reportEvents(
        await client.list(EVENT, { namespace }),
        new Map([[pod.metadata.name, 'probe']]),
      );
      const seen = waitingText(pod as Pod, events);
      return seen.includes('503') ? seen : undefined;
    });
    expect(text).toBe(
      'starting, not ready yet: Readiness probe failed: HTTP probe failed with statuscode: 503',
    );
  });

  it('a right that is missing, with what to grant', async () => {
    const administrator = await RealAdministrator.connect();
    const account = await administrator.account(namespace, 'nobody');
    await administrator.close();
    const nobody = await connectRealCluster(account);
    await expect(
      nobody.apply(
        [server(namespace, 'forbidden', { image: SERVER_IMAGE })],
        APPLY,
      ),
    ).rejects.toMatchObject({
      name: 'NotAllowedError',
      message: `the portal may not patch deployments.apps in the namespace "${namespace}": grant its account the verb "patch" on "deployments.apps"`,
    });
    await nobody.close();
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
