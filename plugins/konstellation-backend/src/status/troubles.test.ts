import type { ContainerStatus, Pod, PodStatus } from 'kubernetes-types/core/v1';
import { deploymentTrouble, podTrouble, waitingText } from './troubles';

function pod(status: PodStatus): Pod {
  return {
    spec: {
      containers: [{ name: 'etl', resources: { limits: { memory: '512Mi' } } }],
    },
    status: {
      conditions: [{ type: 'Initialized', status: 'True' }],
      ...status,
    },
  };
}

const container = (state: Partial<ContainerStatus>): PodStatus => ({
  containerStatuses: [
    {
      name: 'etl',
      ready: false,
      restartCount: 0,
      image: 'konstellation/python:1',
      imageID: '',
      ...state,
    },
  ],
});

const waiting = (reason: string, message: string) =>
  podTrouble(pod(container({ state: { waiting: { reason, message } } })));

const ended = (
  exitCode: number,
  rest: { reason?: string; message?: string; restartCount?: number },
) =>
  podTrouble(
    pod(
      container({
        restartCount: rest.restartCount ?? 0,
        state: { waiting: { reason: 'CrashLoopBackOff' } },
        lastState: { terminated: { exitCode, ...rest } },
      }),
    ),
  );

const refused = (message: string) =>
  deploymentTrouble({
    status: {
      conditions: [
        {
          type: 'ReplicaFailure',
          status: 'True',
          reason: 'FailedCreate',
          message,
        },
      ],
    },
  });

describe('what users are told when something does not run', () => {
  it('image', () => {
    expect(
      waiting('ImagePullBackOff', 'Back-off pulling image "company/gpu:1"'),
    ).toEqual({
      reason: 'ImagePullBackOff',
      message:
        'its image cannot be pulled: Back-off pulling image "company/gpu:1". Look at its name, and whether the nodes of the cluster may pull it',
    });
  });

  it('configuration', () => {
    expect(
      waiting(
        'CreateContainerConfigError',
        "couldn't find key CURRENCY in Secret kre-shop/v-1",
      )?.message,
    ).toBe(
      "its configuration is not complete: couldn't find key CURRENCY in Secret kre-shop/v-1",
    );
  });

  it('memory, with the limit', () => {
    expect(ended(137, { reason: 'OOMKilled', restartCount: 3 })).toEqual({
      reason: 'OOMKilled',
      message:
        'it used more memory than its limit of 512Mi (3 times, last exit 137). Raise the limit in the settings of the runtime, or use less',
    });
    const killed = pod(
      container({
        lastState: { terminated: { exitCode: 137, reason: 'OOMKilled' } },
      }),
    );
    expect(podTrouble(killed, 500 * 2 ** 20)?.message).toMatch(
      /^it used more memory than its limit of 512Mi \(500Mi when it was measured last, exit 137\)/,
    );
  });

  it('crashes, with the code and the last words', () => {
    expect(
      ended(3, {
        reason: 'Error',
        message: 'one\ngiving up\n',
        restartCount: 2,
      }),
    ).toEqual({
      reason: 'CrashLoopBackOff',
      message: 'it ended 2 times, last with exit code 3: giving up',
    });
    expect(ended(0, {})).toBeUndefined();
  });

  it('the package', () => {
    const fetching: PodStatus = {
      conditions: [{ type: 'Initialized', status: 'False' }],
      initContainerStatuses: [
        {
          name: 'krt-fetch',
          ready: false,
          restartCount: 1,
          image: '',
          imageID: '',
          lastState: {
            terminated: { exitCode: 1, message: 'the digest does not match' },
          },
        },
      ],
    };
    expect(podTrouble(pod(fetching))?.message).toBe(
      'its package could not be fetched: it ended with exit code 1: the digest does not match',
    );
  });

  it('the requirements', () => {
    const fetched = {
      name: 'krt-fetch',
      ready: true,
      restartCount: 0,
      image: '',
      imageID: '',
      state: { terminated: { exitCode: 0 } },
    };
    const installing = (more: object): PodStatus => ({
      conditions: [{ type: 'Initialized', status: 'False' }],
      initContainerStatuses: [
        fetched,
        { ...fetched, name: 'krt-install', ready: false, ...more },
      ],
    });
    const failed = {
      state: {
        terminated: {
          exitCode: 1,
          message: 'there is no wheel of nothing==1 for Python 3.11',
        },
      },
    };
    expect(podTrouble(pod(installing(failed)))?.message).toBe(
      'its requirements could not be installed: it ended with exit code 1: there is no wheel of nothing==1 for Python 3.11',
    );
    const running = installing({ state: { running: {} } });
    expect(podTrouble(pod(running))).toBeUndefined();
    expect(waitingText(pod(running), [])).toBe('installing its requirements');
  });

  it('no place, with what is short', () => {
    const of = (message: string) =>
      podTrouble(
        pod({
          conditions: [
            {
              type: 'PodScheduled',
              status: 'False',
              reason: 'Unschedulable',
              message,
            },
          ],
        }),
      )?.message;
    const message =
      '0/3 nodes are available: 2 Insufficient cpu, 3 Insufficient nvidia.com/gpu';
    expect(of(message)).toBe(
      `no node of the cluster has enough cpu and nvidia.com/gpu left: ${message}`,
    );
    expect(of('0/1 nodes are available: 1 had untolerated taint')).toBe(
      'no node of the cluster takes it: 0/1 nodes are available: 1 had untolerated taint',
    );
  });

  it('eviction', () => {
    expect(
      podTrouble(
        pod({
          phase: 'Failed',
          reason: 'Evicted',
          message: 'Usage of EmptyDir volume "tmp" exceeds the limit "256Mi".',
        }),
      ),
    ).toEqual({
      reason: 'Evicted',
      message:
        'the cluster ended it: Usage of EmptyDir volume "tmp" exceeds the limit "256Mi"',
    });
  });

  it('quota, with what is needed, used and allowed', () => {
    expect(
      refused(
        'pods "v-1-etl-x" is forbidden: exceeded quota: runtime, requested: limits.memory=512Mi,pods=1, used: limits.memory=1Gi,pods=2, limited: limits.memory=1Gi,pods=2',
      ),
    ).toEqual({
      reason: 'QuotaExceeded',
      message:
        'the quota "runtime" has no room for it: limits.memory needs 512Mi, 1Gi of 1Gi are used; pods needs 1, 2 of 2 are used. Stop what is not needed, or raise the quota in the settings of the runtime, where it is not that of the owner of its namespace',
    });
  });

  it('admission, with who refuses and its words', () => {
    expect(
      refused(
        'admission webhook "images.example.com" denied the request: images come from our registry',
      ),
    ).toEqual({
      reason: 'AdmissionDenied',
      message:
        'the admission webhook "images.example.com" of the cluster refuses it: images come from our registry',
    });
    expect(
      refused(
        'pods "p" is forbidden: violates PodSecurity "restricted:latest": runAsNonRoot != true',
      )?.message,
    ).toBe(
      'the Pod Security Standard "restricted:latest" of the namespace refuses it: runAsNonRoot != true',
    );
    expect(refused('error looking up service account')?.message).toBe(
      'it cannot be made: error looking up service account',
    );
  });

  it('nothing, of what is on its way', () => {
    expect(podTrouble(pod({}))).toBeUndefined();
    expect(deploymentTrouble({ status: {} })).toBeUndefined();
    expect(deploymentTrouble(undefined)).toBeUndefined();
    const unhealthy = {
      at: '',
      type: 'Warning' as const,
      reason: 'Unhealthy',
      message: 'Readiness probe failed: connection refused',
      count: 1,
    };
    expect(waitingText(pod({}), [unhealthy])).toBe(
      'starting, not ready yet: Readiness probe failed: connection refused',
    );
    expect(waitingText(pod({}), [])).toBe('starting, not ready yet');
    expect(waitingText(pod({ conditions: [] }), [])).toBe(
      'fetching the package',
    );
    expect(waitingText(undefined, [])).toBe('waiting for its process');
  });
});
