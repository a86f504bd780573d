import {
  ChildProcess,
  execFileSync,
  spawn,
  spawnSync,
} from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { internalToken, releaseEnvironment } from './testing/TestRelease';
import { waitFor } from './testing/waitFor';

const root = path.resolve(__dirname, '../../..');
const pythonRunner = path.join(root, 'runners/python/krt_runner');
const sample = path.join(
  root,
  '../shared/krt-samples/greeter-v1.website-docs-2020.krt',
);
const hasPython = spawnSync('python3', ['--version']).status === 0;

jest.setTimeout(60_000);

let folder: string;
let bundle: string;
const children: ChildProcess[] = [];

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'entrypoint-bundle-'));
  bundle = path.join(folder, 'main.cjs');
  const esbuild = require.resolve('esbuild/bin/esbuild');
  const options = [
    '--bundle',
    '--platform=node',
    '--target=node20',
    '--format=cjs',
    '--log-level=error',
  ];
  execFileSync(process.execPath, [
    esbuild,
    path.join(__dirname, 'main.ts'),
    ...options,
    `--outfile=${bundle}`,
  ]);
});

afterEach(async () => {
  for (const child of children.splice(0)) {
    if (child.exitCode === null && child.signalCode === null) {
      const ended = new Promise(resolve => {
        child.once('exit', resolve);
      });
      child.kill('SIGKILL');
      await ended;
    }
  }
});

afterAll(() => rmSync(folder, { recursive: true }));

function start(command: string, args: string[], env: Record<string, string>) {
  const child = spawn(command, args, {
    env: { PATH: process.env.PATH, ...env },
  });
  children.push(child);
  let output = '';
  child.stdout.on('data', part => {
    output += part;
  });
  child.stderr.on('data', part => {
    output += part;
  });
  return { child, output: () => output };
}

async function startPythonNode(
  packageDir: string,
  src: string,
): Promise<string> {
  const { output } = start('python3', [pythonRunner], {
    KRT_HOST: '127.0.0.1',
    KRT_PORT_HTTP: '0',
    KRT_PACKAGE_DIR: packageDir,
    KRT_NODE_NAME: path.basename(path.dirname(src)),
    KRT_NODE_SRC: src,
  });
  const [, port] = await waitFor(
    () => /is ready on \S+ port (\d+)/.exec(output()) ?? undefined,
  );
  return `http://127.0.0.1:${port}`;
}

async function startEntrypoint(
  packageDir: string,
  workflows: Record<string, string[]>,
  nodes: Record<string, string>,
) {
  const { child, output } = start(
    process.execPath,
    [bundle],
    releaseEnvironment(packageDir, { workflows, nodes }),
  );
  const line = await waitFor(() => /^.*listening on.*$/m.exec(output())?.[0]);
  const { ports } = JSON.parse(line);
  await waitFor(
    async () => (await fetch(`http://127.0.0.1:${ports.internal}/healthz`)).ok,
  );
  await fetch(`http://127.0.0.1:${ports.internal}/gate`, {
    method: 'PUT',
    headers: { 'x-konstellation-token': internalToken },
    body: '{"state": "open"}',
  });
  const call = async (rpc: string, request: object) => {
    const response = await fetch(`http://127.0.0.1:${ports.public}/${rpc}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(request),
    });
    return { status: response.status, body: await response.json() };
  };
  return { child, call };
}

describe('the bundle', () => {
  it('says in one line why it cannot start', async () => {
    const terminationLog = path.join(folder, 'termination-log');
    const { child, output } = start(process.execPath, [bundle], {
      ...releaseEnvironment(folder, {
        workflows: { Estimate: ['a'] },
        nodes: { a: 'http://127.0.0.1:1' },
      }),
      KRT_TERMINATION_LOG: terminationLog,
    });
    await waitFor(() => child.exitCode !== null);
    expect(child.exitCode).toBe(1);
    expect(output()).toBe(
      "the proto 'public_input.proto' does not exist in the package\n",
    );
    expect(readFileSync(terminationLog, 'utf8')).toBe(output());
  });
});

(hasPython ? describe : describe.skip)('with python nodes', () => {
  it('runs a workflow over python nodes and ends with 0 on SIGTERM', async () => {
    const packageDir = path.join(folder, 'package');
    const files = {
      'public_input.proto':
        'syntax = "proto3"; package p; message In { repeated double sizes = 1; } message Out { double price = 1; string note = 2; } service S { rpc Estimate(In) returns (Out); }',
      'src/etl/main.py':
        'def handler(ctx, data):\n    return {"total": sum(data["sizes"])}\n',
      'src/model/main.py':
        'async def init(ctx):\n    ctx.set("factor", 2)\n\nasync def handler(ctx, data):\n    if not data["total"]:\n        raise ValueError("nothing to price")\n    return {"price": data["total"] * ctx.get("factor"), "note": ctx.get_request_id() and "ok"}\n',
    };
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(path.dirname(path.join(packageDir, name)), {
        recursive: true,
      });
      writeFileSync(path.join(packageDir, name), text);
    }
    const nodes = {
      etl: await startPythonNode(packageDir, 'src/etl/main.py'),
      model: await startPythonNode(packageDir, 'src/model/main.py'),
    };
    const { child, call } = await startEntrypoint(
      packageDir,
      { Estimate: ['etl', 'model'] },
      nodes,
    );
    expect(await call('p.S/Estimate', { sizes: [20.5, 30] })).toEqual({
      status: 200,
      body: { price: 101, note: 'ok' },
    });
    expect(await call('p.S/Estimate', {})).toEqual({
      status: 500,
      body: {
        code: 'internal',
        message: "node 'model' failed: ValueError: nothing to price",
      },
    });
    child.kill('SIGTERM');
    await waitFor(() => child.exitCode !== null);
    expect(child.exitCode).toBe(0);
  });
});

(hasPython && existsSync(sample) ? describe : describe.skip)(
  'the samples',
  () => {
    it('runs an unmodified package of 2020', async () => {
      const packageDir = path.join(folder, 'greeter');
      mkdirSync(packageDir);
      execFileSync('tar', ['xzf', sample, '-C', packageDir]);
      const nodes = {
        greeter: await startPythonNode(packageDir, 'src/greeter/main.py'),
      };
      const { call } = await startEntrypoint(
        packageDir,
        { Greet: ['greeter'], Salute: ['greeter'] },
        nodes,
      );
      const expected = { status: 200, body: { greeting: 'Hello X!' } };
      expect(await call('entrypoint.Entrypoint/Greet', { name: 'X' })).toEqual(
        expected,
      );
      expect(await call('entrypoint.Entrypoint/Salute', { name: 'X' })).toEqual(
        expected,
      );
    });
  },
);
