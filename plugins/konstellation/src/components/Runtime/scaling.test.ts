import type { ScalingSettings } from '@konstellation/backstage-plugin-konstellation-common';
import {
  gpuDraft,
  gpuFault,
  isScaling,
  scalingDraft,
  scalingFault,
  toGpu,
  toScaling,
} from './scaling';

const rollout = { maxSurge: 0, maxUnavailable: 1 };

describe('scaling', () => {
  it.each<ScalingSettings>([
    {},
    { replicas: 3, rollout },
    { autoscaling: { max: 4 } },
    { autoscaling: { min: 2, max: 4, cpu: 60 }, nodes: { a: { replicas: 1 } } },
    { nodes: { a: { rollout }, b: { autoscaling: { max: 2 }, rollout } } },
  ])('is as it was where nothing is typed: %j', scaling => {
    const draft = scalingDraft(scaling);
    expect(isScaling(draft)).toBe(true);
    expect(toScaling(draft, scaling)).toEqual(scaling);
  });

  it('forgets nodes of which nothing is said any more, and those taken away', () => {
    const before = { nodes: { a: { replicas: 2 }, b: { rollout } } };
    const draft = scalingDraft(before);
    const empty = { least: '', most: '', cpu: '' };
    const { b } = draft.nodes;
    expect(
      toScaling({ ...draft, nodes: { a: empty, ...(b ? { b } : {}) } }, before),
    ).toEqual({ nodes: { b: { rollout } } });
    expect(toScaling({ ...draft, nodes: {} }, before)).toEqual({});
  });

  it.each([
    [{ least: '0', most: '', cpu: '' }, 'least'],
    [{ least: '1.5', most: '', cpu: '' }, 'least'],
    [{ least: '1001', most: '', cpu: '' }, 'least'],
    [{ least: '3', most: '2', cpu: '' }, 'most'],
    [{ least: '', most: '1', cpu: '' }, 'most'],
    [{ least: '', most: '2', cpu: '101' }, 'cpu'],
    // Nothing is measured where the number is fixed.
    [{ least: '2', most: '', cpu: 'much' }, undefined],
  ])('says which field of %j is wrong', (row, fault) => {
    expect(scalingFault(row)).toBe(fault);
  });
});

describe('GPUs', () => {
  it('keep what is not edited', () => {
    const gpu = { count: 2, tolerations: [{ key: 'gpu' }] };
    expect(toGpu(gpuDraft(gpu), gpu)).toEqual(gpu);
    expect(toGpu({ resource: 'amd.com/gpu', count: '' }, gpu)).toEqual({
      resource: 'amd.com/gpu',
      tolerations: gpu.tolerations,
    });
  });

  it.each([
    [{ resource: 'gpu', count: '' }, 'resource'],
    [{ resource: '', count: '65' }, 'count'],
    [{ resource: 'nvidia.com/gpu', count: '1' }, undefined],
  ])('say what of %j is wrong', (draft, fault) => {
    expect(gpuFault(draft)).toBe(fault);
  });
});
