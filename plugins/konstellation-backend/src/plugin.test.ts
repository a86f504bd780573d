import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mockCredentials } from '@backstage/backend-test-utils';
import { startApi, testKrt } from './__testUtils__/startApi';

describe('the API', () => {
  const directory = mkdtempSync(join(tmpdir(), 'konstellation-api-'));
  const start = async (allowed = true) =>
    (await startApi({ directory, allowed })).api;
  let api: Awaited<ReturnType<typeof start>>;
  const base = '/api/konstellation';
  const upload = async (version: string) =>
    api
      .post(`${base}/runtimes/prices/versions`)
      .set('content-type', 'application/gzip')
      .send(await testKrt(version));

  beforeAll(async () => {
    api = await start();
  });
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  it('answers nobody who is not signed in', async () => {
    const answer = await api
      .get(`${base}/runtimes`)
      .set('authorization', mockCredentials.none.header());
    expect(answer.status).toBe(401);
  });

  it('creates runtimes', async () => {
    const made = await api
      .post(`${base}/runtimes`)
      .send({ id: 'prices', name: 'Prices' });
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({
      namespace: 'kre-prices',
      status: 'EMPTY',
      owner: 'user:default/mock',
      address: {
        http: 'http://prices.localhost:7080',
        grpc: 'prices.localhost:7080',
      },
      solutions: [{ id: 'prices' }],
    });
    const again = await api
      .post(`${base}/runtimes`)
      .send({ id: 'prices', name: 'Prices' });
    expect(again.status).toBe(409);
    const bad = await api.post(`${base}/runtimes`).send({ id: 'A', name: 'x' });
    expect(bad.status).toBe(400);
    const origin = await api
      .patch(`${base}/runtimes/prices`)
      .send({ settings: { origins: ['shop.example.com'] } });
    expect(origin.status).toBe(400);
    expect((await api.get(`${base}/runtimes/nothing`)).status).toBe(404);
    const owned = await api
      .patch(`${base}/runtimes/prices`)
      .send({ owner: 'Data-Science' });
    expect(owned.body.owner).toBe('group:default/data-science');
    const nobody = await api
      .patch(`${base}/runtimes/prices`)
      .send({ owner: 'group:' });
    expect(nobody.status).toBe(400);
    expect(nobody.body.error.message).toContain('not a reference to an entity');
  });

  it('gives pages', async () => {
    await api.post(`${base}/runtimes`).send({ id: 'another', name: 'Another' });
    const first = await api.get(`${base}/runtimes?limit=1`);
    expect(first.body.items.map(({ id }: { id: string }) => id)).toEqual([
      'another',
    ]);
    const second = await api.get(
      `${base}/runtimes?limit=1&cursor=${first.body.nextCursor}`,
    );
    expect(second.body).toMatchObject({ items: [{ id: 'prices' }] });
    expect(second.body.nextCursor).toBeUndefined();
    expect((await api.get(`${base}/runtimes?limit=0`)).status).toBe(400);
  });

  it('takes packages, and says all that is wrong with others', async () => {
    const made = await upload('v1');
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({
      status: 'CREATED',
      configuration: { completed: false, missing: ['CURRENCY'] },
      commands: {
        start: {
          allowed: false,
          reason: 'version config is incomplete: CURRENCY',
        },
      },
    });
    const twice = await upload('v1');
    expect(twice.status).toBe(409);
    expect(twice.body.error.message).toBe('error version duplicated');
    const broken = await api
      .post(`${base}/runtimes/prices/versions`)
      .set('content-type', 'application/gzip')
      .send(Buffer.from('no package'));
    expect(broken.status).toBe(400);
    expect(broken.body.error.problems).toContainEqual(
      expect.objectContaining({ code: 'archive-gzip', severity: 'error' }),
    );
  });

  it('asks for a comment before it looks at the state', async () => {
    const answer = await api
      .post(`${base}/runtimes/prices/versions/v1/publish`)
      .send({});
    expect(answer.status).toBe(400);
  });

  it('starts a version once it is configured', async () => {
    const path = `${base}/runtimes/prices/versions/v1`;
    const early = await api.post(`${path}/start`).send({ comment: 'go' });
    expect(early.status).toBe(409);
    expect(early.body.error.message).toContain('CURRENCY');
    const unknown = await api
      .put(`${path}/configuration`)
      .send({ values: { OTHER: 'x' }, comment: 'no' });
    expect(unknown.status).toBe(409);
    const set = await api
      .put(`${path}/configuration`)
      .send({ values: { CURRENCY: 'CAD' }, comment: 'Canadian' });
    expect(set.body).toMatchObject({ completed: true, revision: 1 });
    const read = await api.get(`${path}/configuration`);
    expect(read.body.entries).toEqual([
      { key: 'CURRENCY', type: 'variable', isSet: true, value: 'CAD' },
    ]);
    const started = await api.post(`${path}/start`).send({ comment: 'go' });
    expect(started.status).toBe(202);
    expect(started.body.status).toBe('STARTING');
    const deleting = await api.delete(`${path}?comment=away`);
    expect(deleting.status).toBe(409);
    const runtime = await api.delete(`${base}/runtimes/prices?comment=away`);
    expect(runtime.status).toBe(409);
    expect(runtime.body.error.message).toContain('v1 (STARTING)');
  });

  it('gives a version the values of earlier ones', async () => {
    const made = await upload('v2');
    expect(made.body.configuration).toMatchObject({ completed: true });
    const read = await api.get(
      `${base}/runtimes/prices/versions/v2/configuration`,
    );
    expect(read.body.entries[0]).toMatchObject({
      value: 'CAD',
      inheritedFrom: 'v1',
    });
  });

  it('shows status, documentation and schema', async () => {
    const path = `${base}/runtimes/prices/versions/v2`;
    const status = await api.get(`${path}/status`);
    expect(status.body.workflows[0]).toMatchObject({
      name: 'price',
      edges: [
        { from: 'entrypoint', to: 'model' },
        { from: 'model', to: 'exit' },
      ],
    });
    const same = await api
      .get(`${path}/status`)
      .set('if-none-match', status.header.etag);
    expect(same.status).toBe(304);
    const docs = await api.get(`${path}/docs`);
    expect(docs.body.index).toBe('docs/README.md');
    const page = await api.get(`${path}/docs/docs/README.md`);
    expect(page.header['x-content-type-options']).toBe('nosniff');
    expect(page.header['content-security-policy']).toContain('sandbox');
    expect((await api.get(`${path}/docs/src/model.py`)).status).toBe(404);
    const schema = await api.get(`${path}/schema`);
    expect(schema.body.rpcs).toMatchObject([
      { rpc: 'Estimate', service: 'price.Prices', example: { a: 'a' } },
    ]);
  });

  it('repeats the first answer to a write that is sent again', async () => {
    const create = (name: string) =>
      api
        .post(`${base}/runtimes`)
        .set('idempotency-key', 'once')
        .send({ id: 'repeated', name });
    const first = await create('Repeated');
    const second = await create('Repeated');
    expect(second.status).toBe(201);
    expect(second.body).toEqual(first.body);
    expect((await create('Other')).status).toBe(409);
  });

  it('writes down who did what, and why', async () => {
    const { body } = await api.get(`${base}/runtimes/prices/activities`);
    expect(body.items).toContainEqual(
      expect.objectContaining({
        type: 'version.start',
        actor: 'user:default/mock',
        version: 'v1',
        from: 'CREATED',
        to: 'STARTING',
        comment: 'go',
      }),
    );
  });

  it('hides what the caller may not see and refuses what it may not do', async () => {
    const denied = await start(false);
    expect((await denied.get(`${base}/runtimes`)).body.items).toEqual([]);
    expect((await denied.get(`${base}/runtimes/prices`)).status).toBe(404);
    const create = await denied
      .post(`${base}/runtimes`)
      .send({ id: 'mine', name: 'Mine' });
    expect(create.status).toBe(403);
  });
});
