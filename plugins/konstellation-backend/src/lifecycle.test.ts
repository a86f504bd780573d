import { lifecyclePortal } from './__testUtils__/lifecyclePortal';

const RUNTIME = 'prices';
const base = `/api/konstellation/runtimes/${RUNTIME}`;

jest.setTimeout(120_000);

describe('the lifecycle', () => {
  const { calls, api, cluster } = lifecyclePortal({
    runtime: RUNTIME,
    config: {
      deadlines: {
        start: { seconds: 5 },
        configuration: { seconds: 5 },
      },
      publications: { drain: { milliseconds: 50 } },
    },
  });
  const {
    post,
    path,
    command,
    get,
    configure,
    publications,
    activities,
    remove,
    expectStatus,
    upload,
    until,
    untilStatus,
    condition,
    started,
    published,
  } = calls;

  const anchors = () =>
    cluster()
      .refs()
      .filter(
        ({ kind, name }) =>
          kind === 'ConfigMap' && !name.startsWith('published-'),
      );

  it('applies a change of the configuration beside what runs', async () => {
    await started('v1');
    const before = anchors();
    const changed = await expectStatus(200, configure('v1', 'USD'));
    expect(changed.body).toMatchObject({ revision: 2 });
    const busy = await configure('v1', 'EUR');
    // Taken where the first one was through already.
    expect([undefined, 'the version is changing, wait until it has']).toContain(
      busy.body.error?.message,
    );
    const now = await until(
      () => get('v1'),
      version => condition(version, 'ConfigurationApplied')?.status === 'True',
    );
    expect(now.configuration.runningRevision).toBeGreaterThanOrEqual(2);
    await until(
      async () => anchors(),
      found => found.length === 1 && found[0]?.name !== before[0]?.name,
    );
    expect((await activities()).map(({ type }) => type)).toContain(
      'version.configuration-applied',
    );
  });

  it('drops a configuration that does not get ready, and changes nothing', async () => {
    await published('v1');
    const before = anchors();
    cluster().behave(
      { node: 'model' },
      { is: 'crashing', exitCode: 3, message: 'KeyError: CURRENCY' },
    );
    // What runs goes on: only the new release is made with this behaviour.
    for (const { name } of before) {
      cluster().behave({ release: name.split('-').at(-1) }, { is: 'ready' });
    }
    await expectStatus(200, configure('v1', 'USD'));
    const dropped = await until(
      () => get('v1'),
      version =>
        condition(version, 'ConfigurationApplied')?.reason === 'Dropped',
    );
    expect(condition(dropped, 'ConfigurationApplied')?.message).toContain(
      'Revision 2 was dropped, revision 1 runs on.',
    );
    expect(dropped.status).toBe('PUBLISHED');
    expect(dropped.configuration.revision).toBe(1);
    await until(
      async () => anchors(),
      found => JSON.stringify(found) === JSON.stringify(before),
    );
    const { body } = await api().get(path('v1', '/configuration/revisions'));
    expect(
      body.items.map(({ revision, current }: (typeof body.items)[0]) => [
        revision,
        current,
      ]),
    ).toEqual([
      [2, false],
      [1, true],
      [0, false],
    ]);
  });

  it('publishes a changed configuration, and rolls back to the one before', async () => {
    await published('v1');
    await expectStatus(200, configure('v1', 'USD'));
    const second = await until(publications, items => items.length === 2);
    expect(second).toMatchObject([
      { version: 'v1', configurationRevision: 2, current: true },
      { version: 'v1', configurationRevision: 1, current: false },
    ]);
    await expectStatus(
      202,
      post(`${base}/rollback`, { comment: 'it was better' }),
    );
    const third = await until(publications, items => items.length === 3);
    expect(third[0]).toMatchObject({
      configurationRevision: 1,
      current: true,
      comment: 'it was better',
    });
    await until(
      async () => anchors(),
      found => found.length === 1,
    );
  });

  it('starts what it rolls back to where that is stopped', async () => {
    await published('v1');
    await published('v2');
    await expectStatus(202, command('v1', 'stop'));
    await untilStatus('v1', 'STOPPED');
    const answer = await expectStatus(
      202,
      post(`${base}/rollback`, { comment: 'v2 is worse' }),
    );
    expect(answer.body).toMatchObject({
      name: 'v1',
      publishWhenReady: true,
    });
    await untilStatus('v1', 'PUBLISHED');
    expect((await get('v2')).status).toBe('STARTED');
    expect((await publications())[0]).toMatchObject({
      version: 'v1',
      comment: 'v2 is worse',
      publishedBy: 'user:default/mock',
    });
  });

  it('publishes when ready, and not what failed', async () => {
    await upload('v1');
    await configure('v1', 'CAD');
    await expectStatus(202, command('v1', 'start', { publishWhenReady: true }));
    await untilStatus('v1', 'PUBLISHED');
    cluster().behave(
      { version: 'v2', node: 'model' },
      { is: 'crashing', exitCode: 1 },
    );
    await upload('v2');
    const waiting = await command('v2', 'start', { publishWhenReady: true });
    expect(condition(waiting.body, 'Switching')?.reason).toBe(
      'WaitingUntilReady',
    );
    await until(
      () => get('v2'),
      ({ status, publishWhenReady }) => status === 'ERROR' && !publishWhenReady,
    );
    expect((await get('v1')).status).toBe('PUBLISHED');
    expect((await activities()).map(({ type }) => type)).toContain(
      'version.publication-dropped',
    );
    cluster().behave({ version: 'v2' }, { is: 'ready' });
    await untilStatus('v2', 'STARTED');
  });

  it('cancels a start', async () => {
    cluster().behave({ version: 'v1' }, { is: 'unready' });
    await upload('v1');
    await configure('v1', 'CAD');
    await command('v1', 'start');
    await until(
      async () => anchors(),
      found => found.length === 1,
    );
    await expectStatus(202, command('v1', 'stop'));
    await untilStatus('v1', 'STOPPED');
    expect(anchors()).toEqual([]);
  });

  it('replaces a release with a pause where that is asked', async () => {
    await expectStatus(
      200,
      api()
        .patch(base)
        .send({ settings: { quota: { pods: '3', 'limits.memory': '2Gi' } } }),
    );
    await started('v1');
    const crowded = await expectStatus(409, configure('v1', 'USD'));
    expect(crowded.body).toMatchObject({
      error: {
        message: expect.stringContaining(
          'pods: used 2, needed 2 more, limit 3',
        ),
      },
    });
    const preview = await api()
      .post(path('v1', '/configuration/preview'))
      .send({ env: 'CURRENCY="USD"' });
    expect(preview.body).toMatchObject({
      changes: [{ key: 'CURRENCY', change: 'changed' }],
      effect: 'beside',
      restarts: ['entrypoint', 'model'],
      hasRoom: false,
    });
    await expectStatus(200, configure('v1', 'USD', { replace: 'pause' }));
    const now = await until(
      () => get('v1'),
      version =>
        version.status === 'STARTED' &&
        version.configuration.runningRevision === 2,
    );
    expect(condition(now, 'Available')?.status).toBe('True');
    expect(anchors()).toHaveLength(1);
  });

  it('publishes each solution at its own address', async () => {
    const made = await expectStatus(
      201,
      post(`${base}/solutions`, { id: 'second', name: 'Second' }),
    );
    expect(made.body).toMatchObject({
      id: 'second',
      address: { http: expect.stringContaining('second--prices.localhost') },
    });
    await published('v1');
    await started('v2', 'second');
    await command('v2', 'publish');
    await untilStatus('v2', 'PUBLISHED');
    expect((await get('v1')).status).toBe('PUBLISHED');
    const { body } = await api().get(base);
    expect(body.solutions).toMatchObject([
      { id: 'prices', publishedVersion: 'v1' },
      { id: 'second', publishedVersion: 'v2' },
    ]);
    const busy = await expectStatus(409, remove(`${base}/solutions/second`));
    expect(busy.body).toMatchObject({
      error: { message: expect.stringContaining('v2 (PUBLISHED)') },
    });
    await command('v2', 'unpublish');
    await untilStatus('v2', 'STARTED');
    await command('v2', 'stop');
    await untilStatus('v2', 'STOPPED');
    await expectStatus(202, remove(`${base}/solutions/second`));
    await until(
      () => api().get(`${base}/solutions`),
      answer => answer.body.items.length === 1,
    );
    expect(
      cluster()
        .refs()
        .filter(({ name }) => name === 'published-second'),
    ).toEqual([]);
    await expectStatus(404, api().get(path('v2')));
    await expectStatus(409, remove(`${base}/solutions/prices`));
  });

  it('keeps what can be rolled back to, deletes the rest, and gives names back', async () => {
    await published('v1');
    await published('v2');
    await command('v1', 'stop');
    await untilStatus('v1', 'STOPPED');
    const needed = await expectStatus(409, remove(path('v1')));
    expect(needed.body).toMatchObject({
      error: {
        message: expect.stringContaining('the version is needed for roll back'),
      },
    });
    await upload('v3');
    const uid = (await get('v3')).uid;
    await expectStatus(202, remove(path('v3')));
    await until(
      () => api().get(path('v3')),
      ({ status }) => status === 404,
    );
    await upload('v3');
    expect((await get('v3')).uid).not.toBe(uid);
    expect(
      (await activities()).filter(({ version }) => version === 'v3'),
    ).toMatchObject([
      { type: 'version.created' },
      { type: 'version.deleted', comment: 'away' },
      { type: 'version.created' },
    ]);
  });

  it('deletes a runtime with all that is in it', async () => {
    await published('v1');
    const busy = await expectStatus(409, remove(base));
    expect(busy.body).toMatchObject({
      error: { message: expect.stringContaining('v1 (PUBLISHED)') },
    });
    await command('v1', 'unpublish');
    await untilStatus('v1', 'STARTED');
    await command('v1', 'stop');
    await untilStatus('v1', 'STOPPED');
    await expectStatus(202, remove(base));
    await until(
      () => api().get(base),
      ({ status }) => status === 404,
    );
    await until(
      async () => cluster().refs(),
      refs => refs.length === 0,
    );
    const { body } = await api().get('/api/konstellation/activities');
    expect(body.items[0]).toMatchObject({
      type: 'runtime.deleted',
      comment: 'away',
    });
  });
});
