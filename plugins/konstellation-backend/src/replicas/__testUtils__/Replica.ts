import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

const START_WITHIN_MILLIS = 120_000;
export const TOKEN = 'replicas-of-one-portal';
export const SUBJECT = 'driver';

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address ? address.port : 0;
}

/** One of the processes of a portal. */
export class Replica {
  #process: ChildProcess | undefined;
  /** What it wrote last, for when it does not start. */
  #output = '';
  kills = 0;

  private constructor(
    private readonly options: {
      directory: string;
      configFile: string;
      clusterUrl: string;
      port: number;
    },
  ) {}

  static async create(options: {
    name: string;
    directory: string;
    clusterUrl: string;
    connection: string;
    databasePrefix: string;
    encryptionSecret: string;
  }): Promise<Replica> {
    const { name, directory, clusterUrl } = options;
    const port = await freePort();
    const configFile = join(directory, `${name}.yaml`);
    writeFileSync(
      configFile,
      JSON.stringify({
        app: { baseUrl: 'http://localhost' },
        backend: {
          baseUrl: `http://127.0.0.1:${port}`,
          listen: { host: '127.0.0.1', port },
          database: {
            client: 'pg',
            connection: options.connection,
            prefix: options.databasePrefix,
          },
          auth: {
            externalAccess: [
              { type: 'static', options: { token: TOKEN, subject: SUBJECT } },
            ],
          },
        },
        konstellation: {
          packages: {
            directory: join(directory, 'packages'),
            baseUrl: 'http://127.0.0.1:1',
          },
          encryption: {
            keys: [{ id: 'shared', secret: options.encryptionSecret }],
          },
          serviceRoles: { [SUBJECT]: 'admin' },
          publications: { drain: { milliseconds: 200 } },
        },
      }),
    );
    return new Replica({ directory, configFile, clusterUrl, port });
  }

  get url(): string {
    return `http://127.0.0.1:${this.options.port}/api/konstellation`;
  }

  async start(): Promise<void> {
    const root = join(__dirname, '../../../../..');
    const { configFile, clusterUrl } = this.options;
    const child = spawn(
      process.execPath,
      [
        '--require',
        require.resolve('@backstage/cli/config/nodeTransform.cjs'),
        join(__dirname, 'portalProcess.ts'),
        '--config',
        configFile,
      ],
      {
        cwd: root,
        env: {
          PATH: process.env.PATH,
          HOME: process.env.HOME,
          NODE_ENV: 'development',
          LOG_LEVEL: 'warn',
          CLUSTER_URL: clusterUrl,
        },
        stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      },
    );
    this.#process = child;
    const remember = (text: Buffer) => {
      this.#output = (this.#output + text.toString()).slice(-4_000);
    };
    child.stdout?.on('data', remember);
    child.stderr?.on('data', remember);
    child.once('exit', (code, signal) => {
      if (signal === 'SIGKILL') return;
      process.stderr.write(
        `a replica ended by itself (${code ?? signal}):\n${this.#output}\n`,
      );
    });
    const deadline = Date.now() + START_WITHIN_MILLIS;
    while (!(await this.#answers())) {
      if (child.exitCode !== null || Date.now() > deadline) {
        throw new Error(`a replica does not start:\n${this.#output}`);
      }
      await new Promise(resolve => setTimeout(resolve, 100));
    }
  }

  async #answers(): Promise<boolean> {
    try {
      const response = await fetch(`${this.url}/runtimes?limit=1`, {
        headers: { authorization: `Bearer ${TOKEN}` },
        signal: AbortSignal.timeout(5_000),
      });
      await response.arrayBuffer();
      return response.status === 200;
    } catch {
      return false;
    }
  }

  /** Ends it as a machine that loses power does. */
  async kill(): Promise<void> {
    const child = this.#process;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
    this.kills += 1;
  }
}
