import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import {
  usedNodes,
  type KrtManifestV1,
  type KrtProto,
} from '@konstellation/krt';
import { CliError } from '../errors';
import { freePorts } from './freePorts';
import { LocalProcess } from './LocalProcess';
import { commandOf, entrypointCommand } from './runners';
import { unpack } from './unpack';

const LOOK_MILLIS = 50;

/** Longer values of files are in their file alone, as the contract has it. */
const MAX_VARIABLE_BYTES = 32 * 1024;

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
  readonly #onExit = () => {
    this.#processes.forEach(each => each.kill());
    rmSync(this.directory, { recursive: true, force: true });
  };

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
    // Also where this process is interrupted, nothing stays.
    process.once('exit', run.#onExit);
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
    const [publicPort, internalPort, metricsPort, ...nodePorts] = (
      await freePorts(3 + nodes.length)
    ).map(String);
    const variables = Object.fromEntries(
      Object.entries(configuration).filter(
        ([, value]) => Buffer.byteLength(value) <= MAX_VARIABLE_BYTES,
      ),
    );
    for (const [index, node] of nodes.entries()) {
      const port = nodePorts[index] ?? '';
      urls[node.name] = `http://127.0.0.1:${port}`;
      launch(node.name, node.command, {
        ...variables,
        KRT_CONFIG_DIR: configDir,
        KRT_NODE_NAME: node.name,
        KRT_NODE_SRC: node.src,
        KRT_CONVENTION: 'dict',
        KRT_PORT_HTTP: port,
      });
    }
    this.#url = `http://127.0.0.1:${internalPort}`;
    launch('entrypoint', entrypointCommand(), {
      KRT_PORT_PUBLIC: publicPort ?? '',
      KRT_PORT_INTERNAL: internalPort ?? '',
      KRT_PORT_METRICS: metricsPort ?? '',
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
      this.#checkProcesses();
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

  /** Calls an rpc as JSON. @throws CliError when there is no answer, with the node that ended */
  async call(
    rpc: string,
    body: unknown,
    timeoutMillis: number,
  ): Promise<LocalAnswer> {
    const began = performance.now();
    const { status, text } = await this.#post(
      `/${this.proto.service}/${rpc}`,
      body,
      timeoutMillis,
    ).catch(error => {
      this.#checkProcesses();
      throw new CliError(`${rpc} gave no answer: ${error.message}`, {
        hint: 'see what the nodes write with --logs, or wait longer with --timeout',
      });
    });
    const millis = Math.round((performance.now() - began) * 10) / 10;
    let parsed: unknown = text;
    try {
      parsed = JSON.parse(text);
    } catch {
      // Shown as it is.
    }
    return { status, body: parsed, millis };
  }

  async #post(path: string, body: unknown, timeoutMillis: number) {
    const response = await fetch(`${this.#url}${path}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-konstellation-token': this.#token,
        'connect-timeout-ms': String(timeoutMillis),
      },
      body: JSON.stringify(body),
      // The entrypoint is the first to say that it takes too long, and where.
      signal: AbortSignal.timeout(timeoutMillis + 2_000),
    });
    return { status: response.status, text: await response.text() };
  }

  /** @throws CliError that names the process that has ended */
  #checkProcesses(): void {
    const ended = this.#processes.find(each => each.exitCode !== undefined);
    if (!ended) return;
    throw new CliError(
      `the node "${ended.name}" ended with code ${ended.exitCode}: ${ended.reason}`,
      { details: { node: ended.name, lines: ended.lines } },
    );
  }

  /** Ends all processes and removes what was unpacked, unless it is to be kept. */
  async end(options: { keep?: boolean } = {}): Promise<void> {
    await Promise.all(this.#processes.map(each => each.end()));
    process.off('exit', this.#onExit);
    if (!options.keep) {
      await rm(this.directory, { recursive: true, force: true });
    }
  }
}
