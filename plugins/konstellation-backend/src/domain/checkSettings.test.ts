import type { RuntimeSettings } from '@konstellation/backstage-plugin-konstellation-common';
import { SettingsError } from './SettingsError';
import { checkSettings } from './validation';

function problemOf(settings: RuntimeSettings) {
  try {
    checkSettings(settings);
  } catch (error) {
    if (error instanceof SettingsError) {
      return [error.code, error.setting, error.message];
    }
    throw error;
  }
  return undefined;
}

describe('checkSettings', () => {
  it('takes what Kubernetes takes', () => {
    expect(
      problemOf({
        scaling: {
          autoscaling: { max: 2 },
          rollout: { maxSurge: '25%', maxUnavailable: 0 },
          nodes: {
            entrypoint: { replicas: 3 },
            model: { autoscaling: { min: 2, max: 1_000, cpu: 100 } },
          },
        },
        placement: {
          nodeSelector: { 'topology.kubernetes.io/zone': 'a', pool: '' },
          tolerations: [
            { operator: 'Exists' },
            { key: 'example.com/dedicated', value: 'ml' },
            {
              key: 'node.kubernetes.io/unreachable',
              operator: 'Exists',
              effect: 'NoExecute',
              tolerationSeconds: 30,
            },
          ],
          nodes: { model: { tolerations: [] } },
        },
        gpu: { resource: 'nvidia.com/mig-1g.10gb', count: 4 },
      }),
    ).toBeUndefined();
  });

  it.each<[RuntimeSettings, string, string, string]>([
    [
      { scaling: { replicas: 0 } },
      'scaling-replicas',
      'scaling.replicas',
      'stop the version to run none',
    ],
    [
      { scaling: { replicas: 1.5 } },
      'scaling-replicas',
      'scaling.replicas',
      'whole number from 1 to 1000',
    ],
    [
      { scaling: { replicas: 2, autoscaling: { max: 3 } } },
      'scaling-ambiguous',
      'scaling',
      'set replicas for a fixed number, or autoscaling',
    ],
    [
      { scaling: { nodes: { model: { autoscaling: { min: 4, max: 3 } } } } },
      'scaling-bounds',
      'scaling.nodes.model.autoscaling.max',
      'from 4 to 1000',
    ],
    [
      { scaling: { autoscaling: { max: 1 } } },
      'scaling-bounds',
      'scaling.autoscaling.max',
      'for a fixed number set replicas',
    ],
    [
      { scaling: { autoscaling: { min: 0, max: 3 } } },
      'scaling-bounds',
      'scaling.autoscaling.min',
      'from 1 to 1000',
    ],
    [
      { scaling: { autoscaling: { max: 3, cpu: 101 } } },
      'scaling-cpu',
      'scaling.autoscaling.cpu',
      'percent from 1 to 100',
    ],
    [
      { scaling: { rollout: { maxSurge: '0%', maxUnavailable: 0 } } },
      'rollout',
      'scaling.rollout',
      'cannot both be 0',
    ],
    [
      { scaling: { rollout: { maxSurge: 'one', maxUnavailable: 0 } } },
      'rollout',
      'scaling.rollout.maxSurge',
      'such as 25%',
    ],
    [
      { scaling: { nodes: { 'My Model': { replicas: 2 } } } },
      'node-name',
      'scaling.nodes',
      'write it as krt.yml does',
    ],
    [
      { placement: { nodeSelector: { 'no label!': 'a' } } },
      'label',
      'placement.nodeSelector',
      'is not a label',
    ],
    [
      { placement: { tolerations: [{ value: 'a' }] } },
      'toleration',
      'placement.tolerations[0]',
      'needs the key of the taint',
    ],
    [
      {
        placement: {
          nodes: {
            model: {
              tolerations: [{ key: 'a', operator: 'Exists', value: 'b' }],
            },
          },
        },
      },
      'toleration',
      'placement.nodes.model.tolerations[0]',
      'leave it out, or use operator Equal',
    ],
    [
      { placement: { tolerations: [{ key: 'a', tolerationSeconds: 1 }] } },
      'toleration',
      'placement.tolerations[0]',
      'effect NoExecute only',
    ],
    [
      { gpu: { resource: 'cpu' } },
      'gpu-resource',
      'gpu.resource',
      'such as nvidia.com/gpu',
    ],
    [
      { gpu: { resource: 'kubernetes.io/gpu' } },
      'gpu-resource',
      'gpu.resource',
      'not the name of an extended resource',
    ],
    [
      { gpu: { count: 0.5 } },
      'gpu-count',
      'gpu.count',
      'GPUs cannot be had in parts',
    ],
    [
      {
        placement: {
          tolerations: Array.from({ length: 33 }, () => ({ key: 'a' })),
        },
      },
      'too-many',
      'placement',
      'at most 32',
    ],
  ])('refuses %j', (settings, code, setting, words) => {
    expect(problemOf(settings)).toEqual([
      code,
      setting,
      expect.stringContaining(words),
    ]);
  });
});
