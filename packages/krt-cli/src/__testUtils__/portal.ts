import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SimulatedCluster } from '@konstellation/backstage-plugin-konstellation-backend/src/__testUtils__/simulation/SimulatedCluster';
import {
  startApi,
  testKrt,
  type TestKrtOptions,
} from '@konstellation/backstage-plugin-konstellation-backend/src/__testUtils__/startApi';
import { krt, type Ran } from './krt';

type ApiOptions = Parameters<typeof startApi>[0];

/** A portal with a cluster in memory, and a folder the tool runs in. */
export class TestPortal {
  private constructor(
    /** Where the tool runs, and keeps what it remembers. */
    readonly folder: string,
    readonly cluster: SimulatedCluster,
    private readonly api: Awaited<ReturnType<typeof startApi>>,
  ) {}

  static async start(config: ApiOptions['config'] = {}): Promise<TestPortal> {
    const folder = mkdtempSync(join(tmpdir(), 'krt-portal-'));
    const directory = join(folder, 'portal');
    mkdirSync(directory);
    const cluster = await SimulatedCluster.create();
    const api = await startApi({ directory, cluster, config });
    return new TestPortal(folder, cluster, api);
  }

  async stop(): Promise<void> {
    await this.api.stop();
    await this.cluster.shutDown();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** What the tool is told of the portal and the user. */
  get env(): Record<string, string> {
    return {
      XDG_CONFIG_HOME: join(this.folder, 'config'),
      KRT_PORTAL: new URL(this.api.url).origin,
      KRT_TOKEN: 'mock-user-token',
    };
  }

  run(args: readonly string[], input?: string): Promise<Ran> {
    return krt(args, { cwd: this.folder, env: this.env, input });
  }

  /** The same, where it has to go well. @throws Error with what it said */
  async ok(args: readonly string[], input?: string): Promise<Ran> {
    const ran = await this.run(args, input);
    if (ran.code === 0) return ran;
    throw new Error(
      `krt ${args.join(' ')} ended with ${ran.code}\n${ran.out}\n${ran.err}`,
    );
  }

  async createRuntime(id: string, settings: object = {}): Promise<void> {
    const answer = await this.api.api
      .post('/api/konstellation/runtimes')
      .send({ id, name: id, settings });
    if (answer.status !== 201) {
      throw new Error(`no runtime ${id}: ${JSON.stringify(answer.body)}`);
    }
  }

  /** @returns the name of its file */
  async writeKrt(version: string, declared: TestKrtOptions = {}) {
    const file = `${version}.krt`;
    const packed = await testKrt(version, [], declared);
    writeFileSync(join(this.folder, file), packed);
    return file;
  }

  /** Pods that are there are ready, and go on so; later ones fare as they are told to. */
  keepWhatRuns(): void {
    for (const { kind, name } of this.cluster.refs()) {
      if (kind !== 'ConfigMap') continue;
      this.cluster.behave({ release: name.split('-').at(-1) }, { is: 'ready' });
    }
  }
}
