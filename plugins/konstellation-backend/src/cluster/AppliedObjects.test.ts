import type { KubernetesObject } from '@konstellation/backstage-plugin-konstellation-node';
import { AppliedObjects } from './AppliedObjects';

const DEPLOYMENT = { apiVersion: 'apps/v1', kind: 'Deployment' };
const SERVICE = { apiVersion: 'v1', kind: 'Service' };
const SECRET = { apiVersion: 'v1', kind: 'Secret' };
const namespace = 'kre-shop';

function object(
  kind: { apiVersion: string; kind: string },
  spec: unknown = 1,
): KubernetesObject {
  return { ...kind, metadata: { name: 'a', namespace }, spec };
}

function stored(
  wanted: KubernetesObject,
  metadata: Partial<KubernetesObject['metadata']> = {},
): KubernetesObject {
  return {
    ...wanted,
    metadata: {
      ...wanted.metadata,
      uid: 'u1',
      resourceVersion: '10',
      ...metadata,
    },
  };
}

describe('AppliedObjects', () => {
  let time: number;
  let applied: AppliedObjects;

  beforeEach(() => {
    time = 0;
    applied = new AppliedObjects(() => time);
    applied.watching(DEPLOYMENT);
    applied.watching(SERVICE);
  });

  const remember = (
    kind: { apiVersion: string; kind: string },
    metadata?: Partial<KubernetesObject['metadata']>,
  ) => applied.remember(object(kind), stored(object(kind), metadata));

  it('knows what is applied as it is, and nothing else', () => {
    expect(applied.find(object(SERVICE))).toBeUndefined();
    remember(SERVICE);
    expect(applied.find(object(SERVICE))?.metadata.uid).toBe('u1');
    expect(applied.find(object(SERVICE, 2))).toBeUndefined();
    expect(applied.find(object(DEPLOYMENT))).toBeUndefined();
  });

  it.each([
    [
      'another label',
      SERVICE,
      {},
      { resourceVersion: '11', labels: { by: 'hand' } },
    ],
    [
      'another object of that name',
      DEPLOYMENT,
      { generation: 1 },
      { generation: 1, uid: 'u2' },
    ],
    [
      'its end',
      DEPLOYMENT,
      { generation: 1 },
      {
        generation: 1,
        resourceVersion: '11',
        deletionTimestamp: '2026-11-27T06:00:00Z',
      },
    ],
  ])('forgets what a watch tells of: %s', (_, kind, before, after) => {
    remember(kind, before);
    applied.onEvent({ type: 'MODIFIED', object: stored(object(kind), after) });
    expect(applied.find(object(kind))).toBeUndefined();
  });

  it('forgets what a watch tells of: other content', () => {
    remember(DEPLOYMENT, { generation: 1 });
    applied.onEvent({
      type: 'MODIFIED',
      object: stored(object(DEPLOYMENT, 2), {
        generation: 2,
        resourceVersion: '11',
      }),
    });
    expect(applied.find(object(DEPLOYMENT))).toBeUndefined();
  });

  it('does not mind its own changes, nor a status, nor what controllers note', () => {
    remember(SERVICE);
    remember(DEPLOYMENT, { generation: 1 });
    applied.onEvent({ type: 'ADDED', object: stored(object(SERVICE)) });
    applied.onEvent({
      type: 'MODIFIED',
      object: {
        ...stored(object(DEPLOYMENT), {
          generation: 1,
          resourceVersion: '12',
          annotations: { 'deployment.kubernetes.io/revision': '1' },
        }),
        status: { readyReplicas: 1 },
      },
    });
    expect(applied.find(object(SERVICE))).toBeDefined();
    expect(applied.find(object(DEPLOYMENT))).toBeDefined();
  });

  it('forgets what is deleted, and a namespace with all in it', () => {
    remember(SERVICE);
    applied.onEvent({ type: 'DELETED', object: stored(object(SERVICE)) });
    expect(applied.find(object(SERVICE))).toBeUndefined();
    remember(SERVICE);
    applied.forget({ apiVersion: 'v1', kind: 'Namespace', name: namespace });
    expect(applied.find(object(SERVICE))).toBeUndefined();
  });

  it('forgets a kind when changes were missed, and when nobody watches it any more', () => {
    const watch = applied.watching({ apiVersion: 'v1', kind: 'ConfigMap' });
    const configMap = { apiVersion: 'v1', kind: 'ConfigMap' };
    remember(configMap);
    remember(SERVICE);
    watch.missed();
    expect(applied.find(object(configMap))).toBeUndefined();
    remember(configMap);
    watch.close();
    expect(applied.find(object(configMap))).toBeUndefined();
    expect(applied.find(object(SERVICE))).toBeDefined();
  });

  it('applies again what nobody watches, sooner than what is watched', () => {
    remember(SECRET);
    remember(SERVICE);
    time = 4 * 60_000 + 1;
    expect(applied.find(object(SECRET))).toBeUndefined();
    expect(applied.find(object(SERVICE))).toBeDefined();
    time = 30 * 60_000 + 1;
    expect(applied.find(object(SERVICE))).toBeUndefined();
  });

  describe('drift', () => {
    const event = (type: 'MODIFIED' | 'DELETED', found: KubernetesObject) =>
      applied.onEvent({ type, object: found });
    const byHand = stored(object(SERVICE, 'by hand'), {
      resourceVersion: '11',
    });

    it('is what was changed and is as before', () => {
      remember(SERVICE);
      event('MODIFIED', byHand);
      expect(remember(SERVICE, { resourceVersion: '12' })).toBe('changed');
      event('MODIFIED', stored(object(SERVICE), { resourceVersion: '12' }));
      expect(remember(SERVICE, { resourceVersion: '12' })).toBeUndefined();
    });

    it('is told where the watch is ahead of the answer', () => {
      remember(SERVICE);
      event('MODIFIED', byHand);
      expect(applied.find(object(SERVICE))).toBeUndefined();
      event('MODIFIED', stored(object(SERVICE), { resourceVersion: '12' }));
      expect(remember(SERVICE, { resourceVersion: '12' })).toBe('changed');
      expect(applied.find(object(SERVICE))).toBeDefined();
    });

    it('is not forgotten by an answer that is behind the watch', () => {
      remember(SERVICE);
      event(
        'MODIFIED',
        stored(object(SERVICE, 'by hand'), { resourceVersion: '13' }),
      );
      remember(SERVICE, { resourceVersion: '12' });
      expect(applied.find(object(SERVICE))).toBeUndefined();
      expect(remember(SERVICE, { resourceVersion: '14' })).toBe('changed');

      event('DELETED', stored(object(SERVICE), { resourceVersion: '16' }));
      remember(SERVICE, { resourceVersion: '15' });
      expect(applied.find(object(SERVICE))).toBeUndefined();
      expect(remember(SERVICE, { uid: 'u2', resourceVersion: '17' })).toBe(
        'deleted',
      );
    });

    it('is told once, however late a watch is', () => {
      remember(SERVICE);
      event('MODIFIED', byHand);
      expect(remember(SERVICE, { resourceVersion: '12' })).toBe('changed');
      event('MODIFIED', byHand);
      expect(applied.find(object(SERVICE))).toBeDefined();
    });

    it('is not what others may change', () => {
      remember(DEPLOYMENT, { generation: 1 });
      const scaled = stored(object(DEPLOYMENT, { replicas: 3 }), {
        generation: 2,
        resourceVersion: '11',
      });
      event('MODIFIED', scaled);
      expect(applied.find(object(DEPLOYMENT))).toBeUndefined();
      // Whoever applies does not say how many: it stays so.
      expect(applied.remember(object(DEPLOYMENT), scaled)).toBeUndefined();
    });

    it('is not what is wanted otherwise now', () => {
      remember(SERVICE);
      event('MODIFIED', byHand);
      const other = object(SERVICE, 2);
      expect(applied.remember(other, stored(other))).toBeUndefined();
    });

    it('is what was deleted and had to be made again, unless it was to go', () => {
      remember(SERVICE);
      event('DELETED', stored(object(SERVICE)));
      expect(remember(SERVICE, { uid: 'u2' })).toBe('deleted');
      applied.forget({ ...SERVICE, namespace, name: 'a' });
      event('DELETED', stored(object(SERVICE), { uid: 'u2' }));
      expect(remember(SERVICE, { uid: 'u3' })).toBeUndefined();
    });

    it('is seen without a watch where it was written since', () => {
      remember(SECRET);
      time = 5 * 60_000;
      expect(remember(SECRET)).toBeUndefined();
      expect(remember(SECRET, { resourceVersion: '11' })).toBe('changed');
      expect(remember(SECRET, { uid: 'u2' })).toBe('deleted');
    });

    it('is not a status of what nobody watches', () => {
      const scaler = {
        apiVersion: 'autoscaling/v2',
        kind: 'HorizontalPodAutoscaler',
      };
      const withStatus = (resourceVersion: string) => ({
        ...stored(object(scaler), { resourceVersion }),
        status: { currentReplicas: 1 },
      });
      applied.remember(object(scaler), withStatus('10'));
      expect(
        applied.remember(object(scaler), withStatus('11')),
      ).toBeUndefined();
    });

    it('is not a status that changed while changes were missed', () => {
      const watch = applied.watching(SERVICE);
      remember(SERVICE);
      watch.missed();
      expect(remember(SERVICE, { resourceVersion: '99' })).toBeUndefined();
    });
  });
});
