import { collectionPath, objectPath } from './paths';

const DEPLOYMENT = { apiVersion: 'apps/v1', kind: 'Deployment' };

describe('paths of objects', () => {
  it('has groups, namespaces and names in their places', () => {
    expect(
      objectPath({ ...DEPLOYMENT, namespace: 'kre-shop', name: 'v-1' }),
    ).toBe('/apis/apps/v1/namespaces/kre-shop/deployments/v-1');
    expect(collectionPath(DEPLOYMENT)).toBe('/apis/apps/v1/deployments');
    expect(
      objectPath({ apiVersion: 'v1', kind: 'Namespace', name: 'kre-shop' }),
    ).toBe('/api/v1/namespaces/kre-shop');
  });

  it.each(['../kube-system', 'a/b', '', 'A', 'a?b'])(
    'refuses the name "%s"',
    name => {
      expect(() => objectPath({ ...DEPLOYMENT, namespace: 'n', name })).toThrow(
        'is no name of an object',
      );
    },
  );

  it('refuses kinds it does not deal with', () => {
    expect(() =>
      collectionPath({ apiVersion: 'rbac/v1', kind: 'ClusterRole' }),
    ).toThrow('the portal does not deal with rbac/v1 ClusterRole');
  });
});
