import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Entrypoint, Ports } from '../Entrypoint';
import { createLog } from '../log';
import { readSettings } from '../settings';

export interface TestReleaseOptions {
  proto: string;
  /** rpc → nodes in order. */
  workflows: Record<string, string[]>;
  /** Node name → URL. */
  nodes: Record<string, string>;
  environment?: Record<string, string>;
}

export const internalToken = 'internal-token-of-this-release';

/** An entrypoint of a package in a temporary folder, on free ports of the loopback. */
export class TestRelease {
  static async start(options: TestReleaseOptions): Promise<TestRelease> {
    const folder = mkdtempSync(path.join(tmpdir(), 'entrypoint-'));
    mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, 'public_input.proto'), options.proto);
    const logged: string[] = [];
    const environment = {
      ...releaseEnvironment(folder, options),
      ...options.environment,
    };
    const entrypoint = Entrypoint.create(
      readSettings(environment),
      createLog(line => logged.push(line)),
    );
    return new TestRelease(
      folder,
      entrypoint,
      await entrypoint.start(),
      logged,
    );
  }

  private constructor(
    readonly folder: string,
    readonly entrypoint: Entrypoint,
    readonly ports: Ports,
    readonly logged: string[],
  ) {}

  get publicUrl(): string {
    return `http://127.0.0.1:${this.ports.public}`;
  }

  get internalUrl(): string {
    return `http://127.0.0.1:${this.ports.internal}`;
  }

  async stop(): Promise<void> {
    await this.entrypoint.stop();
    rmSync(this.folder, { recursive: true });
  }

  async gate(state: string): Promise<unknown> {
    const response = await fetch(`${this.internalUrl}/gate`, {
      method: 'PUT',
      headers: { 'x-konstellation-token': internalToken },
      body: JSON.stringify({ state }),
    });
    return response.json();
  }

  /** A JSON call of the public port. */
  call(
    rpc: string,
    request: unknown,
    headers: Record<string, string> = {},
  ): Promise<Response> {
    return fetch(`${this.publicUrl}/${rpc}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof request === 'string' ? request : JSON.stringify(request),
    });
  }
}

/** The environment of an entrypoint's container. */
export function releaseEnvironment(
  packageDir: string,
  { workflows, nodes }: Pick<TestReleaseOptions, 'workflows' | 'nodes'>,
): Record<string, string> {
  return {
    KRT_HOST: '127.0.0.1',
    KRT_PORT_PUBLIC: '0',
    KRT_PORT_INTERNAL: '0',
    KRT_PORT_METRICS: '0',
    KRT_RUNTIME: 'prices',
    KRT_SOLUTION: 'prices',
    KRT_VERSION: 'price-v1',
    KRT_RELEASE: 'release-1',
    KRT_PACKAGE_DIR: packageDir,
    KRT_PROTO: 'public_input.proto',
    KRT_WORKFLOWS: JSON.stringify(
      Object.entries(workflows).map(([rpc, sequential]) => ({
        name: `run-${rpc.toLowerCase()}`,
        rpc,
        sequential,
      })),
    ),
    KRT_NODES: JSON.stringify(nodes),
    KRT_INTERNAL_TOKEN: internalToken,
    KRT_DRAIN_IDLE_SECONDS: '1',
  };
}
