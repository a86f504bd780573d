import type {
  ClusterClient,
  ContainerLogLine,
  KubernetesObject,
  WatchEvent,
} from '../cluster';
import {
  asPod,
  call,
  ContractCluster,
  isReady,
  stateOf,
  until,
} from './ContractCluster';
import { autoscaler, configMap, secret, server, service } from './objects';

const APPLY = { fieldManager: 'contract' };
const CONFIG_MAP = { apiVersion: 'v1', kind: 'ConfigMap' };
const DEPLOYMENT = { apiVersion: 'apps/v1', kind: 'Deployment' };
const EVENT = { apiVersion: 'v1', kind: 'Event' };
const POD = { apiVersion: 'v1', kind: 'Pod' };
const SECRET = { apiVersion: 'v1', kind: 'Secret' };

/** Why a container waits whose image is not to be had: depends on who was asked for it. */
const NO_IMAGE = ['ErrImageNeverPull', 'ErrImagePull', 'ImagePullBackOff'];

export interface ContractSubject {
  client: ClusterClient;
  /** Of its own, not there yet; whoever gives it takes it away. */
  namespace: string;
  /** Image that runs {@link serverScript}. */
  image: string;
}

/**
 * What every cluster does, whoever plays it: the tests both adapters of {@link ClusterClient} pass. Where they differ, Kubernetes is
 * right.
 *
 * @param title - of the cluster
 * @param create - called once, before the first test
 */
export function clusterContract(
  title: string,
  create: () => Promise<ContractSubject>,
): void {
  describe(`${title} keeps the contract of clusters`, () => {
    let client: ClusterClient;
    let cluster: ContractCluster;
    let namespace: string;
    let image: string;

    beforeAll(async () => {
      ({ client, namespace, image } = await create());
      cluster = new ContractCluster(client, namespace);
      await client.apply(
        [
          {
            apiVersion: 'v1',
            kind: 'Namespace',
            metadata: { name: namespace },
          },
        ],
        APPLY,
      );
    }, 60_000);

    const applied = async (object: KubernetesObject) => {
      const [stored] = await client.apply([object], APPLY);
      if (!stored) throw new Error('nothing was applied');
      return stored;
    };

    describe('objects', () => {
      it('applies, and changes nothing when it applies the same again', async () => {
        const wanted = configMap(namespace, 'same', { a: '1' });
        const first = await applied(wanted);
        expect(first.metadata.uid).toMatch(/.+/);
        const again = await applied(wanted);
        expect(again.metadata.uid).toBe(first.metadata.uid);
        expect(again.metadata.resourceVersion).toBe(
          first.metadata.resourceVersion,
        );
      });

      it('takes away what is not applied any more', async () => {
        await applied(configMap(namespace, 'less', { a: '1', b: '2' }));
        const { data } = await applied(
          configMap(namespace, 'less', { b: '3' }),
        );
        expect(data).toEqual({ b: '3' });
      });

      it('keeps nothing of a dry run', async () => {
        const ref = { ...CONFIG_MAP, namespace, name: 'dry' };
        await client.apply([configMap(namespace, 'dry')], {
          ...APPLY,
          dryRun: true,
        });
        expect(await client.get(ref)).toBeUndefined();
      });

      it('lists by labels, and only those of the namespace', async () => {
        await applied(configMap(namespace, 'listed'));
        const listed = await client.list(CONFIG_MAP, {
          namespace,
          labels: { suite: 'contract' },
        });
        expect(listed.map(({ metadata }) => metadata.name)).toContain('listed');
        expect(listed.every(({ kind }) => kind === 'ConfigMap')).toBe(true);
        const others = await client.list(CONFIG_MAP, {
          namespace,
          labels: { suite: 'another' },
        });
        expect(others).toEqual([]);
      });

      it('deletes, also what is not there', async () => {
        const ref = { ...CONFIG_MAP, namespace, name: 'gone' };
        await applied(configMap(namespace, 'gone'));
        await client.delete(ref);
        await until('gone', async () =>
          (await client.get(ref)) ? undefined : true,
        );
        await client.delete(ref);
      });

      it('refuses to change what is immutable', async () => {
        await applied(secret(namespace, 'fixed', { value: 'a' }));
        await applied(secret(namespace, 'fixed', { value: 'a' }));
        await expect(
          applied(secret(namespace, 'fixed', { value: 'b' })),
        ).rejects.toMatchObject({
          name: 'InputError',
          message: expect.stringContaining('immutable'),
        });
      });

      it('refuses objects of a namespace that is not there', async () => {
        await expect(
          applied(configMap('nowhere', 'lost')),
        ).rejects.toMatchObject({
          name: 'NotFoundError',
          message: expect.stringContaining('namespaces "nowhere" not found'),
        });
      });

      it('lets an owner go after all it owns', async () => {
        const owner = await applied(configMap(namespace, 'anchor'));
        await applied(server(namespace, 'owned', { image, owner }));
        await cluster.readyPod('owned');
        const ref = { ...CONFIG_MAP, namespace, name: 'anchor' };
        await client.delete(ref);
        const going = await client.get(ref);
        expect(going?.metadata.deletionTimestamp).toBeDefined();
        await until('the owner is gone', async () =>
          (await client.get(ref)) ? undefined : true,
        );
        const own = { namespace, labels: { app: 'owned' } };
        expect(await client.list(DEPLOYMENT, own)).toEqual([]);
        // A pod may take its last breath after the Deployment is gone.
        await until('its pods are gone', async () =>
          (await client.list(POD, own)).length > 0 ? undefined : true,
        );
      }, 180_000);
    });

    describe('watch', () => {
      it('tells of changes, beginning with one RELISTED, and never of Secrets', async () => {
        const seen: string[] = [];
        const watch = client.watch(
          [CONFIG_MAP, SECRET],
          { namespace, labels: { suite: 'contract' } },
          ({ type, object }: WatchEvent) => {
            seen.push(`${type} ${object?.metadata.name ?? ''}`.trim());
            if (object?.metadata.name === 'watched' && type === 'ADDED') {
              throw new Error('what a handler throws does not end the watch');
            }
          },
        );
        try {
          await until('relisted', async () => seen[0]);
          await applied(configMap(namespace, 'watched'));
          await applied(secret(namespace, 'unseen', { value: 'a' }));
          await applied(configMap(namespace, 'watched', { a: '1' }));
          await client.delete({ ...CONFIG_MAP, namespace, name: 'watched' });
          await until('deleted', async () =>
            seen.includes('DELETED watched') ? true : undefined,
          );
        } finally {
          watch.close();
        }
        const told = seen.filter(
          (each, at) => /watched|unseen/.test(each) && each !== seen[at - 1],
        );
        expect(seen[0]).toBe('RELISTED');
        expect(told).toEqual([
          'ADDED watched',
          'MODIFIED watched',
          'DELETED watched',
        ]);
      });

      it('tells nothing after it is closed', async () => {
        const seen: string[] = [];
        const watch = client.watch([CONFIG_MAP], { namespace }, event => {
          seen.push(event.type);
        });
        await until('relisted', async () => seen[0]);
        watch.close();
        const before = seen.length;
        await applied(configMap(namespace, 'after'));
        await client.list(CONFIG_MAP, { namespace });
        expect(seen).toHaveLength(before);
      });
    });

    describe('workloads', () => {
      it('plays a Deployment behind a Service', async () => {
        await applied(service(namespace, 'web', 'one'));
        await applied(server(namespace, 'one', { image }));
        const pod = await cluster.readyPod('one');
        expect(stateOf(pod)).toMatchObject({ ready: true, restartCount: 0 });
        await until('the Service answers', () => cluster.answerOf('web'));
        expect(await cluster.answerOf('web')).toBe('one');
        const own = await client.address(
          { kind: 'Pod', namespace, name: pod.metadata.name },
          'http',
        );
        expect(own && (await call(own, '/'))).toEqual({
          status: 200,
          body: 'one',
        });
        await until('the Deployment is available', async () => {
          const [found] = await client.list(DEPLOYMENT, {
            namespace,
            labels: { app: 'one' },
          });
          const { status } = found as { status?: { readyReplicas?: number } };
          return status?.readyReplicas === 1 ? true : undefined;
        });
      }, 180_000);

      it('brings what is sent to a pod, and to a Service', async () => {
        const pod = await cluster.readyPod('one');
        const [own, shared] = await Promise.all([
          client.address(
            { kind: 'Pod', namespace, name: pod.metadata.name },
            'http',
          ),
          client.address({ kind: 'Service', namespace, name: 'web' }, 'public'),
        ]);
        for (const [endpoint, method] of [
          [own, 'PUT'],
          [shared, 'POST'],
        ] as const) {
          const sent = { method, body: `by ${method}` };
          expect(endpoint && (await call(endpoint, '/echo', sent))).toEqual({
            status: 200,
            ...sent,
          });
        }
      }, 60_000);

      it('moves a Service with its selector, and answers nothing without pods', async () => {
        await applied(server(namespace, 'two', { image }));
        await cluster.readyPod('two');
        const move = async (app: string) => {
          await applied(service(namespace, 'web', app));
          await until(`answered by ${app}`, async () =>
            (await cluster.answerOf('web')) === app ? true : undefined,
          );
        };
        for (const app of ['two', 'one', 'two']) await move(app);
        await applied(service(namespace, 'web', 'nobody'));
        await until('nobody answers', async () =>
          (await cluster.answerOf('web')) === undefined ? true : undefined,
        );
      }, 180_000);

      it('keeps a Deployment between the bounds of its autoscaler', async () => {
        const scaled = server(namespace, 'scaled', {
          image,
          replicas: 'unsaid',
          // What is optional and not there keeps nothing from running.
          volumes: [
            { name: 'told', configMap: { name: 'nothing', optional: true } },
          ],
          volumeMounts: [{ name: 'told', mountPath: '/told' }],
        });
        await applied(scaled);
        await applied(autoscaler(namespace, 'scaled'));
        const deployment = async () => {
          const ref = { ...DEPLOYMENT, namespace, name: 'scaled' };
          const { spec, status } = (await client.get(ref)) as {
            spec?: { replicas?: number };
            status?: { readyReplicas?: number };
          };
          return { wanted: spec?.replicas, ready: status?.readyReplicas };
        };
        await until('both are ready', async () =>
          (await deployment()).ready === 2 ? true : undefined,
        );
        await applied(scaled);
        expect(await deployment()).toEqual({ wanted: 2, ready: 2 });
      }, 180_000);

      it('gives containers the values of Secrets, and an environment of their own', async () => {
        process.env.SECRET_OF_THE_PORTAL = 'secret';
        await applied(secret(namespace, 'values', { KEY: 'of the secret' }));
        await applied(service(namespace, 'env', 'env'));
        await applied(
          server(namespace, 'env', {
            image,
            env: [
              {
                name: 'KEY',
                valueFrom: { secretKeyRef: { name: 'values', key: 'KEY' } },
              },
            ],
          }),
        );
        const body = await until('it answers', () =>
          cluster.answerOf('env', '/env'),
        );
        delete process.env.SECRET_OF_THE_PORTAL;
        expect(JSON.parse(body)).toMatchObject({ KEY: 'of the secret' });
        expect(body).not.toContain('SECRET_OF_THE_PORTAL');
      }, 180_000);

      it('starts again what ends, with backoff, and keeps why and what it said', async () => {
        await applied(
          server(namespace, 'crash', {
            image,
            env: [{ name: 'EXIT_CODE', value: '3' }],
          }),
        );
        const pod = await cluster.podOf(
          'crash',
          ({ status }) =>
            (status?.containerStatuses?.[0]?.restartCount ?? 0) > 1 &&
            status?.containerStatuses?.[0]?.state?.waiting?.reason ===
              'CrashLoopBackOff',
        );
        expect(stateOf(pod)?.lastState?.terminated).toMatchObject({
          exitCode: 3,
          reason: 'Error',
          message: expect.stringContaining('giving up'),
        });
        expect(await cluster.lines(pod, { previous: true })).toContain(
          'giving up',
        );
        await until('an event says so', async () => {
          const events = await client.list(EVENT, { namespace });
          return events.find(({ reason }) => reason === 'BackOff');
        });
      }, 240_000);

      it('says why an image or a configuration cannot be played', async () => {
        await applied(
          server(namespace, 'alien', { image: 'localhost/company/gpu:1' }),
        );
        await applied(
          server(namespace, 'keyless', {
            image,
            env: [
              {
                name: 'KEY',
                valueFrom: { secretKeyRef: { name: 'none', key: 'KEY' } },
              },
            ],
          }),
        );
        const waiting = (app: string, reasons: string[]) =>
          cluster.podOf(app, ({ status }) =>
            reasons.includes(
              status?.containerStatuses?.[0]?.state?.waiting?.reason ?? '',
            ),
          );
        const alien = await waiting('alien', NO_IMAGE);
        expect(stateOf(alien)?.state?.waiting?.message).toContain(
          'localhost/company/gpu:1',
        );
        // A kubelet that is busy says at first that it could not look.
        const keyless = await cluster.podOf(
          'keyless',
          ({ status }) =>
            status?.containerStatuses?.[0]?.state?.waiting?.message ===
            'secret "none" not found',
        );
        expect(stateOf(keyless)?.state?.waiting?.reason).toBe(
          'CreateContainerConfigError',
        );
      }, 180_000);
    });

    describe('logs', () => {
      it('gives the lines of a container, the last ones, and those since a time', async () => {
        await applied(
          server(namespace, 'lines', {
            image,
            env: [{ name: 'LINES', value: '20' }],
          }),
        );
        const pod = await cluster.readyPod('lines');
        const all: ContainerLogLine[] = [];
        for await (const line of client.logs(cluster.refOf(pod))) {
          all.push(line);
        }
        expect(all.map(({ text }) => text)).toEqual([
          'hello from lines',
          ...Array.from({ length: 20 }, (_, at) => `line ${at + 1}`),
        ]);
        expect(all[0]?.at).toMatch(/^\d{4}-\d\d-\d\dT[\d:]{8}\.\d+Z$/);
        expect(await cluster.lines(pod, { tailLines: 2 })).toEqual([
          'line 19',
          'line 20',
        ]);
        const since = all.at(-1)?.at;
        expect((await cluster.lines(pod, { since })).at(-1)).toBe('line 20');
        const hour = new Date(Date.now() + 3_600_000).toISOString();
        expect(await cluster.lines(pod, { since: hour })).toEqual([]);
      }, 180_000);

      it('follows until nobody reads any more', async () => {
        const pod = await cluster.readyPod('lines');
        const end = new AbortController();
        const seen: string[] = [];
        const log = client.logs(cluster.refOf(pod), {
          follow: true,
          signal: end.signal,
        });
        const own = await client.address(
          { kind: 'Pod', namespace, name: pod.metadata.name },
          'http',
        );
        if (!own) throw new Error('the pod has no address');
        for await (const { text } of log) {
          seen.push(text);
          if (text === 'line 20') await call(own, '/say');
          if (text === 'said') end.abort();
        }
        expect(seen.at(-1)).toBe('said');
      }, 60_000);

      it('knows no log of what it does not know', async () => {
        const lost = { namespace, name: 'lost', container: 'server' };
        const read = async () => {
          for await (const line of client.logs(lost)) return line;
          return undefined;
        };
        await expect(read()).rejects.toMatchObject({ name: 'NotFoundError' });
      });
    });

    it('measures what runs, or says that it does not', async () => {
      const pod = await cluster.readyPod('lines');
      const measured = await client.metrics({ namespace });
      if (measured === undefined) return;
      const own = await until('measured', async () =>
        (
          await client.metrics({ namespace })
        )?.find(each => each.pod === pod.metadata.name),
      );
      expect(own.memory).toBeGreaterThan(1024 * 1024);
      expect(asPod(pod).metadata?.name).toBe(own.pod);
      expect(isReady(asPod(pod))).toBe(true);
    }, 180_000);
  });
}
