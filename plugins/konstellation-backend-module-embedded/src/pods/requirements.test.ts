import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { KubernetesObject } from '@konstellation/backstage-plugin-konstellation-node';
import { ContractCluster } from '@konstellation/backstage-plugin-konstellation-node/testUtils';
import type { ContainerStateTerminated } from 'kubernetes-types/core/v1';
import { EmbeddedClusterClient } from '../EmbeddedClusterClient';
import { defaultImages } from './images';

// Python begins several times, pip among it.
jest.setTimeout(120_000);

const namespace = 'kre-python';
const APPLY = { fieldManager: 'test' };
const RUNNER = dirname(
  require.resolve('@konstellation/runner-python/package.json'),
);
const HANDLER =
  "import greeting\ndef handler(ctx, data):\n    return {'text': greeting.TEXT}\n";

const folder = mkdtempSync(join(tmpdir(), 'konstellation-requirements-'));
const wheels = join(folder, 'wheels');
let cluster: ContractCluster;
let client: EmbeddedClusterClient;

beforeAll(async () => {
  mkdirSync(wheels);
  const make =
    'import sys; from tests.wheels import write_wheel; write_wheel(sys.argv[1], "greeting", "1.0", "TEXT = \'hello\'\\n")';
  execFileSync('python3', ['-c', make, wheels], { cwd: RUNNER });
  // In place of krt-fetch: it leaves a package.
  const write =
    'mkdir -p "$KRT_PACKAGE_DIR" && printf "%s" "$HANDLER" > "$KRT_PACKAGE_DIR/main.py" && printf "%s" "$REQUIREMENTS" > "$KRT_PACKAGE_DIR/requirements.txt"';
  client = await EmbeddedClusterClient.create({
    directory: join(folder, 'cluster'),
    frontPort: 0,
    images: [
      { match: 'test/package:1', command: ['sh', '-c', write] },
      ...defaultImages(),
    ],
    backoff: { baseMillis: 50, maxMillis: 200 },
  });
  cluster = new ContractCluster(client, namespace);
  await client.apply(
    [
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
      {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: 'pip-settings', namespace },
        data: {
          PIP_FIND_LINKS: Buffer.from(wheels).toString('base64'),
          PIP_NO_INDEX: Buffer.from('1').toString('base64'),
        },
      },
    ],
    APPLY,
  );
});

afterAll(async () => {
  await client.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A node as our manifests have it, with its init containers. */
function node(name: string, requirements: string): KubernetesObject {
  const image = 'registry.example.com/konstellation/python:0.1.0';
  const packageDir = { name: 'KRT_PACKAGE_DIR', value: '/krt/package' };
  const common = [
    packageDir,
    { name: 'KRT_NODE_SRC', value: 'main.py' },
    { name: 'KRT_REQUIREMENTS_DIR', value: '/konstellation/requirements' },
  ];
  const mounts = (readOnly: boolean) => [
    { name: 'package', mountPath: '/krt', readOnly: true },
    {
      name: 'requirements',
      mountPath: '/konstellation/requirements',
      readOnly,
    },
  ];
  const settings = ['PIP_FIND_LINKS', 'PIP_NO_INDEX', 'PIP_PROXY'].map(key => ({
    name: key,
    valueFrom: { secretKeyRef: { name: 'pip-settings', key, optional: true } },
  }));
  const labels = { app: name };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace, labels },
    spec: {
      replicas: 1,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          terminationGracePeriodSeconds: 2,
          initContainers: [
            {
              name: 'krt-fetch',
              image: 'test/package:1',
              env: [
                packageDir,
                { name: 'HANDLER', value: HANDLER },
                { name: 'REQUIREMENTS', value: requirements },
              ],
              volumeMounts: [{ name: 'package', mountPath: '/krt' }],
            },
            {
              name: 'krt-install',
              image,
              args: ['install'],
              env: [...common, ...settings],
              volumeMounts: mounts(false),
            },
          ],
          containers: [
            {
              name: 'node',
              image,
              env: [...common, { name: 'KRT_PORT_HTTP', value: '8080' }],
              ports: [{ name: 'http', containerPort: 8080 }],
              readinessProbe: { httpGet: { path: '/healthz', port: 'http' } },
              volumeMounts: mounts(true),
            },
          ],
          volumes: [
            { name: 'package', emptyDir: {} },
            { name: 'requirements', emptyDir: {} },
          ],
        },
      },
    },
  };
}

describe('requirements of python packages', () => {
  it('are installed, by the pip of this machine, before their node begins', async () => {
    await client.apply([node('greeter', 'greeting==1.0\n')], APPLY);
    const pod = await cluster.readyPod('greeter');
    const endpoint = await client.address(
      { kind: 'Pod', namespace, name: pod.metadata.name },
      'http',
    );
    if (!endpoint) throw new Error('the pod has no address');
    const answer = await fetch(endpoint.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    });
    expect(await answer.json()).toEqual({ text: 'hello' });
  });

  it('that cannot be had say so in the status of the pod', async () => {
    await client.apply([node('lacking', 'nowhere==1.0\n')], APPLY);
    const ended = async () => {
      let terminated: ContainerStateTerminated | undefined;
      await cluster.podOf('lacking', ({ status }) => {
        const install = status?.initContainerStatuses?.find(
          ({ name }) => name === 'krt-install',
        );
        terminated = install?.lastState?.terminated;
        return terminated !== undefined;
      });
      return terminated;
    };
    const { exitCode, message } = (await ended()) ?? {};
    expect(message).toMatch(
      /^there is no wheel of nowhere==1.0 for Python 3\.\d+ on this platform/,
    );
    expect(exitCode).toBe(1);
  });
});
