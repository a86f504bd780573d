import type {
  KubernetesObject,
  WatchEvent,
} from '@konstellation/backstage-plugin-konstellation-node';
import { setGate, whoAnswers } from '../../reconciliation/gates';
import { KINDS } from './objects';
import { SimulatedCluster } from './SimulatedCluster';

const NAMESPACE = 'kre-prices';
const MANAGER = { fieldManager: 'test' };
const CONFIG_MAP = { apiVersion: 'v1', kind: 'ConfigMap' };

const namespace: KubernetesObject = {
  ...KINDS.namespace,
  metadata: { name: NAMESPACE },
};

function anchor(name: string): KubernetesObject {
  return {
    ...CONFIG_MAP,
    metadata: { name: `anchor-${name}`, namespace: NAMESPACE },
  };
}

/** Secret, Services and Deployments of a release with one node and an entrypoint. */
function release(name: string, uid: string): KubernetesObject[] {
  const ownerReferences = [
    { ...CONFIG_MAP, name: `anchor-${name}`, uid, blockOwnerDeletion: true },
  ];
  const metadata = (own: string, labels = {}) => ({
    name: own,
    namespace: NAMESPACE,
    labels,
    ownerReferences,
  });
  const workload = (node: string, ports: string[], env: unknown[]) => {
    const labels = {
      'konstellation.io/release': name,
      'konstellation.io/node': node,
    };
    const numbered = ports.map((port, at) => ({
      name: port,
      containerPort: 8080 + at,
    }));
    return [
      {
        ...KINDS.service,
        metadata: metadata(`${node}-${name}`, labels),
        spec: {
          selector: labels,
          ports: numbered.map(port => ({
            name: port.name,
            port: port.containerPort,
            targetPort: port.name,
          })),
        },
      },
      {
        ...KINDS.deployment,
        metadata: metadata(`${node}-${name}`, labels),
        spec: {
          replicas: 1,
          selector: { matchLabels: labels },
          template: {
            metadata: { labels },
            spec: { containers: [{ name: node, ports: numbered, env }] },
          },
        },
      },
    ];
  };
  return [
    {
      ...KINDS.secret,
      metadata: metadata(`secret-${name}`),
      immutable: true,
      stringData: { KRT_INTERNAL_TOKEN: `token-${name}` },
    },
    ...workload('model', ['http'], []),
    ...workload(
      'entrypoint',
      ['public', 'internal'],
      [
        {
          name: 'KRT_NODES',
          value: JSON.stringify({ model: `http://model-${name}:8080` }),
        },
        {
          name: 'KRT_INTERNAL_TOKEN',
          valueFrom: {
            secretKeyRef: { name: `secret-${name}`, key: 'KRT_INTERNAL_TOKEN' },
          },
        },
      ],
    ),
  ];
}

function published(to: string): KubernetesObject {
  return {
    ...KINDS.service,
    metadata: { name: 'published', namespace: NAMESPACE },
    spec: {
      selector: {
        'konstellation.io/release': to,
        'konstellation.io/node': 'entrypoint',
      },
      ports: [{ name: 'public', port: 80, targetPort: 'public' }],
    },
  };
}

describe('SimulatedCluster', () => {
  let cluster: SimulatedCluster;

  beforeEach(async () => {
    cluster = await SimulatedCluster.create();
    await cluster.apply([namespace], MANAGER);
  });

  afterEach(() => cluster.shutDown());

  async function start(name: string): Promise<void> {
    const [owner] = await cluster.apply([anchor(name)], MANAGER);
    await cluster.apply(release(name, owner?.metadata.uid ?? ''), MANAGER);
  }

  async function podOf(node: string): Promise<KubernetesObject> {
    const [pod, more] = await cluster.list(KINDS.pod, {
      labels: { 'konstellation.io/node': node },
    });
    expect(more).toBeUndefined();
    if (!pod) throw new Error(`no pod of ${node}`);
    return pod;
  }

  const readiness = async (node: string) => {
    const [deployment] = await cluster.list(KINDS.deployment, {
      labels: { 'konstellation.io/node': node },
    });
    return Object(deployment?.status).readyReplicas;
  };

  it('applies on the server: the same again changes nothing', async () => {
    await start('a');
    await cluster.idle();
    const [before] = await cluster.list(KINDS.deployment);
    await start('a');
    const [after] = await cluster.list(KINDS.deployment);
    expect(after?.metadata.resourceVersion).toBe(
      before?.metadata.resourceVersion,
    );
    expect(after?.metadata.generation).toBe(1);
    await expect(
      cluster.apply(
        [
          {
            ...KINDS.secret,
            metadata: { name: 'secret-a', namespace: NAMESPACE },
            immutable: true,
            stringData: { KRT_INTERNAL_TOKEN: 'another' },
          },
        ],
        MANAGER,
      ),
    ).rejects.toThrow('Secret "secret-a" is immutable');
    await expect(
      cluster.apply(
        [{ ...CONFIG_MAP, metadata: { name: 'x', namespace: 'nowhere' } }],
        MANAGER,
      ),
    ).rejects.toThrow('namespaces "nowhere" not found');
  });

  it('gets a release ready, the entrypoint after its nodes', async () => {
    cluster.behave({ node: 'model' }, { is: 'unready' });
    await start('a');
    await cluster.idle();
    expect(await readiness('model')).toBe(0);
    expect(await readiness('entrypoint')).toBe(0);
    cluster.behave({ node: 'model' }, { is: 'ready' });
    await cluster.idle();
    expect(await readiness('model')).toBe(1);
    expect(await readiness('entrypoint')).toBe(1);
  });

  it('shows how pods fail', async () => {
    cluster.behave(
      { node: 'model' },
      { is: 'crashing', exitCode: 3, message: 'no model' },
    );
    await start('a');
    await cluster.idle();
    const { status } = await podOf('model');
    expect(status).toMatchObject({
      containerStatuses: [
        {
          ready: false,
          restartCount: 1,
          state: { waiting: { reason: 'CrashLoopBackOff' } },
          lastState: { terminated: { exitCode: 3, message: 'no model' } },
        },
      ],
    });
    const { name } = (await podOf('model')).metadata;
    for (const previous of [true, false]) {
      const lines: string[] = [];
      const ref = { namespace: NAMESPACE, name, container: 'model' };
      for await (const line of cluster.logs(ref, { previous })) {
        lines.push(line.text);
      }
      expect(lines).toEqual(['model started', 'model ended with exit code 3']);
    }
  });

  it('deletes in the foreground: what is owned goes first', async () => {
    await start('a');
    await cluster.idle();
    const gone: string[] = [];
    cluster.watch([CONFIG_MAP, KINDS.deployment, KINDS.pod], {}, event => {
      if (event.type === 'DELETED') gone.push(event.object?.kind ?? '');
    });
    await cluster.delete({
      ...CONFIG_MAP,
      name: 'anchor-a',
      namespace: NAMESPACE,
    });
    const [marked] = await cluster.list(CONFIG_MAP);
    expect(marked?.metadata.deletionTimestamp).toBeDefined();
    await cluster.idle();
    expect(gone).toEqual([
      'Pod',
      'Pod',
      'Deployment',
      'Deployment',
      'ConfigMap',
    ]);
    expect(cluster.orphans([{ kind: 'Namespace', name: NAMESPACE }])).toEqual({
      unexpected: [],
      missing: [],
    });
  });

  it('collects what names an owner that is gone', async () => {
    await cluster.apply(release('a', 'not-there'), MANAGER);
    expect(cluster.refs()).toHaveLength(6);
    await cluster.idle();
    expect(cluster.refs()).toHaveLength(1);
  });

  it('takes a namespace with everything in it', async () => {
    await start('a');
    await cluster.apply([published('a')], MANAGER);
    await cluster.idle();
    await cluster.delete({ ...KINDS.namespace, name: NAMESPACE });
    await expect(cluster.apply([anchor('b')], MANAGER)).rejects.toThrow(
      'being terminated',
    );
    await cluster.idle();
    expect(cluster.refs()).toEqual([]);
  });

  it('lets callers in through the gate of the release a Service points to', async () => {
    await start('a');
    await start('b');
    await cluster.apply([published('a')], MANAGER);
    await cluster.idle();
    const address = () =>
      cluster.address(
        { kind: 'Service', namespace: NAMESPACE, name: 'published' },
        'public',
      );
    expect(await whoAnswers(await address(), 1_000)).toEqual({});
    const [pod] = await cluster.list(KINDS.pod, {
      labels: {
        'konstellation.io/release': 'a',
        'konstellation.io/node': 'entrypoint',
      },
    });
    const internal = await cluster.address(
      {
        kind: 'Pod',
        namespace: NAMESPACE,
        name: pod?.metadata.name ?? '',
      },
      'internal',
    );
    expect(await setGate(internal, 'open', 'guessed')).toBe(false);
    expect(await setGate(internal, 'open', 'token-a')).toBe(true);
    expect(await whoAnswers(await address(), 1_000)).toEqual({
      release: 'a',
    });
    expect(cluster.gates()).toEqual({ a: ['open'], b: ['closed'] });

    const called = await fetch(`${(await address())?.url}/p.Prices/Estimate`, {
      method: 'POST',
      body: '{}',
    });
    expect(await called.json()).toMatchObject({ release: 'a' });

    await cluster.apply([published('b')], MANAGER);
    await cluster.idle();
    expect(await whoAnswers(await address(), 1_000)).toEqual({});

    cluster.restartPod({
      namespace: NAMESPACE,
      name: pod?.metadata.name ?? '',
    });
    await cluster.idle();
    expect(cluster.gates()).toEqual({ a: ['closed'], b: ['closed'] });
  });

  it('informs each of its portals until that one closes', async () => {
    const seen: WatchEvent['type'][] = [];
    const other = cluster.connect();
    other.watch([CONFIG_MAP], {}, ({ type }) => void seen.push(type));
    await cluster.apply([anchor('a')], MANAGER);
    await cluster.delete({
      ...CONFIG_MAP,
      name: 'anchor-a',
      namespace: NAMESPACE,
    });
    await cluster.idle();
    await cluster.list(CONFIG_MAP);
    expect(seen).toEqual(['RELISTED', 'ADDED', 'MODIFIED', 'DELETED']);
    await other.close();
    await cluster.apply([anchor('a')], MANAGER);
    await cluster.list(CONFIG_MAP);
    expect(seen).toHaveLength(4);
  });

  it('is again what it was', async () => {
    await start('a');
    await cluster.idle();
    const snapshot = cluster.snapshot();
    const before = cluster.refs();
    await cluster.delete({ ...KINDS.namespace, name: NAMESPACE });
    await cluster.idle();
    cluster.restore(snapshot);
    await cluster.idle();
    expect(cluster.refs()).toEqual(before);
    expect(await readiness('entrypoint')).toBe(1);
  });
});
