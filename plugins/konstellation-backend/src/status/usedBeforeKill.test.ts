import type {
  ContainerMetrics,
  KubernetesObject,
} from '@konstellation/backstage-plugin-konstellation-node';
import type { ObservedState } from '../domain/types';
import { usedBeforeKill } from './usedBeforeKill';

const AT = '2026-11-27T10:00:00Z';
const SOON = new Date('2026-11-27T10:00:05Z');

function pod(name: string, reason: string): KubernetesObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name },
    status: {
      containerStatuses: [
        {
          name: 'etl',
          lastState: { terminated: { reason, exitCode: 137, finishedAt: AT } },
        },
      ],
    },
  };
}

const seen = (memory: number | undefined): ObservedState => ({
  generation: 1,
  at: AT,
  present: true,
  ready: false,
  events: [],
  nodes: [
    {
      name: 'etl',
      type: 'node',
      image: 'konstellation/python:1',
      status: 'ERROR',
      readyReplicas: 0,
      replicas: 1,
      pods: [
        {
          name: 'etl-1',
          phase: 'Running',
          ready: false,
          restarts: 1,
          lastTermination: {
            exitCode: 137,
            reason: 'OOMKilled',
            at: AT,
            memory,
          },
        },
      ],
    },
  ],
});

describe('what a container used before it was killed', () => {
  const used = (name: string, memory = 9e7): ContainerMetrics => ({
    pod: name,
    container: 'etl',
    cpu: 0.1,
    memory,
  });
  const pods = [pod('etl-1', 'OOMKilled'), pod('model-1', 'Error')];
  const measure = jest.fn(
    async (): Promise<ContainerMetrics[] | undefined> => [
      used('etl-1'),
      used('model-1'),
    ],
  );

  beforeEach(() => measure.mockClear());

  it('is asked for those alone', async () => {
    expect(await usedBeforeKill(pods, undefined, SOON, measure)).toEqual(
      new Map([['etl-1', 9e7]]),
    );
    await usedBeforeKill([pod('model-1', 'Error')], undefined, SOON, measure);
    expect(measure).toHaveBeenCalledTimes(1);
  });

  it('is asked once, and kept', async () => {
    expect(await usedBeforeKill(pods, seen(8e7), SOON, measure)).toEqual(
      new Map([['etl-1', 8e7]]),
    );
    expect(await usedBeforeKill(pods, seen(undefined), SOON, measure)).toEqual(
      new Map(),
    );
    expect(measure).not.toHaveBeenCalled();
  });

  it('is not what the next process uses', async () => {
    const late = new Date('2026-11-27T10:02:00Z');
    expect(await usedBeforeKill(pods, undefined, late, measure)).toEqual(
      new Map(),
    );
    expect(measure).not.toHaveBeenCalled();
  });

  it('may not be known', async () => {
    measure.mockResolvedValueOnce(undefined);
    expect(await usedBeforeKill(pods, undefined, SOON, measure)).toEqual(
      new Map(),
    );
    measure.mockRejectedValueOnce(new Error('no right'));
    expect(await usedBeforeKill(pods, undefined, SOON, measure)).toEqual(
      new Map(),
    );
  });
});
