import { join } from 'node:path';
import { mockServices } from '@backstage/backend-test-utils';
import type { Knex } from 'knex';
import { quietLogger } from '../../../__testUtils__/quietLogger';
import { FaultPlan } from '../../../__testUtils__/simulation/faults/FaultPlan';
import { faultyDatabase } from '../../../__testUtils__/simulation/faults/faultyDatabase';
import {
  SimulatedCluster,
  type ClusterSnapshot,
} from '../../../__testUtils__/simulation/SimulatedCluster';
import { createKonstellation } from '../../../createKonstellation';
import { VirtualTime } from '../../../__testUtils__/simulation/VirtualTime';
import { PackageServer } from '../../../packages/packageServer';
import { readConfig } from '../../../readConfig';
import type { KonstellationServices } from '../../../services/types';
import { KEPT } from '../spec/lifecycle';
import { permissionsOfPeople } from './callers';
import { StagedCluster } from './StagedCluster';
import type { StageDatabase } from './StageDatabase';

/** How long a portal waits for what, in milliseconds. */
export const DEADLINES = {
  start: 6_000,
  stop: 5_000,
  unavailable: 3_000,
  configuration: 4_000,
};
const DRAIN_MILLIS = 2_000;

const ANSWERS_WITHIN_MILLIS = 60_000;
/** Answers that need no clock come within so many turns of the event loop and so many real milliseconds. */
const PROMPT_TURNS = 50;
const PROMPT_MILLIS = 20;

interface Life {
  plan: FaultPlan;
  services: KonstellationServices;
  /** Ends as it should. */
  stop(): Promise<void>;
  /** Leaves nothing of it in this process. */
  close(): Promise<void>;
}

/** What was kept of a stage. */
export interface KeptStage {
  name: string;
  cluster: ClusterSnapshot;
}

/** Turns of the event loop that a write takes at most, as long as it waits for nothing but the database. */
const TURNS_OF_A_WRITE = 1_000;

/** Database, packages, cluster, and the portal that lives just now. */
export class Stage {
  readonly time: VirtualTime;
  /** Warnings and errors of this run. */
  readonly log: string[] = [];
  /** Whether portals reach the cluster. */
  isReachable = true;
  #life: Life | undefined;
  #lives = 0;

  private constructor(
    private readonly folder: string,
    private readonly database: StageDatabase,
    readonly cluster: SimulatedCluster,
    private readonly empty: ClusterSnapshot,
    private readonly observer: Knex,
  ) {
    this.time = new VirtualTime({
      progress: () => this.#life?.plan.progress ?? 0,
      isBusy: () => !cluster.isIdle || (this.#life?.plan.underWay ?? 0) > 0,
    });
  }

  static async create(folder: string, database: StageDatabase): Promise<Stage> {
    const cluster = await SimulatedCluster.create();
    return new Stage(
      folder,
      database,
      cluster,
      cluster.snapshot(),
      database.open(),
    );
  }

  get services(): KonstellationServices {
    if (!this.#life) throw new Error('no portal lives');
    return this.#life.services;
  }

  /** Reads the database without being seen, between what others write. */
  async read<T>(read: (database: Knex) => Promise<T>): Promise<T> {
    for (let turns = 1; !this.database.isWhole(); turns++) {
      await new Promise(resolve => setImmediate(resolve));
      // Whoever writes may wait for the clock, as a pool does that closes the connection of a portal that was killed.
      if (turns % TURNS_OF_A_WRITE === 0) jest.advanceTimersToNextTimer();
    }
    return read(this.observer);
  }

  /** A portal begins where it was kept, or with nothing. */
  async begin(kept?: KeptStage): Promise<void> {
    await this.end();
    await this.database.restore(kept?.name);
    this.cluster.restore(kept?.cluster ?? this.empty);
    this.isReachable = true;
    this.log.length = 0;
    await this.#start();
  }

  /** Ends, and keeps what there is. */
  async keep(name: string): Promise<KeptStage> {
    await this.end();
    await this.database.keep(name);
    return { name, cluster: this.cluster.snapshot() };
  }

  /** The next life of the portal. */
  async restart(how: 'stopped' | 'killed'): Promise<void> {
    if (how === 'stopped' && this.#life) {
      await this.during(this.#life.stop());
    }
    await this.#kill();
    await this.#start();
  }

  async end(): Promise<void> {
    await this.#kill();
  }

  async shutDown(): Promise<void> {
    await this.end();
    await this.observer.destroy();
    await this.cluster.shutDown();
  }

  /** Waits for an answer, and for all that it sets off at this moment. */
  during<T>(work: Promise<T>): Promise<T> {
    return this.time.during(work, ANSWERS_WITHIN_MILLIS);
  }

  /** Waits for an answer, and not for what it sets off. */
  async promptly<T>(work: Promise<T>): Promise<T> {
    let isDone = false;
    const end = () => {
      isDone = true;
    };
    work.then(end, end);
    const patience = performance.now() + PROMPT_MILLIS;
    for (
      let turns = 0;
      !isDone && (turns < PROMPT_TURNS || performance.now() < patience);
      turns++
    ) {
      await new Promise(resolve => setImmediate(resolve));
    }
    return isDone ? work : this.during(work);
  }

  /** Lets exactly so many milliseconds pass. */
  async pass(millis: number): Promise<void> {
    // Time goes from timer to timer: one has to end there.
    setTimeout(() => undefined, millis);
    await this.time.pass(millis);
  }

  async #kill(): Promise<void> {
    const life = this.#life;
    if (!life) return;
    life.plan.kill();
    // What was under way takes effect.
    await this.time.quiet();
    await life.close();
    const now = Date.now();
    VirtualTime.forget();
    // That also sets the clock back.
    jest.setSystemTime(now);
    this.#life = undefined;
  }

  async #start(): Promise<void> {
    this.#lives++;
    const name = `portal-${this.#lives}`;
    const plan = new FaultPlan();
    const database = this.database.open();
    const disconnect = faultyDatabase(database, plan);
    const headers = this.cluster.guard(name, ({ method, path }, handle) =>
      plan.call('entrypoint', `${method} ${path}`, handle),
    );
    const servers = jest.spyOn(PackageServer, 'listen');
    const konstellation = await createKonstellation({
      config: readConfig(mockServices.rootConfig({ data: this.#config() })),
      clusters: [
        {
          name: 'test',
          client: new StagedCluster(this.cluster.connect(), {
            plan,
            headers,
            isReachable: () => this.isReachable,
          }),
        },
      ],
      database: {
        getClient: async () => database,
        migrations: { skip: true },
      },
      permissions: permissionsOfPeople,
      logger: quietLogger(this.log),
    });
    const listening = servers.mock.results.map(({ value }) => value);
    servers.mockRestore();
    this.#life = {
      plan,
      services: konstellation.services,
      stop: () => konstellation.stop(),
      async close() {
        await disconnect();
        for (const server of listening) await (await server).close();
      },
    };
    await konstellation.start();
  }

  #config() {
    const milliseconds = (value: number) => ({ milliseconds: value });
    return {
      konstellation: {
        deadlines: {
          start: milliseconds(DEADLINES.start),
          stop: milliseconds(DEADLINES.stop),
          unavailable: milliseconds(DEADLINES.unavailable),
          configuration: milliseconds(DEADLINES.configuration),
        },
        publications: { drain: milliseconds(DRAIN_MILLIS), kept: KEPT },
        packages: {
          directory: join(this.folder, 'packages'),
          // The port is another at each start; where it is configured, it is not.
          baseUrl: 'http://packages.test',
        },
        encryption: {
          keys: [
            { id: 'test', secret: Buffer.alloc(32, 7).toString('base64') },
          ],
        },
        serviceRoles: { ci: 'manager' },
      },
    };
  }
}
