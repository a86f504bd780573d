import type {
  GpuSettings,
  RuntimeSettings,
} from '@konstellation/backstage-plugin-konstellation-common';
import type { Deployment } from 'kubernetes-types/apps/v1';
import { releaseWith } from './__testUtils__/cases';
import { quotaUse } from './quotaUse';

/** What is rendered for a node with these settings. `model` has a GPU, `etl` has none. */
function render(
  settings: RuntimeSettings,
  node: 'etl' | 'model' | 'entrypoint' = 'etl',
  gpu: GpuSettings = {},
) {
  const objects = releaseWith(settings, gpu).filter(
    ({ metadata }) => metadata.labels?.['konstellation.io/node'] === node,
  );
  const find = (kind: string) => objects.find(each => each.kind === kind);
  const { spec }: Deployment = find('Deployment') as Deployment;
  const pod = spec?.template.spec;
  return {
    spec,
    pod,
    resources: pod?.containers[0]?.resources,
    autoscaler: find('HorizontalPodAutoscaler'),
    budget: find('PodDisruptionBudget'),
  };
}

describe('how nodes scale', () => {
  it('is one pod, with nothing around it, where nothing is said', () => {
    const { spec, pod, autoscaler, budget } = render({});
    expect(spec?.replicas).toBe(1);
    expect(pod?.topologySpreadConstraints).toBeUndefined();
    expect([autoscaler, budget]).toEqual([undefined, undefined]);
  });

  it('spreads several pods, and has the cluster take one at a time', () => {
    const { spec, pod, autoscaler, budget } = render({
      scaling: { replicas: 3 },
    });
    expect(spec?.replicas).toBe(3);
    expect(pod?.topologySpreadConstraints).toHaveLength(2);
    expect(autoscaler).toBeUndefined();
    expect(budget?.spec).toMatchObject({
      maxUnavailable: 1,
      selector: spec?.selector,
      unhealthyPodEvictionPolicy: 'AlwaysAllow',
    });
  });

  it('leaves the number of pods to the cluster where a maximum is set', () => {
    const { spec, autoscaler, budget, resources } = render({
      scaling: { autoscaling: { max: 4 } },
    });
    expect(spec).not.toHaveProperty('replicas');
    expect(autoscaler?.spec).toMatchObject({
      minReplicas: 1,
      maxReplicas: 4,
      metrics: [{ containerResource: { target: { averageUtilization: 80 } } }],
    });
    expect(budget).toBeDefined();
    expect(resources?.requests).toMatchObject({ cpu: '250m' });
  });

  it.each<[string, RuntimeSettings['resources'], string]>([
    ['what is requested', { requests: { cpu: '1' } }, '1'],
    [
      'what is requested for it',
      { nodes: { etl: { requests: { cpu: '2' } } } },
      '2',
    ],
    ['no more than the limit', { limits: { cpu: '100m' } }, '100m'],
  ])('measures against %s', (_, resources, cpu) => {
    const rendered = render({
      resources,
      scaling: { autoscaling: { max: 4 } },
    });
    expect(rendered.resources?.requests?.cpu).toBe(cpu);
  });

  it('can be another for each node', () => {
    const scaling = {
      autoscaling: { min: 2, max: 4 },
      nodes: {
        etl: { replicas: 1 },
        model: { rollout: { maxSurge: 2, maxUnavailable: 0 } },
      },
    };
    expect(render({ scaling }, 'etl').spec?.replicas).toBe(1);
    expect(render({ scaling }, 'etl').autoscaler).toBeUndefined();
    expect(render({ scaling }, 'entrypoint').autoscaler).toBeDefined();
    const model = render({ scaling }, 'model');
    expect(model.autoscaler).toBeDefined();
    expect(model.spec?.strategy?.rollingUpdate).toEqual({
      maxSurge: 2,
      maxUnavailable: 0,
    });
  });

  it('does not look for a second GPU, whatever the others do', () => {
    const scaling = { rollout: { maxSurge: '50%', maxUnavailable: 0 } };
    const rolloutOf = (node: 'etl' | 'model') =>
      render({ scaling }, node).spec?.strategy?.rollingUpdate;
    expect(rolloutOf('etl')).toEqual(scaling.rollout);
    expect(rolloutOf('model')).toEqual({ maxSurge: 0, maxUnavailable: 1 });
  });

  it('is counted in the quota as it begins', () => {
    const use = (settings: RuntimeSettings) =>
      quotaUse(releaseWith(settings, {}));
    expect(use({}).get('pods')).toBe(3);
    const scaled = use({
      scaling: {
        replicas: 2,
        nodes: { etl: { autoscaling: { min: 4, max: 9 } } },
      },
      gpu: { count: 2 },
    });
    expect(scaled.get('pods')).toBe(2 + 2 + 4);
    expect(scaled.get('requests.nvidia.com/gpu')).toBe(4);
    expect(scaled.get('count/horizontalpodautoscalers.autoscaling')).toBe(1);
    expect(scaled.get('count/poddisruptionbudgets.policy')).toBe(3);
  });
});

describe('where nodes run', () => {
  const POOL = { nodeSelector: { pool: 'ml' }, tolerations: [{ key: 'ml' }] };

  it('is where all are to be, or where the node is to be', () => {
    const placement = {
      ...POOL,
      nodes: { etl: { nodeSelector: { pool: 'batch' } } },
    };
    expect(render({ placement }, 'entrypoint').pod).toMatchObject(POOL);
    expect(render({ placement }, 'etl').pod).toMatchObject({
      nodeSelector: { pool: 'batch' },
      tolerations: POOL.tolerations,
    });
  });

  it.each<[string, GpuSettings, GpuSettings, string, string, string[]]>([
    ['nothing is said', {}, {}, 'nvidia.com/gpu', '1', ['nvidia.com/gpu']],
    [
      'the portal says it',
      {},
      { resource: 'amd.com/gpu', count: 2, tolerations: [{ key: 'gpu' }] },
      'amd.com/gpu',
      '2',
      ['gpu'],
    ],
    [
      'the runtime says a part of it',
      { count: 3 },
      { resource: 'amd.com/gpu', count: 2 },
      'amd.com/gpu',
      '3',
      ['amd.com/gpu'],
    ],
    [
      'the runtime has GPUs of its own',
      { resource: 'habana.ai/gaudi' },
      { resource: 'amd.com/gpu', count: 2, tolerations: [{ key: 'gpu' }] },
      'habana.ai/gaudi',
      '1',
      ['habana.ai/gaudi'],
    ],
  ])(
    'is with a GPU where krt.yml wants one: %s',
    (_, own, portal, resource, count, keys) => {
      const { pod, resources } = render({ gpu: own }, 'model', portal);
      expect(resources?.requests?.[resource]).toBe(count);
      expect(resources?.limits?.[resource]).toBe(count);
      expect(pod?.tolerations?.map(({ key }) => key)).toEqual(keys);
      const other = render({ gpu: own }, 'etl', portal);
      expect(JSON.stringify(other.pod)).not.toContain(resource);
    },
  );
});
