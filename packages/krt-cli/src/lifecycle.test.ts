/** @jest-environment node */
import { buildKrt, krtOnTerminal } from './__testUtils__/krt';
import { TestPortal } from './__testUtils__/portal';

jest.setTimeout(120_000);

let portal: TestPortal;

beforeAll(async () => {
  buildKrt();
  portal = await TestPortal.start({
    publications: { kept: 1, drain: { milliseconds: 50 } },
  });
});
afterAll(() => portal.stop());

/** A version that could be started. */
async function pushed(runtime: string, version: string, ...more: string[]) {
  const file = await portal.writeKrt(version);
  await portal.ok(['push', file, '-r', runtime, ...more]);
  const value = `CURRENCY=${version}`;
  await portal.ok(['configure', runtime, version, value, '-m', 'set']);
}

async function published(runtime: string, version: string, ...more: string[]) {
  await pushed(runtime, version, ...more);
  await portal.ok([
    ...['start', runtime, version, '-m', 'go'],
    ...['--publish-when-ready', '--wait'],
  ]);
}

async function stopped(runtime: string, version: string) {
  await portal.ok(['stop', runtime, version, '-m', 'enough', '--wait']);
}

const statusOf = async (runtime: string, version: string) =>
  (await portal.ok(['status', runtime, version, '--json'])).json().status;

describe('start', () => {
  it('publishes when ready, and waits for that', async () => {
    await portal.createRuntime('ready');
    await pushed('ready', 'v1');
    const { out } = await portal.ok([
      ...['start', 'ready', 'v1', '-m', 'go'],
      ...['--publish-when-ready', '--wait'],
    ]);
    expect(out).toMatch(/^v1 is PUBLISHED/);
  });

  it('publishes nothing that fails, and says why', async () => {
    // Only here is a start wanted to fail soon.
    const strict = await TestPortal.start({
      deadlines: { start: { milliseconds: 500 } },
    });
    try {
      strict.cluster.behave(
        { node: 'model' },
        { is: 'crashing', exitCode: 3, message: 'no such currency' },
      );
      await strict.createRuntime('failing');
      await strict.ok(['push', await strict.writeKrt('v1'), '-r', 'failing']);
      await strict.ok(['configure', 'failing', 'v1', 'CURRENCY=X', '-m', 'x']);
      const { code, err } = await strict.run([
        ...['start', 'failing', 'v1', '-m', 'go'],
        ...['--publish-when-ready', '--wait'],
      ]);
      expect([code, err]).toEqual([1, expect.stringContaining('v1 failed: ')]);
      expect(err).toContain('krt logs failing v1');
      const { out } = await strict.ok(['publications', 'failing']);
      expect(out).toBe('no publications\n');
    } finally {
      await strict.stop();
    }
  });

  it('is cancelled by stop', async () => {
    await portal.createRuntime('slow');
    portal.cluster.behave({ namespace: 'kre-slow' }, { is: 'unready' });
    await pushed('slow', 'v1');
    const waiting = portal.run(['start', 'slow', 'v1', '-m', 'go', '--wait']);
    while ((await statusOf('slow', 'v1')) !== 'STARTING');
    await stopped('slow', 'v1');
    expect(await statusOf('slow', 'v1')).toBe('STOPPED');
    const { code, err } = await waiting;
    expect([code, err]).toEqual([
      1,
      expect.stringContaining('v1 was stopped meanwhile'),
    ]);
  });

  it('shows the words of the portal where it is refused', async () => {
    await portal.createRuntime('refusing');
    const file = await portal.writeKrt('v1');
    await portal.ok(['push', file, '-r', 'refusing']);
    const ran = await portal.run(['start', 'refusing', 'v1', '-m', 'go']);
    expect([ran.code, ran.err]).toEqual([
      1,
      '✗ version config is incomplete: CURRENCY\n',
    ]);
    const { code, json } = await portal.run([
      ...['stop', 'refusing', 'v1', '-m', 'x', '--json'],
    ]);
    expect([code, json()]).toEqual([
      1,
      {
        error: {
          name: 'ConflictError',
          message: 'the version must be started before stopping',
        },
      },
    ]);
  });
});

describe('push', () => {
  it('publishes when ready, in the solution that is named', async () => {
    await portal.createRuntime('homes');
    await portal.ok(['solutions', 'create', 'homes', 'rents', '--name', 'R']);
    await pushed('homes', 'v1', '--solution', 'rents');
    const file = await portal.writeKrt('v2');
    const ran = await portal.run([
      ...['push', file, '-r', 'homes', '--solution', 'rents', '--publish'],
    ]);
    // The value is that of the version before.
    expect([ran.code, ran.out]).toEqual([
      0,
      expect.stringContaining('v2 is PUBLISHED'),
    ]);
    const listed = await portal.ok(['list', 'homes', '--solution', 'rents']);
    expect(listed.out).toMatch(/v2 +rents +PUBLISHED/);
    expect(
      (await portal.ok(['list', 'homes', '--solution', 'homes'])).out,
    ).toBe('no versions\n');
  });
});

describe('rollback and publications', () => {
  it('goes back to one of the past, and starts it where it was stopped', async () => {
    await portal.createRuntime('back');
    await published('back', 'v1');
    await published('back', 'v2');
    await stopped('back', 'v1');
    const { items } = (
      await portal.ok(['publications', 'back', '--json'])
    ).json();
    expect(items).toMatchObject([
      { version: 'v2', current: true },
      { version: 'v1', current: false },
    ]);
    const again = await portal.ok([
      ...['rollback', 'back', '--to', items[1].id, '-m', 'v2 is worse', '-w'],
    ]);
    expect(again.out).toMatch(/^v1 is PUBLISHED/);
    expect((await portal.ok(['publications', 'back'])).out).toMatch(
      /v1 .* current +v2 is worse/,
    );
  });

  it('waits for another configuration of the version that is published', async () => {
    await portal.createRuntime('revised');
    await published('revised', 'v1');
    await portal.ok([
      ...['configure', 'revised', 'v1', 'CURRENCY=USD', '-m', 'usd', '--wait'],
    ]);
    await portal.ok(['rollback', 'revised', '-m', 'it was better', '--wait']);
    const { out } = await portal.ok([
      ...['configure', 'revised', 'v1', '--export'],
    ]);
    expect(out).toBe('CURRENCY=v1\n');
    const { items } = (
      await portal.ok(['publications', 'revised', '--json'])
    ).json();
    expect(items[0]).toMatchObject({
      configurationRevision: 1,
      current: true,
      comment: 'it was better',
    });
  });

  it('tells which packages are gone, and that there is no way back to them', async () => {
    await portal.createRuntime('gone');
    await published('gone', 'v1');
    await published('gone', 'v2');
    await stopped('gone', 'v1');
    await portal.ok(['delete', 'gone', 'v1', '-m', 'old', '--wait']);
    const listed = await portal.ok(['publications', 'gone']);
    expect(listed.out).toMatch(/v1 .* package deleted/);
    const refused = await portal.run(['rollback', 'gone', '-m', 'back']);
    expect([refused.code, refused.err]).toEqual([
      1,
      expect.stringContaining('was deleted, choose another one'),
    ]);
  });
});

describe('delete', () => {
  it('is refused for what is needed, and shows the words of the portal', async () => {
    await portal.createRuntime('needed');
    await published('needed', 'v1');
    const busy = await portal.run(['delete', 'needed', '-m', 'away']);
    expect([busy.code, busy.err]).toEqual([
      1,
      expect.stringContaining('v1 (PUBLISHED)'),
    ]);
    await portal.ok(['unpublish', 'needed', 'v1', '-m', 'x', '--wait']);
    await stopped('needed', 'v1');
    const { code, json } = await portal.run([
      ...['delete', 'needed', 'v1', '-m', 'away', '--json'],
    ]);
    expect([code, json()]).toMatchObject([
      1,
      {
        error: {
          name: 'ConflictError',
          message: expect.stringMatching(
            /^the version is needed for roll back: publication /,
          ),
        },
      },
    ]);
  });

  it('ends with what is gone', async () => {
    await portal.createRuntime('short');
    await pushed('short', 'v1');
    const told = await portal.ok(['delete', 'short', 'v1', '-m', 'away']);
    expect(told.out).toContain('v1 is being deleted');
    expect(
      (await portal.ok(['wait', 'short', 'v1', '--for', 'deleted'])).out,
    ).toBe('v1 is deleted\n');
    const runtime = await portal.ok([
      ...['delete', 'short', '-m', 'away', '--wait', '--json'],
    ]);
    expect(runtime.json()).toEqual({ runtime: 'short', deleted: true });
    const late = await portal.run(['wait', 'short', 'v1']);
    expect([late.code, late.err]).toEqual([
      1,
      expect.stringContaining('no runtime'),
    ]);
    expect((await portal.run(['wait', 'short'])).code).toBe(2);
  });

  it('asks on a terminal', async () => {
    await portal.createRuntime('asked');
    await pushed('asked', 'v1');
    const remove = (typed: string) =>
      krtOnTerminal(['delete', 'asked', '-m', 'away', '--wait'], {
        cwd: portal.folder,
        env: portal.env,
        answers: [['Delete the runtime asked', typed]],
      });
    const no = await remove('n');
    expect([no.code, no.shown]).toEqual([
      1,
      expect.stringContaining('nothing was deleted'),
    ]);
    expect((await remove('\u0003')).code).toBe(130);
    const yes = await remove('y');
    expect([yes.code, yes.shown]).toEqual([
      0,
      expect.stringContaining('asked is deleted'),
    ]);
  });
});

describe('solutions', () => {
  it('are made, listed and deleted', async () => {
    await portal.createRuntime('many');
    const made = await portal.ok(['solutions', 'create', 'many', 'second']);
    expect(made.out).toMatch(
      /^second is in many: http:\/\/second--many\.localhost/,
    );
    await published('many', 'v1', '--solution', 'second');
    const listed = await portal.ok(['solutions', 'list', 'many']);
    expect(listed.out).toMatch(/many +many +– [^]*second +second +v1 /);
    const busy = await portal.run([
      ...['solutions', 'delete', 'many', 'second', '-m', 'away'],
    ]);
    expect([busy.code, busy.err]).toEqual([
      1,
      expect.stringContaining('v1 (PUBLISHED)'),
    ]);
    const twice = await portal.run(['solutions', 'create', 'many', 'second']);
    expect([twice.code, twice.out]).toEqual([1, '']);
    await portal.ok(['unpublish', 'many', 'v1', '-m', 'x', '--wait']);
    await stopped('many', 'v1');
    await portal.ok([
      ...['solutions', 'delete', 'many', 'second', '-m', 'away', '--wait'],
    ]);
    const { items } = (
      await portal.ok(['solutions', 'list', 'many', '--json'])
    ).json();
    expect(items).toMatchObject([{ id: 'many' }]);
  });
});

describe('activity', () => {
  it('is filtered, and exported whole', async () => {
    await portal.createRuntime('watched');
    await pushed('watched', 'v1');
    await pushed('watched', 'v2');
    const of = async (...args: string[]) =>
      (await portal.ok(['activity', ...args, '--json'])).json().items;
    expect(await of('watched')).toHaveLength(5);
    expect(await of('watched', '--limit', '2')).toHaveLength(2);
    expect(await of('watched', 'v2')).toMatchObject([
      { type: 'version.configured', comment: 'set' },
      { type: 'version.created' },
    ]);
    expect(await of('watched', '--type', 'version.created')).toHaveLength(2);
    expect(await of('watched', '--since', '1h')).toHaveLength(5);
    expect(await of('watched', '--until', '1h')).toEqual([]);
    expect(await of('watched', '--actor', 'user:default/nobody')).toEqual([]);
    expect((await portal.ok(['activity', 'watched', 'v1'])).out).toMatch(
      /user:default\/mock +version\.created +watched\/v1 +→CREATED/,
    );
    const csv = await portal.ok(['activity', 'watched', '--format', 'csv']);
    expect(csv.out.trim().split(/\r?\n/)).toHaveLength(6);
    const ndjson = await portal.ok([
      ...['activity', 'watched', 'v2', '--format', 'ndjson'],
    ]);
    expect(
      ndjson.out
        .trim()
        .split('\n')
        .map(line => JSON.parse(line).version),
    ).toEqual(['v2', 'v2']);
  });

  it.each([
    ['--type', 'version.exploded'],
    ['--since', 'yesterday'],
    ['--limit', '-1'],
    ['--format', 'xml'],
    ['--format', 'csv', '--json'],
  ])('does not take %s %s', async (...args) => {
    expect((await portal.run(['activity', ...args])).code).toBe(2);
  });
});

describe('logs', () => {
  it('are there after a stop', async () => {
    await portal.createRuntime('quiet');
    await pushed('quiet', 'v1');
    await portal.ok(['start', 'quiet', 'v1', '-m', 'go', '--wait']);
    await stopped('quiet', 'v1');
    const { out } = await portal.ok(['logs', 'quiet', 'v1', '--node', 'model']);
    expect(out).toMatch(/^\S+ model model started$/m);
  });
});
