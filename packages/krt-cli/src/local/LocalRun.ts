import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import {
  usedNodes,
  type KrtManifestV1,
  type KrtProto,
} from '@konstellation/krt';
import { CliError } from '../errors';
import { LocalProcess } from './LocalProcess';
import { commandOf, entrypointCommand } from './runners';
import { unpack } from './unpack';

const LOOK_MILLIS = 50;

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address ? address.port : 0;
}

/** An answer of the entrypoint. */
export interface LocalAnswer {
  status: number;
  body: unknown;
  millis: number;
}

/**
 * A package run on this machine without a portal: a process for every node and one for the entrypoint, with the environment of the
 * container contract.
 */
export class LocalRun {
  readonly #processes: LocalProcess[] = [];
  readonly #token = randomBytes(16).toString('hex');
  #url = '';

  private constructor(
    readonly directory: string,
    private readonly proto: KrtProto,
  ) {}

  /** @throws CliError that names the node that cannot start, and why */
  static async start(options: {
    file: string;
    manifest: KrtManifestV1;
    proto: KrtProto;
    configuration: Record<string, string>;
    timeoutMillis: number;
    onLine?: (node: string, line: string) => void;
  }): Promise<LocalRun> {
    const directory = await mkdtemp(join(tmpdir(), 'krt-test-'));
    const run = new LocalRun(directory, options.proto);
    // However this process ends, nothing stays.
    process.once('exit', () => run.#processes.forEach(each => each.kill()));
    try {
      await run.#start(options);
    } catch (error) {
      await run.end();
      throw error;
    }
    return run;
  }

  async #start(options: Parameters<typeof LocalRun.start>[0]): Promise<void> {
    const { file, manifest, proto, configuration, timeoutMillis } = options;
    const nodes = usedNodes(manifest).map(node => ({
      ...node,
      command: commandOf(node),
    }));
    const packageDir = join(this.directory, 'package');
    await mkdir(packageDir);
    await unpack(file, packageDir);
    const configDir = await this.#writeConfiguration(manifest, configuration);
    const common = {
      PATH: process.env.PATH ?? '',
      HOME: this.directory,
      LANG: 'C.UTF-8',
      TMPDIR: this.directory,
      PYTHONUNBUFFERED: '1',
      PYTHONDONTWRITEBYTECODE: '1',
      KRT_HOST: '127.0.0.1',
      KRT_RUNTIME: 'local',
      KRT_SOLUTION: 'local',
      KRT_VERSION: manifest.version,
      KRT_RELEASE: 'local',
      KRT_PACKAGE_DIR: packageDir,
    };
    const urls: Record<string, string> = {};
    const launch = (
      name: string,
      command: string[],
      env: Record<string, string>,
    ) =>
      this.#processes.push(
        new LocalProcess(name, command, {
          env: { ...common, ...env },
          onLine: line => options.onLine?.(name, line),
        }),
      );
    for (const node of nodes) {
      const port = String(await freePort());
      urls[node.name] = `http://127.0.0.1:${port}`;
      launch(node.name, node.command, {
        ...configuration,
        KRT_CONFIG_DIR: configDir,
        KRT_NODE_NAME: node.name,
        KRT_NODE_SRC: node.src,
        KRT_CONVENTION: 'dict',
        KRT_PORT_HTTP: port,
      });
    }
    const ports = [await freePort(), await freePort(), await freePort()];
    this.#url = `http://127.0.0.1:${ports[1]}`;
    launch('entrypoint', entrypointCommand(), {
      KRT_PORT_PUBLIC: String(ports[0]),
      KRT_PORT_INTERNAL: String(ports[1]),
      KRT_PORT_METRICS: String(ports[2]),
      KRT_PROTO: proto.path,
      KRT_WORKFLOWS: JSON.stringify(
        manifest.workflows.map(({ name, entrypoint, sequential }) => ({
          name,
          rpc: entrypoint,
          sequential,
        })),
      ),
      KRT_NODES: JSON.stringify(urls),
      KRT_INTERNAL_TOKEN: this.#token,
      KRT_ORIGINS: '[]',
    });
    await this.#untilReady(timeoutMillis);
  }

  async #writeConfiguration(
    manifest: KrtManifestV1,
    configuration: Record<string, string>,
  ): Promise<string> {
    const folder = join(this.directory, 'config');
    await mkdir(folder);
    for (const key of manifest.config.files) {
      await writeFile(join(folder, key), configuration[key] ?? '');
    }
    return folder;
  }

  async #untilReady(timeoutMillis: number): Promise<void> {
    const deadline = Date.now() + timeoutMillis;
    for (;;) {
      const ended = this.#processes.find(each => each.exitCode !== undefined);
      if (ended) {
        throw new CliError(
          `the node "${ended.name}" ended with code ${ended.exitCode}: ${ended.reason}`,
          { details: { node: ended.name, lines: ended.lines } },
        );
      }
      const health = await fetch(`${this.#url}/healthz`, {
        signal: AbortSignal.timeout(2_000),
      }).catch(() => undefined);
      if (health?.ok) return;
      if (Date.now() > deadline) {
        const waiting = await health?.text().catch(() => '');
        throw new CliError(
          `not ready after ${timeoutMillis / 1_000} s${
            waiting ? `: ${waiting.slice(0, 300)}` : ''
          }`,
          {
            hint: 'see what the nodes write with --logs, or wait longer with --timeout',
          },
        );
      }
      await pause(LOOK_MILLIS);
    }
  }

  /** Calls an rpc as JSON. */
  async call(
    rpc: string,
    body: unknown,
    timeoutMillis: number,
  ): Promise<LocalAnswer> {
    const began = performance.now();
    const response = await fetch(`${this.#url}/${this.proto.service}/${rpc}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${this.#token}`,
        'connect-timeout-ms': String(timeoutMillis),
      },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(timeoutMillis + 2_000),
    });
    const text = await response.text();
    const millis = performance.now() - began;
    let parsed: unknown = text;
    try {
      parsed = JSON.parse(text);
    } catch {
      // Shown as it is.
    }
    return { status: response.status, body: parsed, millis };
  }

  /** Ends all processes and removes what was unpacked, unless it is to be kept. */
  async end(options: { keep?: boolean } = {}): Promise<void> {
    await Promise.all(this.#processes.map(each => each.end()));
    if (!options.keep) {
      await rm(this.directory, { recursive: true, force: true });
    }
  }
}
