import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { konstellationPermissions } from '@konstellation/backstage-plugin-konstellation-common';
import { ADMIN } from './__testUtils__/callers';
import { readOperations, type Operation } from './__testUtils__/openapi';
import { Places, type Place } from './__testUtils__/Places';
import { callOperation, FIXTURES } from './__testUtils__/requests';
import {
  startPortal,
  type Answer,
  type Portal,
} from './__testUtils__/startPortal';

jest.setTimeout(120_000);

/** What takes away what others need comes last. */
const LAST = ['deleteSolution', 'deleteVersion', 'deleteRuntime'];

const operations = readOperations().sort(
  (a, b) => LAST.indexOf(a.id) - LAST.indexOf(b.id),
);

/** Permissions beside the first without which the operation is refused as a whole. */
const BOTH: Record<string, string> = {
  createExample: 'konstellation.version.create',
  deleteSolution: 'konstellation.version.delete',
  exportConfiguration: 'konstellation.version.read',
};

function isRefused({ id }: Operation, answer: Answer): boolean {
  const { status, text } = answer;
  if (status < 300) return FIXTURES[id]?.shows?.(answer) === 'filtered';
  return status === 403 || text.includes('no runtime with the id');
}

describe('x-permission of openapi.yaml', () => {
  const directory = mkdtempSync(join(tmpdir(), 'konstellation-operations-'));
  const denied = new Set<string>();
  let portal: Portal;
  let places: Places;
  let place: Place;

  beforeAll(async () => {
    portal = await startPortal({ directory, denied });
    places = new Places(portal);
    // From now on the runtime of the example is somebody's.
    const init = { method: 'POST', authorization: ADMIN };
    const { status, text } = await portal.send('/example', init);
    if (status !== 201) throw new Error(text);
  });
  beforeEach(async () => {
    denied.clear();
    place = await places.make('group:default/ml');
  });
  afterAll(async () => {
    await portal.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  function call(operation: Operation) {
    const newId = places.newId();
    const request = { place, authorization: ADMIN, newId };
    return callOperation(portal, operation, request);
  }

  it.each(konstellationPermissions.map(({ name }) => name))(
    'names the operations that need %s, and no other',
    async name => {
      const needed: string[] = [];
      for (const operation of operations) {
        // What is prepared for the call needs permissions, too.
        if (operation.path.includes('{upload}')) continue;
        denied.add(name);
        const { answer } = await call(operation);
        denied.clear();
        if (isRefused(operation, answer)) needed.push(operation.id);
      }
      const named = operations.filter(
        ({ id, path, permissions }) =>
          !path.includes('{upload}') &&
          (permissions[0] === name || BOTH[id] === name),
      );
      expect(needed).toEqual(named.map(({ id }) => id));
    },
  );

  it('says of every further permission what it decides about', () => {
    const further = operations.flatMap(({ id, permissions }) =>
      permissions.slice(1).map(permission => `${id}: ${permission}`),
    );
    expect(further.sort()).toEqual([
      'createExample: konstellation.version.create',
      'deleteSolution: konstellation.version.delete',
      'exportConfiguration: konstellation.version.read',
      'getConfiguration: konstellation.configuration.read',
      'rollback: konstellation.version.start',
      'startVersion: konstellation.version.publish',
      'uploadVersion: konstellation.configuration.update',
      'uploadVersion: konstellation.version.read',
    ]);
  });

  const send = (method: string, path: string, body?: object) =>
    portal.send(`/runtimes/${place.runtime}${path}`, {
      method,
      authorization: ADMIN,
      headers: { 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    });

  it('hides values from those who may not read them', async () => {
    denied.add('konstellation.configuration.read');
    const read = await send('GET', '/versions/v1/configuration');
    expect(JSON.parse(read.text)).toMatchObject({
      valuesVisible: false,
      entries: [{ key: 'CURRENCY', isSet: true }],
    });
    expect(read.text).not.toContain('CAD');
    const changed = await send('PUT', '/versions/v1/configuration', {
      values: { CURRENCY: 'USD' },
      comment: 'Dollars',
    });
    expect(changed.status).toBe(200);
    expect(changed.text).not.toContain('USD');
  });

  it('starts with a publication only for those who may publish', async () => {
    denied.add('konstellation.version.publish');
    const body = { comment: 'go', publishWhenReady: true };
    const both = await send('POST', '/versions/v1/start', body);
    expect(both.status).toBe(403);
    const alone = await send('POST', '/versions/v1/start', { comment: 'go' });
    expect(alone.status).toBe(202);
  });

  it('starts what a roll back needs only for those who may start', async () => {
    place = await places.make('group:default/ml', 'published again');
    const comment = 'Back';
    expect((await send('POST', '/versions/v1/stop', { comment })).status).toBe(
      202,
    );
    denied.add('konstellation.version.start');
    expect((await send('POST', '/rollback', { comment })).status).toBe(403);
    denied.clear();
    expect((await send('POST', '/rollback', { comment })).status).not.toBe(403);
  });

  it('waits for those who may change values before what an upload takes over takes effect', async () => {
    denied.add('konstellation.configuration.update');
    const upload = operations.find(({ id }) => id === 'uploadVersion');
    if (!upload) throw new Error('there is no upload');
    const { answer } = await call(upload);
    const version = JSON.parse(answer.text);
    expect(version).toMatchObject({
      configuration: { completed: false, unconfirmed: ['CURRENCY'] },
      commands: { start: { allowed: false } },
    });
    denied.clear();
    const path = `/versions/${version.name}/configuration`;
    const confirmed = await send('PUT', path, {
      confirm: ['CURRENCY'],
      comment: 'Fine',
    });
    expect(JSON.parse(confirmed.text)).toMatchObject({ completed: true });
  });

  it('takes a package by its digest only from those who may read a version that has it', async () => {
    const known = JSON.parse((await send('GET', '/versions/v1')).text);
    const { packageDigest } = known;
    const other = await places.make('group:default/ml');
    const path = `/runtimes/${other.runtime}`;
    const remove = await portal.send(`${path}/versions/v1?comment=x`, {
      method: 'DELETE',
      authorization: ADMIN,
    });
    expect(remove.status).toBe(202);
    place = other;
    denied.add('konstellation.version.read');
    const body = { packageDigest };
    expect((await send('POST', '/versions', body)).status).toBe(404);
    denied.clear();
    expect((await send('POST', '/versions', body)).status).not.toBe(404);
  });
});
