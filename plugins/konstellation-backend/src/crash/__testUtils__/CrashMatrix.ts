import {
  FaultPlan,
  type Fault,
} from '../../__testUtils__/simulation/faults/FaultPlan';
import type { VersionRow } from '../../database/rows';
import { faultsIn } from './faultsIn';
import {
  answering,
  difference,
  observe,
  unsettled,
  violation,
  wantedReleases,
  type Observation,
} from './observe';
import type { ApiRequest } from './Portal';
import type { Scenario } from './scenarios';
import type { World, WorldSnapshot } from './World';

/** How long a state is to stay once it is reached: longer than anything drains. */
const STAYS_MILLIS = 8_000;
/** How long it may take, whatever went wrong. */
const CONVERGES_MILLIS = 10 * 60_000;
const RETRY_MILLIS = 1_000;
const MAX_TRIES = 40;

/** Words of refusals that say to wait. */
const WAIT = ['is still running', 'wait until every node is ready'];

/** What came of one fault. */
export interface Outcome {
  scenario: string;
  fault: Fault;
  /** Call or event that went wrong; undefined when the run did not come to that. */
  struck?: string;
  /** Why the state that was wanted was not reached, or did not stay. */
  problem?: string;
}

/** A scenario as it goes when nothing goes wrong. */
export interface Recording {
  scenario: Scenario;
  snapshot: WorldSnapshot;
  faults: Fault[];
  result: Observation;
}

/** Runs scenarios with one fault each, and compares with what comes when nothing goes wrong. */
export class CrashMatrix {
  #keys = 0;
  /** What was found unsettled, and when: it is so until something changes. */
  #known: { plan: FaultPlan; epoch: number; problem?: string } | undefined;
  /** When was looked for what must not be. */
  #looked: { plan: FaultPlan; epoch: number } | undefined;

  constructor(
    private readonly world: World,
    private readonly empty: WorldSnapshot,
  ) {}

  /** Brings the scenario to its state, carries out its command and writes down every call. */
  async record(scenario: Scenario): Promise<Recording> {
    const { world } = this;
    await world.restore(this.empty);
    await world.start();
    await this.#settle('the setup');
    for (const step of scenario.setup) {
      if (typeof step === 'function') await step(world);
      else {
        const answer = await this.#askUntilAnswered(step);
        if (answer) throw new Error(`${scenario.name}: ${answer}`);
      }
      await this.#settle(`${scenario.name}: the setup`);
    }
    const snapshot = await world.snapshot();
    const plan = new FaultPlan();
    await this.#begin(scenario, plan);
    const refused = await this.#askUntilAnswered(scenario.command);
    if (refused) throw new Error(`${scenario.name}: ${refused}`);
    await this.#settle(scenario.name, scenario);
    plan.stopRecording();
    await world.time.pass(STAYS_MILLIS);
    await this.#settle(scenario.name, scenario);
    const result = await this.#observe();
    await this.#check(scenario, result);
    return { scenario, snapshot, faults: faultsIn(plan), result };
  }

  /** The scenario once more, with something going wrong. */
  async run(recording: Recording, fault: Fault): Promise<Outcome> {
    const { world } = this;
    const { scenario, snapshot } = recording;
    const plan = new FaultPlan(fault);
    let problem: string | undefined;
    try {
      await world.restore(snapshot);
      await this.#begin(scenario, plan);
      problem = await this.#carryOut(recording, plan);
    } catch (error) {
      problem = String(error);
    }
    return { scenario: scenario.name, fault, struck: plan.struck, problem };
  }

  async #begin({ before }: Scenario, plan: FaultPlan): Promise<void> {
    const { world } = this;
    await world.start(plan);
    // What a start looks through is done before the command comes.
    await world.time.pass(1_500);
    await before?.(world);
    await world.time.quiet();
    plan.record();
  }

  async #carryOut(
    { scenario, result }: Recording,
    plan: FaultPlan,
  ): Promise<string | undefined> {
    const refused = await this.#askUntilAnswered(scenario.command);
    if (refused) return refused;
    let seen: string[] = [];
    let violated: string | undefined;
    const isReached = async () => {
      violated = await this.#violation(scenario);
      if (violated) return true;
      if (this.world.portal.plan.isDead) {
        await this.#revive();
        return false;
      }
      if (await this.#unsettled()) return false;
      seen = difference(result, await this.#observe());
      return seen.length === 0;
    };
    if (!(await this.world.time.until(isReached, CONVERGES_MILLIS))) {
      const why = await this.#unsettled();
      return why ?? `it came to something else:\n    ${seen.join('\n    ')}`;
    }
    if (violated) return violated;
    await this.world.time.pass(STAYS_MILLIS);
    // Where the fault comes late, in the time in which nothing should happen.
    if (this.world.portal.plan.isDead) await this.#revive();
    // Where it did not come to that: it dies while it has nothing to do.
    if (plan.isToKill && !plan.struck) {
      plan.struck = 'at rest';
      await this.#revive();
    }
    if (!(await this.world.time.until(isReached, CONVERGES_MILLIS))) {
      return `it did not stay:\n    ${seen.join('\n    ')}`;
    }
    return violated;
  }

  /** @returns why it was refused, if it was */
  async #askUntilAnswered(request: ApiRequest): Promise<string | undefined> {
    this.#keys++;
    const key = `key-${this.#keys}`;
    let last = 'it was never answered';
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      const answer = await this.world.ask(request, key);
      if (!answer) {
        await this.#revive();
        continue;
      }
      const { status, body } = answer;
      if (status < 300) return undefined;
      last = `${request.method} ${request.path} was answered ${status}: ${body}`;
      const isPassing =
        status === 409 && WAIT.some(words => body.includes(words));
      if (status < 500 && !isPassing) return last;
      await this.world.time.pass(RETRY_MILLIS);
    }
    return last;
  }

  /** The next life of a portal that died; it may be as short. */
  async #revive(): Promise<void> {
    const { fault } = this.world.portal.plan;
    const again = fault && 'again' in fault ? fault.again : undefined;
    const plan = new FaultPlan(
      again === undefined ? undefined : { call: again, is: 'kill-after' },
    );
    await this.world.end();
    plan.record();
    await this.world.start(plan);
  }

  async #unsettled(): Promise<string | undefined> {
    const { cluster, portal } = this.world;
    const { plan } = portal;
    if (this.#known?.plan === plan && this.#known.epoch === plan.epoch) {
      return this.#known.problem;
    }
    const { epoch } = plan;
    const problem = await this.world.query(database =>
      unsettled(database, cluster),
    );
    this.#known = { plan, epoch, problem };
    return problem;
  }

  async #settle(what: string, scenario?: Scenario): Promise<void> {
    let violated: string | undefined;
    const isSettled = async () => {
      violated = await this.#violation(scenario);
      return violated !== undefined || (await this.#unsettled()) === undefined;
    };
    const isReached = await this.world.time.until(isSettled, CONVERGES_MILLIS);
    if (violated) throw new Error(`${what}: ${violated}`);
    if (isReached) return;
    throw new Error(
      `${what} does not come to an end: ${await this.#unsettled()}`,
    );
  }

  /** What must not be at any time, however short. */
  async #violation(scenario?: Scenario): Promise<string | undefined> {
    const { world } = this;
    const { plan } = world.portal;
    if (this.#looked?.plan === plan && this.#looked.epoch === plan.epoch) {
      return undefined;
    }
    this.#looked = { plan, epoch: plan.epoch };
    const violated = await world.query(violation);
    if (violated || !scenario?.isServing) return violated;
    const { port = 0 } = await world.cluster.front();
    const answer = await answering(port, 'prices.localhost');
    return /^\d+$/.test(answer)
      ? `callers were refused with ${answer}`
      : undefined;
  }

  #observe(): Promise<Observation> {
    const { cluster } = this.world;
    return this.world.query(database => observe(database, cluster));
  }

  /** What comes when nothing goes wrong is what should. */
  async #check(scenario: Scenario, result: Observation): Promise<void> {
    const rows = await this.world.query(database =>
      database<VersionRow>('versions'),
    );
    const statuses = Object.fromEntries(
      rows.map(({ runtime, name, status }) => [
        runtime === 'prices' ? name : `${runtime}/${name}`,
        status,
      ]),
    );
    const expected = scenario.leadsTo;
    const isExpected =
      Object.keys(statuses).length === Object.keys(expected).length &&
      Object.entries(expected).every(([name, is]) => statuses[name] === is);
    if (!isExpected) {
      throw new Error(
        `${scenario.name} led to ${JSON.stringify(
          statuses,
        )}, not ${JSON.stringify(expected)}`,
      );
    }
    const releases = this.world.cluster.releases();
    if (releases.join() !== wantedReleases(rows).join()) {
      throw new Error(
        `${
          scenario.name
        }: the cluster has the releases ${releases}, not ${wantedReleases(
          rows,
        )}; ${result.versions}`,
      );
    }
  }
}
