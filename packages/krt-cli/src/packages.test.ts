/** @jest-environment node */
import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { buildKrt, krt } from './__testUtils__/krt';

jest.setTimeout(120_000);

let folder: string;
beforeAll(buildKrt);
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'krt-cli-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const run = (args: string[], options: Parameters<typeof krt>[1] = {}) =>
  krt(args, { cwd: folder, ...options });
const change = (file: string, from: string | RegExp, to: string) => {
  const path = join(folder, file);
  writeFileSync(path, readFileSync(path, 'utf8').replace(from, to));
};
const example = resolve(
  // eslint-disable-next-line no-restricted-syntax -- a test, which is never built
  __dirname,
  '../../../examples/price-estimator/price-estimator-v1.krt',
);

describe.each(['python', 'node'])('a starter in %s', language => {
  beforeEach(() =>
    run(['init', 'g', '--name', 'greeter', '--language', language, '-y']),
  );

  it('is valid, without a warning', async () => {
    const { code, json } = await run(['validate', 'g', '--json']);
    expect(code).toBe(0);
    expect(json()).toEqual({ valid: true, format: 'v1', problems: [] });
  });

  it('runs here', async () => {
    const ran = await run(['test', 'g', '--json']);
    expect(ran.err).not.toContain('Error');
    expect(ran.json()).toMatchObject({
      ok: true,
      calls: [
        {
          workflow: 'greeting',
          rpc: 'Greet',
          request: { name: 'Ada' },
          status: 200,
          body: { greeting: 'Hello Ada' },
        },
      ],
    });
    const own = await run([
      'test',
      'g',
      '--request',
      '{"name": "Grace"}',
      '--json',
    ]);
    expect(own.json().calls[0].body).toEqual({ greeting: 'Hello Grace' });
  });

  it('says which node failed, and why', async () => {
    change('g/models/greetings.json', 'Hello', '"');
    const { code, err } = await run(['test', 'g']);
    expect(code).toBe(1);
    expect(err).toMatch(/the node "greeter" ended with code 1: .*JSON/);
    expect(readdirSync(folder)).toEqual(['g']);
  });

  it('is packed to the same bytes, whenever and in whatever order', async () => {
    const first = await run(['pack', 'g', '--json']);
    expect(first.json()).toMatchObject({
      version: 'greeter-v1',
      problems: [],
    });
    expect(
      first.json().files.map(({ path }: { path: string }) => path),
    ).not.toContain('README.md');
    utimesSync(join(folder, 'g/krt.yml'), 1, 1);
    const second = await run(['pack', 'g', '-o', 'again.krt', '--json']);
    expect(second.json().digest).toBe(first.json().digest);
    expect(readFileSync(join(folder, 'again.krt'))).toEqual(
      readFileSync(join(folder, 'greeter-v1.krt')),
    );
  });

  it('is not made over what is there', async () => {
    const { code, err } = await run(['init', 'g', '--name', 'greeter', '-y']);
    expect(code).toBe(1);
    expect(err).toContain('krt.yml');
  });
});

it('is called like its folder, unless that cannot be a name', async () => {
  const version = async (target: string) => {
    await run(['init', target, '-y']);
    return readFileSync(join(folder, target, 'krt.yml'), 'utf8').split('\n')[0];
  };
  expect(await version('prices')).toBe('version: prices-v1');
  expect(await version('My Prices')).toBe('version: greeter-v1');
});

describe('validate', () => {
  beforeEach(() => run(['init', 'g', '--name', 'greeter', '-y']));

  it('shows each problem at its line with a way to mend it', async () => {
    change('g/krt.yml', 'sequential', 'sequental');
    change('g/krt.yml', 'src/greeter.py', 'src/greter.py');
    const { code, out } = await run(['validate', 'g']);
    expect(code).toBe(1);
    expect(out).toMatch(
      /krt.yml:9:10 error src-missing\n +error src File src\/greter.py[^]*did you mean `src\/greeter.py`\?/,
    );
    expect(out).toMatch(
      /krt.yml:13:5 error unknown-field\n +unknown field "sequental"[^]*did you mean `sequential`\?/,
    );
    expect(out).toMatch(/13 │ {5}sequental:\n +│ {5}\^/);
    expect(out).toContain('g is not valid: 3 errors, 1 warning');
  });

  it('reads a manifest alone, and stdin', async () => {
    const alone = await run(['validate', 'g/krt.yml', '--json']);
    expect(alone.json()).toEqual({ valid: true, format: 'v1', problems: [] });
    const text = readFileSync(join(folder, 'g/krt.yml'), 'utf8');
    const piped = await run(['validate', '-', '--json'], { input: text });
    expect(piped.json()).toEqual(alone.json());
    const krtPiped = await run(['validate', '-', '--json'], {
      input: readFileSync(example),
    });
    expect(krtPiped.json()).toMatchObject({ valid: true, format: 'v1' });
    const many = await run(['validate', 'g', example, '--json']);
    expect(many.json()).toMatchObject([{ file: 'g' }, { valid: true }]);
  });

  it.each([
    [['validate', 'nothing.krt'], 1, 'there is no file "nothing.krt"'],
    [['validate'], 2, 'missing required argument'],
    [['validate', 'g', '--nonsense'], 2, 'unknown option'],
    [['valdate', 'g'], 2, 'Did you mean validate?'],
    [['test', 'g', '--workflow', 'x'], 2, 'it has: greeting (Greet)'],
    [['test', 'g', '--request', '{'], 2, 'the request is no JSON'],
    [['test', 'g', '--config', 'A=b'], 2, 'contains an unknown key: A'],
    [['pack', 'g/krt.yml'], 2, 'is no folder'],
    [['init', 'h', '--name', 'Not OK', '-y'], 2, 'cannot be the name'],
    [['docs', 'g', 'docs/none.md'], 1, 'has no page "docs/none.md"'],
    [['schema', 'g', 'Nothing'], 1, 'it has: Greet'],
  ])('and others end as they should: krt %j', async (args, exitCode, says) => {
    const { code, err } = await run(args);
    expect(err).toContain(says);
    expect(code).toBe(exitCode);
    const { json } = await run([...args, '--json']);
    expect(typeof json().error.message).toBe('string');
  });
});

describe('pack', () => {
  beforeEach(() => run(['init', 'g', '--name', 'greeter', '-y']));

  it('refuses errors and links, and leaves nothing behind', async () => {
    symlinkSync('/etc/passwd', join(folder, 'g/link'));
    const linked = await run(['pack', 'g']);
    expect(linked.code).toBe(1);
    expect(linked.err).toContain('"link" is a link');
    appendFileSync(join(folder, 'g/.krtignore'), 'link\n');
    change('g/krt.yml', 'greeter-v1', 'Greeter V1');
    const wrong = await run(['pack', 'g']);
    expect(wrong.code).toBe(1);
    expect(wrong.out).toContain('Invalid resource name "Greeter V1"');
    expect(readdirSync(folder)).toEqual(['g']);
  });
});

describe('what is in a package', () => {
  it('is shown', async () => {
    const inspect = await run(['inspect', example, '--json']);
    expect(inspect.json()).toMatchObject({
      version: 'price-v1',
      workflows: [{ name: 'house-price', nodes: ['etl', 'model', 'output'] }],
      config: { variables: ['OUTPUT_PRICE_CURRENCY'] },
    });
    expect((await run(['inspect', example])).out).toContain('etl → model');
    expect((await run(['docs', example])).out).toMatch(/^# /);
    expect((await run(['docs', example, '--list'])).out).toContain(
      'docs/held-out.svg',
    );
    const schema = await run(['schema', example, 'Estimate', '--json']);
    expect(schema.json()).toMatchObject({ name: 'Estimate' });
    const manifest = await run(['schema', '--manifest', '--json']);
    expect(manifest.json().title).toBe('KRT manifest');
  });

  it('is run with its configuration', async () => {
    const missing = await run(['test', example]);
    expect(missing.code).toBe(2);
    expect(missing.err).toContain('OUTPUT_PRICE_CURRENCY');
    writeFileSync(join(folder, '.env'), 'OUTPUT_PRICE_CURRENCY=CAD\nOTHER=x\n');
    const ran = await run(['test', example, '--env-file', '.env', '--json']);
    expect(ran.json()).toMatchObject({ ok: true, calls: [{ status: 200 }] });
  });
});

describe('completion', () => {
  it.each(['bash', 'zsh', 'fish'])(
    'knows commands and options in %s',
    async shell => {
      const { code, out } = await run(['completion', shell]);
      expect(code).toBe(0);
      expect(out).toContain('validate');
      expect(out).toMatch(/(--|-l )follow/);
      // Commands of a command, and what an option may be.
      expect(out).toContain('list create delete');
      expect(out).toContain('beside pause');
    },
  );

  it('refuses other shells', async () => {
    expect((await run(['completion', 'tcsh'])).code).toBe(2);
  });
});
