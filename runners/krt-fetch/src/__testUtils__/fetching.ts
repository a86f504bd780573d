import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';

const PATIENCE = 20_000;
export const TOKEN = 'good-token';

export type Answer = (
  request: IncomingMessage,
  response: ServerResponse,
) => void;

export function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

/** The bundle, servers it asks, and a folder it unpacks to; gone after each test. */
export function fetching(krt: () => Uint8Array) {
  let bundleFolder: string;
  let bundle: string;
  let folder: string;
  let servers: Server[] = [];
  const children: ChildProcess[] = [];

  beforeAll(() => {
    bundleFolder = mkdtempSync(path.join(tmpdir(), 'krt-fetch-bundle-'));
    bundle = path.join(bundleFolder, 'main.cjs');
    execFileSync(process.execPath, [
      require.resolve('esbuild/bin/esbuild'),
      path.join(__dirname, '..', 'main.ts'),
      '--bundle',
      '--platform=node',
      '--target=node20',
      '--format=cjs',
      '--log-level=error',
      `--outfile=${bundle}`,
    ]);
  });

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'krt-fetch-'));
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
    for (const server of servers) {
      await new Promise(resolve => {
        server.close(resolve);
        server.closeAllConnections();
      });
    }
    servers = [];
    rmSync(folder, { recursive: true });
  });

  afterAll(() => rmSync(bundleFolder, { recursive: true }));

  /** Serves the answers in turn, the last one from then on. Gives the URL and what was asked. */
  async function serve(...answers: Answer[]) {
    const requests: IncomingMessage[] = [];
    const server = createServer((request, response) => {
      requests.push(request);
      answers[Math.min(requests.length, answers.length) - 1]?.(
        request,
        response,
      );
    });
    servers.push(server);
    await new Promise<void>(resolve => {
      server.listen(0, '127.0.0.1', resolve);
    });
    const address = server.address();
    if (typeof address !== 'object' || !address) throw new Error('no port');
    return {
      server,
      requests,
      url: `http://127.0.0.1:${address.port}/packages/${digestOf(krt())}`,
    };
  }

  function start(env: Record<string, string>) {
    const child = spawn(process.execPath, [bundle], {
      env: {
        PATH: process.env.PATH,
        KRT_PACKAGE_DIGEST: digestOf(krt()),
        KRT_PACKAGE_TOKEN: TOKEN,
        KRT_PACKAGE_DIR: path.join(folder, 'volume/package'),
        ...env,
      },
    });
    children.push(child);
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', part => {
      stdout += part;
    });
    child.stderr.on('data', part => {
      stderr += part;
    });
    const ended = new Promise<{
      code: number | null;
      stdout: string;
      stderr: string;
    }>(resolve => {
      child.once('close', code => resolve({ code, stdout, stderr }));
    });
    return { child, ended };
  }

  return {
    serve,
    start,
    run: (env: Record<string, string>) => start(env).ended,
    folder: () => folder,
    directory: () => path.join(folder, 'volume/package'),
    /** Waits until so many bytes of the package have been written. */
    async received(bytes: number): Promise<void> {
      const deadline = Date.now() + PATIENCE;
      const volume = path.join(folder, 'volume');
      const size = () => {
        const work = readdirSync(volume).find(name => name.includes('.fetch-'));
        const file = path.join(volume, work ?? '', 'package.krt');
        return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
      };
      while (size() < bytes) {
        if (Date.now() > deadline) throw new Error(`${bytes} bytes never came`);
        await new Promise(resolve => setTimeout(resolve, 5));
      }
    },
    /** Everything below the folder. */
    left: () =>
      readdirSync(folder, { recursive: true })
        .map(String)
        .filter(name => statSync(path.join(folder, name)).isFile())
        .sort(),
  };
}

/** Answers with these bytes, to who has the token. */
export function give(bytes: Uint8Array): Answer {
  return (request, response) => {
    if (request.headers.authorization !== `Bearer ${TOKEN}`) {
      response.writeHead(401).end();
      return;
    }
    response.writeHead(200, { 'content-length': bytes.length }).end(bytes);
  };
}

export function fail(
  status: number,
  headers: Record<string, string> = {},
): Answer {
  return (_, response) => {
    response.writeHead(status, headers).end('no');
  };
}
