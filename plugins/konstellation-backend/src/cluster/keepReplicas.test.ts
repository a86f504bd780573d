import type { KubernetesObject } from '@konstellation/backstage-plugin-konstellation-node';
import { keptReplicas, leavesReplicas } from './keepReplicas';

const PORTAL = 'konstellation';

function deployment(
  replicas: number | undefined,
  owners: string[] = [],
): KubernetesObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {
      name: 'model',
      namespace: 'kre-prices',
      managedFields: owners.map(manager => ({
        manager,
        operation: 'Apply',
        fieldsV1: { 'f:spec': { 'f:replicas': {} } },
      })),
    },
    spec: { ...(replicas === undefined ? {} : { replicas }), template: {} },
  };
}

const kept = (current: KubernetesObject | undefined) =>
  keptReplicas(deployment(undefined), current, PORTAL);

describe('keptReplicas', () => {
  it('keeps the number that only the portal has set', () => {
    expect(kept(deployment(3, [PORTAL]))).toEqual({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'model', namespace: 'kre-prices' },
      spec: { replicas: 3 },
    });
  });

  it.each([
    ['is not there yet', undefined],
    ['is as the autoscaler has it', deployment(3, ['kube-controller-manager'])],
    ['is held by another as well', deployment(3, [PORTAL, 'kubectl'])],
    ['is one, which is where it would fall back to', deployment(1, [PORTAL])],
    ['is nobody’s', deployment(3)],
  ])('does nothing where it %s', (_, current) => {
    expect(kept(current)).toBeUndefined();
  });

  it('looks at Deployments alone that leave it open', () => {
    expect(leavesReplicas(deployment(undefined))).toBe(true);
    expect(leavesReplicas(deployment(2))).toBe(false);
    expect(leavesReplicas({ ...deployment(undefined), kind: 'Pod' })).toBe(
      false,
    );
  });
});
