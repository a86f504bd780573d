import type { KubernetesObject } from '@konstellation/backstage-plugin-konstellation-node';
import { LABELS } from '../manifests/naming';
import { instancesOf } from './instances';

function pod(
  status: Record<string, unknown>,
  metadata: Record<string, unknown> = {},
): KubernetesObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: 'p',
      namespace: 'kre-test',
      labels: { [LABELS.node]: 'model' },
      ...metadata,
    },
    spec: { terminationGracePeriodSeconds: 40 },
    status,
  };
}

const first = {
  exitCode: 1,
  startedAt: '2026-01-01T00:00:00Z',
  finishedAt: '2026-01-01T00:00:05Z',
  containerID: 'containerd://first',
};
const second = {
  exitCode: 1,
  startedAt: '2026-01-01T00:00:10Z',
  finishedAt: '2026-01-01T00:00:15Z',
  containerID: 'containerd://second',
};

describe('instancesOf', () => {
  it('tells the current run and the one before', () => {
    const found = instancesOf(
      pod({
        containerStatuses: [
          {
            name: 'main',
            containerID: 'containerd://second',
            restartCount: 1,
            state: { running: { startedAt: second.startedAt } },
            lastState: { terminated: first },
          },
        ],
      }),
    );
    expect(found).toMatchObject([
      {
        instance: 'containerd://first',
        restart: 0,
        previous: true,
        ended: true,
        endedAt: new Date(first.finishedAt),
      },
      {
        instance: 'containerd://second',
        restart: 1,
        previous: false,
        ended: false,
        startedAt: new Date(second.startedAt),
        node: 'model',
        graceMillis: 40_000,
        terminating: false,
      },
    ]);
  });

  it('knows a run again when it has ended and waits to be begun again', () => {
    const ended = instancesOf(
      pod({
        containerStatuses: [
          {
            name: 'main',
            containerID: second.containerID,
            restartCount: 1,
            state: { terminated: second },
            lastState: { terminated: first },
          },
        ],
      }),
    );
    const waiting = instancesOf(
      pod({
        containerStatuses: [
          {
            name: 'main',
            containerID: second.containerID,
            restartCount: 1,
            state: { waiting: { reason: 'CrashLoopBackOff' } },
            lastState: { terminated: second },
          },
        ],
      }),
    );
    const last = { instance: second.containerID, restart: 1, ended: true };
    expect(ended).toMatchObject([
      { instance: first.containerID, previous: true },
      { ...last, previous: false },
    ]);
    // Until the next one begins its log is that of the container.
    expect(waiting).toMatchObject([{ ...last, previous: false }]);
  });

  it('goes without ids, which not every cluster gives', () => {
    const { containerID, ...terminated } = first;
    expect(
      instancesOf(
        pod(
          {
            initContainerStatuses: [
              { name: 'fetch', restartCount: 0, state: { terminated } },
            ],
            containerStatuses: [
              {
                name: 'main',
                restartCount: 0,
                state: { waiting: { reason: 'PodInitializing' } },
              },
            ],
          },
          { deletionTimestamp: '2026-01-01T00:01:00Z' },
        ),
      ),
    ).toMatchObject([
      { container: 'fetch', instance: first.startedAt, terminating: true },
    ]);
  });

  it('has nothing of a pod that was never begun', () => {
    expect(instancesOf(pod({ phase: 'Pending' }))).toEqual([]);
  });
});
