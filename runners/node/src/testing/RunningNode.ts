import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

let bundle: string | undefined;

/** The runner as it ships. */
function bundled(): string {
  if (!bundle) {
    bundle = join(mkdtempSync(join(tmpdir(), 'runner-node-')), 'main.cjs');
    execFileSync(process.execPath, [
      require.resolve('esbuild/bin/esbuild'),
      // eslint-disable-next-line no-restricted-syntax -- a test, which is never built
      join(__dirname, '..', 'main.ts'),
      '--bundle',
      '--platform=node',
      '--target=node22',
      '--format=cjs',
      '--log-level=error',
      `--outfile=${bundle}`,
    ]);
  }
  return bundle;
}

/** JSON object of an answer. */
interface Body {
  error?: { type: string; message: string };
  [field: string]: unknown;
}

afterAll(() => {
  if (bundle) rmSync(dirname(bundle), { recursive: true });
  bundle = undefined;
});

export interface Answer {
  status: number;
  body: Body;
  text: string;
  headers: Record<string, string | string[] | undefined>;
}

/** A node as a process of its own, with a package of a few files. */
export class RunningNode {
  output = '';
  errors = '';
  readonly ended: Promise<number | null>;
  readonly agent = new Agent({ keepAlive: true, maxSockets: 8 });
  port = 0;

  private constructor(
    readonly directory: string,
    readonly child: ChildProcess,
    private readonly terminationLog: string,
  ) {
    child.stdout?.on('data', data => {
      this.output += data;
    });
    child.stderr?.on('data', data => {
      this.errors += data;
    });
    this.ended = once(child, 'close').then(([code]) => code);
  }

  /** @param files - by path; the first one is the node's src */
  static start(
    files: Record<string, string>,
    env: Record<string, string> = {},
  ): RunningNode {
    const directory = realpathSync(
      mkdtempSync(join(tmpdir(), 'runner-node-package-')),
    );
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(directory, path)), { recursive: true });
      writeFileSync(join(directory, path), text);
    }
    const terminationLog = `${directory}.termination`;
    const child = spawn(process.execPath, [bundled()], {
      env: {
        PATH: process.env.PATH,
        KRT_HOST: '127.0.0.1',
        KRT_PORT_HTTP: '0',
        KRT_PACKAGE_DIR: directory,
        KRT_NODE_NAME: 'model',
        KRT_NODE_SRC: Object.keys(files)[0],
        KRT_TERMINATION_LOG: terminationLog,
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return new RunningNode(directory, child, terminationLog);
  }

  /** Waits until the log matches. */
  async seen(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const found = pattern.exec(this.output);
      if (found) return found;
      const ended = await Promise.race([
        this.ended.then(() => true),
        once(this.child.stdout!, 'data').then(() => false),
      ]);
      if (ended && !pattern.test(this.output)) {
        throw new Error(`${pattern} not seen:\n${this.output}${this.errors}`);
      }
    }
  }

  async ready(): Promise<this> {
    const [, port] = await this.seen(/is ready on \S+ port (\d+)/);
    this.port = Number(port);
    return this;
  }

  lines(): Array<Record<string, unknown>> {
    return this.output
      .split('\n')
      .filter(Boolean)
      .map(line => JSON.parse(line));
  }

  send(options: {
    method?: string;
    path?: string;
    body?: string | Buffer;
    headers?: Record<string, string>;
    signal?: AbortSignal;
  }): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const { method = 'POST', path = '/', body, headers, signal } = options;
      const sent = request(
        {
          host: '127.0.0.1',
          port: this.port,
          method,
          path,
          agent: this.agent,
          headers: {
            'content-type': 'application/json',
            ...(body === undefined
              ? {}
              : { 'content-length': Buffer.byteLength(body) }),
            ...headers,
          },
          signal,
        },
        answer => {
          let text = '';
          answer.on('data', data => {
            text += data;
          });
          answer.on('end', () => {
            resolve({
              status: answer.statusCode ?? 0,
              body: text ? JSON.parse(text) : {},
              text,
              headers: answer.headers,
            });
          });
          answer.on('error', reject);
        },
      );
      sent.on('error', reject);
      sent.end(body);
    });
  }

  call(body: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    return this.send({ body: JSON.stringify(body), headers });
  }

  /** Why it ended, as the platform sees it. */
  termination(): string {
    return existsSync(this.terminationLog)
      ? readFileSync(this.terminationLog, 'utf8').trim()
      : '';
  }

  async end(): Promise<void> {
    this.agent.destroy();
    this.child.kill('SIGKILL');
    await this.ended;
    rmSync(this.directory, { recursive: true, force: true });
    rmSync(this.terminationLog, { force: true });
  }
}
