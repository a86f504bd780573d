import { NotAllowedError, ServiceUnavailableError } from '@backstage/errors';
import type { ClusterClient } from '@konstellation/backstage-plugin-konstellation-node';
import { lifecyclePortal } from './__testUtils__/lifecyclePortal';

const AWAY = 'the cluster "test" cannot be reached at https://10.0.0.1';

jest.setTimeout(120_000);

describe('a cluster that does not do what is wanted', () => {
  /** What every call to the cluster gets, where there is one. */
  let refusal: Error | undefined;

  const guarded = <T>(call: () => Promise<T>): Promise<T> =>
    refusal ? Promise.reject(refusal) : call();

  function refusing(client: ClusterClient): ClusterClient {
    return {
      ...client,
      apply: (objects, options) =>
        guarded(() => client.apply(objects, options)),
      delete: ref => guarded(() => client.delete(ref)),
      get: ref => guarded(() => client.get(ref)),
      list: (kind, options) => guarded(() => client.list(kind, options)),
    };
  }

  beforeEach(() => {
    refusal = undefined;
  });
  const { calls } = lifecyclePortal({
    runtime: 'prices',
    connect: cluster => refusing(cluster.connect()),
    config: {
      deadlines: {
        start: { milliseconds: 2_000 },
        stop: { milliseconds: 2_000 },
        configuration: { milliseconds: 2_000 },
      },
      publications: { drain: { milliseconds: 50 } },
    },
  });
  const {
    command,
    configure,
    activities,
    expectStatus,
    get,
    upload,
    until,
    untilStatus,
    condition,
    started,
    published,
  } = calls;

  const untilRefused = (version: string) =>
    until(
      () => get(version),
      now => condition(now, 'Reconciled')?.status === 'False',
    );

  it('is named while a version starts, fails it in time, and is made up for', async () => {
    await upload('v1');
    await expectStatus(200, configure('v1', 'CAD'));
    refusal = new ServiceUnavailableError(`${AWAY}: nothing answers there`);
    await expectStatus(202, command('v1', 'start'));

    const starting = await untilRefused('v1');
    expect(starting.statusMessage).toContain('nothing answers there');
    expect(condition(starting, 'Reconciled')?.reason).toBe(
      'ClusterUnavailable',
    );
    const failed = await untilStatus('v1', 'ERROR');
    expect(failed.statusMessage).toContain('nothing answers there');
    expect(failed.commands.stop.allowed).toBe(true);
    // Written by the next attempt, whenever that is.
    const told = await until(activities, log =>
      log.some(({ type }) => type === 'version.failed'),
    );
    expect(told).toContainEqual(
      expect.objectContaining({
        type: 'version.failed',
        comment: expect.stringContaining('nothing answers there'),
      }),
    );

    refusal = undefined;
    const recovered = await untilStatus('v1', 'STARTED');
    expect(condition(recovered, 'Reconciled')).toBeUndefined();
    expect(condition(recovered, 'Available')?.status).toBe('True');
  });

  it('leaves a published version published, and says that nobody knows', async () => {
    await published('v1');
    refusal = new ServiceUnavailableError(`${AWAY}: nothing answers there`);
    await expectStatus(200, configure('v1', 'USD'));

    const unknown = await untilRefused('v1');
    expect(unknown.status).toBe('PUBLISHED');
    expect(unknown.statusMessage).toMatch(/^Ready when it was last seen\. /);
    expect(condition(unknown, 'Available')?.status).toBe('Unknown');

    // What could not be made ready in time is given up, so that another change can be made.
    const dropped = await until(
      () => get('v1'),
      now => condition(now, 'ConfigurationApplied')?.reason === 'Dropped',
    );
    expect(condition(dropped, 'ConfigurationApplied')?.message).toContain(
      'nothing answers there',
    );
    refusal = undefined;
    const known = await until(
      () => get('v1'),
      now => condition(now, 'Available')?.status === 'True',
    );
    expect(known.statusMessage).toMatch(/accessible from outside$/);
  });

  it('says which right is missing while a version stops, and fails it in time', async () => {
    await started('v1');
    refusal = new NotAllowedError(
      'the portal may not delete configmaps in the namespace "kre-prices": grant its account the verb "delete" on "configmaps"',
    );
    await expectStatus(202, command('v1', 'stop'));

    const stopping = await untilRefused('v1');
    expect(condition(stopping, 'Reconciled')?.reason).toBe('Forbidden');
    const failed = await untilStatus('v1', 'ERROR');
    expect(failed.statusMessage).toContain('grant its account the verb');
    refusal = undefined;
    await untilStatus('v1', 'STOPPED');
  });

  it('tells people nothing of an error of the portal itself', async () => {
    await upload('v1');
    await expectStatus(200, configure('v1', 'CAD'));
    refusal = new Error('password=hunter2');
    await expectStatus(202, command('v1', 'start'));
    const starting = await untilRefused('v1');
    expect(condition(starting, 'Reconciled')).toMatchObject({
      reason: 'InternalError',
      message: expect.not.stringContaining('hunter2'),
    });
  });
});
