/** @jest-environment node */
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildKrt, krtOnTerminal, type Ran } from './__testUtils__/krt';
import { TestPortal } from './__testUtils__/portal';

jest.setTimeout(120_000);

const CANARY = 'canary-5c1f';
let portal: TestPortal;

beforeAll(async () => {
  buildKrt();
  portal = await TestPortal.start({
    publications: { drain: { milliseconds: 50 } },
  });
});
afterAll(() => portal.stop());

const write = (name: string, text: string | Buffer) =>
  writeFileSync(join(portal.folder, name), text);

const configure = (runtime: string, ...args: string[]) =>
  portal.run(['configure', runtime, 'v1', ...args]);

const exported = async (runtime: string) =>
  (await portal.ok(['configure', runtime, 'v1', '--export'])).out;

async function pushed(
  runtime: string,
  keys: { variables?: string[]; files?: string[] } = {},
) {
  const file = await portal.writeKrt('v1', keys);
  await portal.ok(['push', file, '-r', runtime]);
}

async function started(runtime: string) {
  await pushed(runtime);
  await portal.ok(['configure', runtime, 'v1', 'CURRENCY=CAD', '-m', 'cad']);
  await portal.ok(['start', runtime, 'v1', '-m', 'go', '--wait']);
}

/** What the tool remembers. */
function remembered(): string {
  const folder = join(portal.folder, 'config', 'krt');
  try {
    return readdirSync(folder)
      .map(file => readFileSync(join(folder, file), 'utf8'))
      .join('\n');
  } catch {
    return '';
  }
}

function expectNoCanary({ out, err }: Ran): void {
  expect(`${out}${err}${remembered()}`).not.toContain(CANARY);
}

describe('values', () => {
  it('come from the command line, files, stdin and .env files, and are never shown', async () => {
    await portal.createRuntime('sources');
    await pushed('sources', {
      variables: ['PLAIN', 'PIPED', 'LEFT', 'WON'],
      files: ['CERTIFICATE'],
    });
    write('cert.pem', `-----\n${CANARY}-file\n-----\n`);
    write('.env', `LEFT="${CANARY} env" # why\nWON=${CANARY}-loses\n`);
    const ran = await portal.ok(
      [
        ...['configure', 'sources', 'v1', '-m', 'all of them'],
        ...[`PLAIN=@${CANARY}=plain`, 'PIPED=-', `WON=${CANARY}-wins`],
        ...['--from-file', 'CERTIFICATE=cert.pem', '--env-file', '.env'],
      ],
      `${CANARY}-piped\n`,
    );
    expectNoCanary(ran);
    expect(ran.out).toContain('complete, revision 1');
    expect(await exported('sources')).toBe(
      [
        `PLAIN=@${CANARY}=plain`,
        `PIPED=${CANARY}-piped`,
        `LEFT="${CANARY} env"`,
        `WON=${CANARY}-wins`,
        `CERTIFICATE="-----\\n${CANARY}-file\\n-----\\n"`,
        '',
      ].join('\n'),
    );
    for (const shown of [
      await portal.ok(['configure', 'sources', 'v1']),
      await portal.ok(['configure', 'sources', 'v1', '--json']),
      await portal.ok(['configure', 'sources', 'v1', '--revisions']),
      await configure('sources', `PLAIN=${CANARY}-2`, '--dry-run', '--json'),
    ]) {
      expectNoCanary(shown);
      expect(`${shown.out}`).toContain('PLAIN');
    }
    // And back again, by stdin.
    await portal.ok(
      [
        ...['configure', 'sources', 'v1', '--env-file', '-'],
        ...['-m', 'again', '--json'],
      ],
      (await exported('sources')).replace('piped', 'changed'),
    );
    expect(await exported('sources')).toContain(`PIPED=${CANARY}-changed`);
  });

  it('are asked for on a terminal, which shows nothing of them', async () => {
    await portal.createRuntime('hidden');
    await pushed('hidden', { variables: ['TOKEN', 'OTHER'] });
    const type = (...typed: string[]) =>
      krtOnTerminal(
        ['configure', 'hidden', 'v1', 'TOKEN=-', 'OTHER=-', '-m', 'x'],
        {
          cwd: portal.folder,
          env: portal.env,
          answers: [
            ['Value of TOKEN: ', `${typed[0]}`],
            ['Value of OTHER: ', `${typed[1]}`],
          ],
        },
      );
    const { code, shown } = await type(`${CANARY}\r`, `${CANARY}-2\r`);
    expect([code, shown]).toEqual([
      0,
      expect.stringContaining('complete, revision 1'),
    ]);
    expect(shown).not.toContain(CANARY);
    expect(await exported('hidden')).toBe(
      `TOKEN=${CANARY}\nOTHER=${CANARY}-2\n`,
    );
    const cancelled = await type('x\r', '\u0003');
    expect([cancelled.code, cancelled.shown]).toEqual([
      130,
      expect.stringContaining('nothing was changed'),
    ]);
    const empty = await type('\r', '');
    expect([empty.code, empty.shown]).toEqual([
      1,
      expect.stringContaining('there came no value for TOKEN'),
    ]);
  });

  it('are not told where the command line is wrong', async () => {
    write('bytes', Buffer.from([0x63, 0xff, 0xfe]));
    for (const [args, says] of [
      [[CANARY, '-m', 'x'], 'value 1 has no key'],
      [[`--TOKEN=${CANARY}`, '-m', 'x'], "unknown option '--TOKEN=…'"],
      [[`--TOKEN=${CANARY}`, '-m', 'x', '--json'], "'--TOKEN=…'"],
      [['A=-', 'B=-', '-m', 'x'], 'stdin is one text'],
      [['A=-', '--env-file', '-', '-m', 'x'], 'wanted for A and --env-file'],
      [['A=1', '--from-file', 'A=bytes', '-m', 'x'], 'A is given twice'],
      [['A=1'], 'say why'],
      [['--dry-run'], 'say what changes'],
      [['A=1', '--export'], 'leave the values out'],
      [['-o', 'x'], '--output is for --export'],
      [['A=1', '--replace', 'now', '-m', 'x'], 'Allowed choices'],
    ] as const) {
      const ran = await configure('nowhere', ...args);
      expect([ran.code, ran.out + ran.err]).toEqual([
        2,
        expect.stringContaining(says),
      ]);
      expectNoCanary(ran);
    }
    const binary = await configure(
      ...(['nowhere', '--from-file', 'A=bytes', '-m', 'x'] as const),
    );
    expect([binary.code, binary.err]).toEqual([
      1,
      expect.stringContaining('"bytes" is not UTF-8 text'),
    ]);
  });

  it('that the portal refuses are not told either', async () => {
    await portal.createRuntime('refused');
    await pushed('refused');
    const unknown = await configure(
      ...(['refused', `TYPO=${CANARY}`, '-m', 'x'] as const),
    );
    expectNoCanary(unknown);
    expect([unknown.code, unknown.err]).toEqual([
      1,
      '✗ version config contains an unknown key: TYPO\n',
    ]);
    write('broken.env', `CURRENCY="${CANARY}\n`);
    const broken = await configure(
      ...(['refused', '--env-file', 'broken.env', '-m', 'x'] as const),
    );
    expectNoCanary(broken);
    expect([broken.code, broken.err]).toEqual([
      1,
      expect.stringContaining('.env, line 1'),
    ]);
    const empty = await configure(
      ...(['refused', 'CURRENCY=-', '-m', 'x'] as const),
    );
    expect([empty.code, empty.err]).toEqual([
      1,
      expect.stringContaining('there came no value for CURRENCY'),
    ]);
  });

  it('are exported to a file for one user alone, and never over another', async () => {
    await portal.createRuntime('taken');
    await pushed('taken');
    await portal.ok(['configure', 'taken', 'v1', 'CURRENCY=CAD', '-m', 'x']);
    const to = ['--export', '-o', 'prod.env'];
    await portal.ok(['configure', 'taken', 'v1', ...to]);
    const file = join(portal.folder, 'prod.env');
    expect(readFileSync(file, 'utf8')).toBe('CURRENCY=CAD\n');
    // eslint-disable-next-line no-bitwise -- mode bits
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const again = await configure('taken', ...to);
    expect([again.code, again.err]).toEqual([
      1,
      expect.stringContaining('there is a file "prod.env" already'),
    ]);
  });
});

describe('a preview', () => {
  it('tells by its exit code what would come of it, and changes nothing', async () => {
    await portal.createRuntime('crowded', {
      quota: { pods: '3', 'limits.memory': '2Gi' },
    });
    await pushed('crowded');
    const dryRun = (...args: string[]) =>
      configure('crowded', '--dry-run', ...args);
    const first = await dryRun('CURRENCY=CAD');
    expect([first.code, first.out]).toEqual([
      4,
      expect.stringMatching(/set +CURRENCY[^]*takes effect when .* started/),
    ]);
    await portal.ok(['configure', 'crowded', 'v1', 'CURRENCY=CAD', '-m', 'x']);
    const same = await dryRun('CURRENCY=CAD');
    expect([same.code, same.out]).toEqual([
      0,
      expect.stringContaining('nothing would change'),
    ]);
    await portal.ok(['start', 'crowded', 'v1', '-m', 'go', '--wait']);
    const full = await dryRun('CURRENCY=USD');
    expect([full.code, full.out]).toEqual([
      5,
      expect.stringMatching(/restarts +entrypoint, model/),
    ]);
    expect(full.out).toMatch(/pods +2 +2 +3 +no room/);
    expect((await dryRun('CURRENCY=')).code).toBe(5);
    const paused = await dryRun('CURRENCY=USD', '--replace', 'pause');
    expect([paused.code, paused.out]).toEqual([
      4,
      expect.stringContaining('the running release ends'),
    ]);
    const { json } = await dryRun('CURRENCY=USD', '--json');
    expect(json()).toMatchObject({
      changes: [{ key: 'CURRENCY', change: 'changed' }],
      effect: 'beside',
      hasRoom: false,
    });
    expect(
      (await portal.ok(['configure', 'crowded', 'v1', '--json'])).json(),
    ).toMatchObject({ revision: 1 });
    const refused = await configure('crowded', 'CURRENCY=USD', '-m', 'x');
    expect([refused.code, refused.err]).toEqual([
      1,
      expect.stringContaining('pods: used 2, needed 2 more, limit 3'),
    ]);
    const done = await portal.ok([
      ...['configure', 'crowded', 'v1', 'CURRENCY=USD', '-m', 'x'],
      ...['--replace', 'pause', '--wait', '--json'],
    ]);
    expect(done.json()).toMatchObject({
      revision: 2,
      applied: { status: 'True', reason: 'Current' },
    });
  });
});

describe('a change of what runs', () => {
  it('is waited for, and listed', async () => {
    await portal.createRuntime('changed');
    await started('changed');
    const { out } = await portal.ok([
      ...['configure', 'changed', 'v1', 'CURRENCY=USD', '-m', 'usd', '--wait'],
    ]);
    expect(out).toContain('It runs with configuration revision 2.');
    const revisions = await portal.ok([
      ...['configure', 'changed', 'v1', '--revisions'],
    ]);
    expect(revisions.out).toMatch(
      /2 \(current, running\) .* CURRENCY changed +usd\n1 .* CURRENCY set +cad\n/,
    );
  });

  it('is refused while another one is made ready', async () => {
    await portal.createRuntime('busy');
    await started('busy');
    portal.cluster.behave({ namespace: 'kre-busy' }, { is: 'unready' });
    portal.keepWhatRuns();
    await portal.ok(['configure', 'busy', 'v1', 'CURRENCY=USD', '-m', 'x']);
    const ran = await configure('busy', 'CURRENCY=EUR', '-m', 'x');
    expect([ran.code, ran.err]).toEqual([
      1,
      '✗ the version is changing, wait until it has\n',
    ]);
    const late = await portal.run([
      ...['wait', 'busy', 'v1', '--for', 'configured', '--timeout', '1'],
    ]);
    expect([late.code, late.err]).toEqual([
      1,
      expect.stringContaining('and not configured after 1 s'),
    ]);
  });

  it('that does not get ready fails with the reason', async () => {
    // Only here is a change wanted to be dropped soon.
    const strict = await TestPortal.start({
      deadlines: { configuration: { milliseconds: 500 } },
    });
    try {
      const file = await strict.writeKrt('v1');
      await strict.createRuntime('dropped');
      await strict.ok(['push', file, '-r', 'dropped']);
      await strict.ok([
        'configure',
        'dropped',
        'v1',
        'CURRENCY=CAD',
        '-m',
        'x',
      ]);
      await strict.ok(['start', 'dropped', 'v1', '-m', 'go', '--wait']);
      strict.cluster.behave({}, { is: 'unready' });
      strict.keepWhatRuns();
      const { code, err } = await strict.run([
        ...['configure', 'dropped', 'v1', 'CURRENCY=USD', '-m', 'x', '--wait'],
      ]);
      expect([code, err]).toEqual([
        1,
        expect.stringContaining('Revision 2 was dropped, revision 1 runs on.'),
      ]);
      const { out } = await strict.ok([
        'configure',
        'dropped',
        'v1',
        '--export',
      ]);
      expect(out).toBe('CURRENCY=CAD\n');
    } finally {
      await strict.stop();
    }
  });
});
