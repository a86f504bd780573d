import type {
  RuntimeSettings,
  Version,
  VersionStatusReport,
} from '@konstellation/backstage-plugin-konstellation-common';
import { lifecyclePortal } from './__testUtils__/lifecyclePortal';
import { asDeployment, KINDS } from './__testUtils__/simulation/objects';
import { answering } from './crash/__testUtils__/observe';

const RUNTIME = '/api/konstellation/runtimes/prices';
const VERSION = `${RUNTIME}/versions/v1`;
const NAMESPACE = 'kre-prices';
const BUDGET = { apiVersion: 'policy/v1', kind: 'PodDisruptionBudget' };

jest.setTimeout(120_000);

describe('scaling', () => {
  const { calls, api, cluster } = lifecyclePortal({
    runtime: 'prices',
    config: {
      deadlines: { unavailable: { milliseconds: 1 } },
      publications: { drain: { milliseconds: 50 } },
    },
  });
  const { until } = calls;

  const patch = (settings: RuntimeSettings) =>
    api().patch(RUNTIME).send({ settings });
  const command = (verb: string) => calls.command('v1', verb).expect(202);
  const get = () => calls.get('v1');
  const untilStatus = (status: Version['status']) =>
    calls.untilStatus('v1', status);
  const podsOf = (node: string) =>
    cluster().list(KINDS.pod, {
      namespace: NAMESPACE,
      labels: { 'konstellation.io/node': node },
    });
  const replicasOf = async (node: string) => {
    const [found] = await cluster().list(KINDS.deployment, {
      namespace: NAMESPACE,
      labels: { 'konstellation.io/node': node },
    });
    return found && asDeployment(found).spec?.replicas;
  };
  const nodeOf = async (name: string) => {
    const report: VersionStatusReport = (await api().get(`${VERSION}/status`))
      .body;
    return report.workflows[0]?.nodes.find(node => node.name === name);
  };

  const untilReady = (name: string, ready: number) =>
    until(
      () => nodeOf(name),
      node => node?.readyReplicas === ready && node.replicas === ready,
    );

  beforeEach(async () => {
    await calls.upload('v1');
    await calls.expectStatus(200, calls.configure('v1', 'CAD'));
  });

  it('starts when the pods that have to be there are, and says between which bounds they scale', async () => {
    await patch({
      scaling: {
        replicas: 2,
        nodes: { model: { autoscaling: { min: 3, max: 5 } } },
      },
    }).expect(200);
    await command('start');
    await untilStatus('STARTED');
    expect(await nodeOf('entrypoint')).toMatchObject({
      readyReplicas: 2,
      replicas: 2,
    });
    expect(await nodeOf('model')).toMatchObject({
      status: 'READY',
      readyReplicas: 3,
      replicas: 3,
      autoscaling: { min: 3, max: 5 },
    });
  });

  it('scales what runs when the settings change, and back', async () => {
    await command('start');
    await untilStatus('STARTED');
    await patch({ scaling: { autoscaling: { min: 2, max: 4 } } }).expect(200);
    await untilReady('model', 2);
    expect(await cluster().list(KINDS.autoscaler)).toHaveLength(2);
    expect(await cluster().list(BUDGET)).toHaveLength(2);

    await patch({ scaling: {} }).expect(200);
    await untilReady('model', 1);
    expect(await cluster().list(KINDS.autoscaler)).toEqual([]);
    expect(await cluster().list(BUDGET)).toEqual([]);
    expect((await get()).status).toBe('STARTED');
  });

  it('leaves the number of pods as the autoscaler has it', async () => {
    await patch({ scaling: { autoscaling: { max: 4 } } }).expect(200);
    await command('start');
    await untilStatus('STARTED');
    const [deployment] = await cluster().list(KINDS.deployment, {
      labels: { 'konstellation.io/node': 'model' },
    });
    if (!deployment) throw new Error('there is no Deployment');
    // As the scale subresource is written by what measures.
    await cluster().apply(
      [{ ...deployment, spec: { ...Object(deployment.spec), replicas: 3 } }],
      { fieldManager: 'kube-controller-manager' },
    );
    await untilReady('model', 3);
    await api().patch(RUNTIME).send({ description: 'again' }).expect(200);
    await patch({ origins: ['https://shop.example.com'] }).expect(200);
    await until(
      async () => JSON.stringify(await cluster().list(KINDS.deployment)),
      text => text.includes('shop.example.com'),
    );
    await cluster().idle();
    expect(await replicasOf('model')).toBe(3);
  });

  it('stays available while one of several pods is away', async () => {
    await patch({ scaling: { replicas: 2 } }).expect(200);
    await command('start');
    await untilStatus('STARTED');
    const [pod] = await podsOf('model');
    cluster().behave(
      { node: 'model' },
      { is: 'unschedulable', message: 'full' },
    );
    await cluster().delete({
      ...KINDS.pod,
      namespace: NAMESPACE,
      name: pod?.metadata.name ?? '',
    });
    const short = await until(get, ({ statusMessage }) =>
      statusMessage.includes('model has 1 of 2 pods'),
    );
    expect(short.status).toBe('STARTED');
    expect(short.conditions).toContainEqual(
      expect.objectContaining({
        type: 'Available',
        status: 'True',
        reason: 'PodsMissing',
      }),
    );
    expect(await nodeOf('model')).toMatchObject({
      status: 'DEGRADED',
      reason: expect.stringContaining('full'),
    });
    // The last one too.
    for (const { metadata } of await podsOf('model')) {
      await cluster().delete({
        ...KINDS.pod,
        namespace: NAMESPACE,
        name: metadata.name,
      });
    }
    await untilStatus('ERROR');
  });

  it('lets callers in at every pod that is added, without a call that is refused', async () => {
    await command('start');
    await untilStatus('STARTED');
    await command('publish');
    await untilStatus('PUBLISHED');
    const { port = 0 } = await cluster().front();
    const refused: string[] = [];
    let isCalling = true;
    const calling = (async () => {
      while (isCalling) {
        const answer = await answering(port, 'prices.localhost');
        if (!answer.startsWith('v1 ')) refused.push(answer);
      }
    })();
    for (const replicas of [3, 1, 2]) {
      await patch({ scaling: { replicas } }).expect(200);
      await untilReady('entrypoint', replicas);
    }
    isCalling = false;
    await calling;
    expect(refused).toEqual([]);
    expect(Object.values(cluster().gates())).toEqual([['open', 'open']]);
  });

  it('refuses what cannot be, with a code and how it would be right', async () => {
    const { body } = await patch({
      scaling: { nodes: { model: { autoscaling: { min: 3, max: 2 } } } },
    }).expect(400);
    expect(body.error).toMatchObject({
      name: 'InputError',
      code: 'scaling-bounds',
      setting: 'scaling.nodes.model.autoscaling.max',
      message: expect.stringContaining('from 3 to 1000'),
    });
  });
});
