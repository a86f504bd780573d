import { cp, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { resolvePackagePath } from '@backstage/backend-plugin-api';
import { mockServices } from '@backstage/backend-test-utils';
import type { Knex } from 'knex';
import { faultyDatabase } from '../../__testUtils__/simulation/faults/faultyDatabase';
import { FaultPlan } from '../../__testUtils__/simulation/faults/FaultPlan';
import {
  SimulatedCluster,
  type ClusterSnapshot,
} from '../../__testUtils__/simulation/SimulatedCluster';
import { ApiServer } from './ApiServer';
import { Portal, type ApiAnswer, type ApiRequest } from './Portal';
import { VirtualTime } from '../../__testUtils__/simulation/VirtualTime';
import type { WorldDatabase } from './WorldDatabase';

const ANSWERS_MILLIS = 60_000;
/** How long calls may take that were under way when the portal died, in real milliseconds. */
const LAST_MILLIS = 300;

/** What outlives a portal, as it was at one moment. */
export interface WorldSnapshot {
  /** Of the packages. */
  folder: string;
  restoreDatabase: () => Promise<void>;
  cluster: ClusterSnapshot;
}

/** What outlives a portal: database, packages, cluster. And the portal that lives just now. */
export class World {
  readonly time: VirtualTime;
  #portal: Portal | undefined;
  /** Sees the database beside the portal. */
  #observer: { database: Knex; close: () => Promise<void> } | undefined;
  #lives = 0;
  #snapshots = 0;

  private constructor(
    private readonly folder: string,
    private readonly database: WorldDatabase,
    readonly cluster: SimulatedCluster,
    private readonly api: ApiServer,
  ) {
    this.time = new VirtualTime({
      progress: () => this.#portal?.plan.progress ?? 0,
      isBusy: () => !cluster.isIdle || (this.#portal?.plan.underWay ?? 0) > 0,
    });
  }

  /**
   * @param folder - empty, for the packages
   * @param database - empty
   */
  static async create(folder: string, database: WorldDatabase): Promise<World> {
    const world = new World(
      folder,
      database,
      await SimulatedCluster.create(),
      await ApiServer.listen(),
    );
    await mkdir(world.#packages, { recursive: true });
    const connected = database.open();
    await connected.migrate.latest({
      directory: resolvePackagePath(
        '@konstellation/backstage-plugin-konstellation-backend',
        'migrations',
      ),
    });
    await connected.destroy();
    return world;
  }

  get #packages(): string {
    return join(this.folder, 'packages');
  }

  /** The one that lives. */
  get portal(): Portal {
    if (!this.#portal) throw new Error('no portal lives');
    return this.#portal;
  }

  /** The next life of the portal, which sees what the one before left. */
  async start(plan = new FaultPlan()): Promise<Portal> {
    this.#lives++;
    const { cluster, api } = this;
    const portal = new Portal({
      name: `portal-${this.#lives}`,
      plan,
      cluster,
      api,
      database: this.database.open(),
      config: mockServices.rootConfig({
        data: {
          konstellation: {
            deadlines: {
              start: { seconds: 20 },
              configuration: { seconds: 18 },
            },
            publications: { drain: { seconds: 3 } },
            packages: {
              directory: this.#packages,
              // The port is another at each start; where it is configured, it is not.
              baseUrl: 'http://packages.test',
            },
            encryption: {
              keys: [
                { id: 'test', secret: Buffer.alloc(32, 7).toString('base64') },
              ],
            },
          },
        },
      }),
    });
    this.#portal = portal;
    await portal.start();
    return portal;
  }

  /** @returns undefined when the portal dies before it answers */
  ask(request: ApiRequest, key: string): Promise<ApiAnswer | undefined> {
    return this.time.during(this.portal.ask(request, key), ANSWERS_MILLIS);
  }

  /** The portal dies, if it has not yet. */
  async end(): Promise<void> {
    const portal = this.#portal;
    if (!portal) return;
    portal.plan.kill();
    // What was under way takes effect, but for what waits for a lock of the dead.
    await this.time.quiet(LAST_MILLIS);
    await portal.end();
    VirtualTime.forget();
    this.#portal = undefined;
  }

  /** Asks the database without faults and without being counted. */
  query<T>(ask: (database: Knex) => Promise<T>): Promise<T> {
    if (!this.#observer) {
      const database = this.database.open();
      const close = faultyDatabase(database, new FaultPlan());
      this.#observer = { database, close };
    }
    return ask(this.#observer.database);
  }

  async #endObserver(): Promise<void> {
    await this.#observer?.close();
    this.#observer = undefined;
  }

  /** Ends the portal and keeps what it left. */
  async snapshot(): Promise<WorldSnapshot> {
    await this.end();
    this.#snapshots++;
    const folder = join(this.folder, `snapshot-${this.#snapshots}`);
    await cp(this.#packages, folder, { recursive: true });
    return {
      folder,
      restoreDatabase: await this.database.save(),
      cluster: this.cluster.snapshot(),
    };
  }

  /** Everything is again as it was; no portal lives. */
  async restore(snapshot: WorldSnapshot): Promise<void> {
    await this.end();
    await this.#endObserver();
    await snapshot.restoreDatabase();
    await rm(this.#packages, { recursive: true, force: true });
    await cp(snapshot.folder, this.#packages, { recursive: true });
    this.cluster.restore(snapshot.cluster);
  }

  async close(): Promise<void> {
    await this.end();
    await this.#endObserver();
    await Promise.all([
      this.cluster.shutDown(),
      this.api.close(),
      this.database.close(),
    ]);
  }
}
