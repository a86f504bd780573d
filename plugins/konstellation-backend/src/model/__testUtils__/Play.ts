import type { ActivityRow } from '../../database/rows';
import { ActivityLog, isOf, lineOf } from './ActivityLog';
import { databaseLines, difference, forgetGone, modelLines } from './compare';
import { checkPublications, Originals } from './history';
import { clusterProblems } from './objects';
import { ID, numbersOf, readRows, type Rows } from './rows';
import { checkShown } from './shown';
import { ACCEPTED, NO_RUNTIME, UNCHANGED, type Unknown } from './spec/answers';
import type { Command } from './spec/commands';
import { statusOf } from './spec/lifecycle';
import { Model } from './spec/Model';
import type { Runtime } from './spec/state';
import { request } from './stage/requests';
import type { KeptStage, Stage } from './stage/Stage';
import { Troubles } from './Troubles';
import { unrestOf } from './unrest';

/** Longer than anything that is tried again waits, and than the portal looks through the cluster. */
const RESTS_WITHIN_MILLIS = 150_000;
const LOOK_EVERY_MILLIS = 200;

/** Where a run may begin. */
export interface Scene {
  name: string;
  kept?: { stage: KeptStage; runtimes: Runtime[]; log: ActivityRow[] };
}

/**
 * One run: what is real beside the model. What happens by itself the model learns from the activity log, entry by entry, so that
 * commands may come while something is going on: their answers fit one of the states that were passed.
 */
export class Play {
  readonly model = new Model();
  readonly troubles: Troubles;
  /** What was done so far, for people. */
  readonly story: string[] = [];
  /** Answers by what was asked for, and what happened by itself. */
  readonly met: string[] = [];
  readonly #log: ActivityLog;
  readonly #originals = new Originals();
  /** Everything has come to what is wanted, and nothing has happened since. */
  #isAtRest: boolean;

  private constructor(readonly stage: Stage, { kept }: Scene) {
    this.troubles = new Troubles(stage.cluster);
    this.#log = new ActivityLog(stage, kept?.log);
    this.model.runtimes = structuredClone(kept?.runtimes ?? []);
    // A portal that has just begun has yet to look.
    this.#isAtRest = kept === undefined;
  }

  static async begin(stage: Stage, scene: Scene): Promise<Play> {
    await stage.begin(scene.kept?.stage);
    return new Play(stage, scene);
  }

  /** Ends at rest, so that others can begin here. */
  async keep(name: string): Promise<Scene> {
    await this.rest();
    const { runtimes } = this.model;
    const log = [...this.#log.entries];
    return {
      name,
      kept: { stage: await this.stage.keep(name), runtimes, log },
    };
  }

  /** Something in the cluster, or to the portal, changes. */
  disturb(): void {
    this.#isAtRest = false;
  }

  /** All answers that a command may get now. */
  answers(command: Command): Set<string> {
    const { model, troubles } = this;
    const known: Unknown = { gone: 0, isAvailable: troubles.isFine };
    const levels: Array<Unknown['gone']> = [0, 1, 2, 3];
    const possible: Unknown[] = levels.flatMap(gone => [
      { gone, isAvailable: () => true },
      { gone, isAvailable: () => false },
    ]);
    const unknowns = this.#isAtRest ? [known] : possible;
    return new Set(unknowns.map(unknown => model.answer(command, unknown)));
  }

  /**
   * Gives commands, all at once.
   * @param isPrompt - what they set off is not waited for
   * @throws Error when an answer or its effect is another than it should be
   */
  async ask(commands: Command[], isPrompt: boolean): Promise<string[]> {
    const { stage } = this;
    if (commands.some(isByDefault)) await this.follow();
    const possible = () => commands.map(command => this.answers(command));
    const states = [possible()];
    const work = Promise.all(commands.map(command => this.#request(command)));
    const given = await (isPrompt ? stage.promptly(work) : stage.during(work));
    if (!isPrompt) await stage.time.quiet();
    const activities = await this.#log.next();
    const rows = await stage.read(readRows);
    const answers = given.map(answer => worded(answer, rows));
    const done = new Set<number>();
    for (const activity of activities) {
      const at = commands.findIndex(
        (command, index) => !done.has(index) && isOf(activity, command),
      );
      const command = commands[at];
      if (command) {
        done.add(at);
        const expected = states.at(-1)?.[at];
        checkAccepted(activity, answers[at] ?? '', expected ?? new Set());
        this.#learn(activity, () => this.model.accept(command));
      } else {
        this.#happen(activity);
      }
      states.push(possible());
    }
    commands.forEach((_, at) => {
      if (done.has(at)) return;
      // Accepted without a trace: there was nothing to be done.
      if (answers[at] === ACCEPTED) answers[at] = UNCHANGED;
      checkAnswer(
        answers[at] ?? '',
        states.flatMap(state => state[at] ?? []),
      );
    });
    commands.forEach((command, at) =>
      this.met.push(
        `${command.do}: ${answers[at]?.split(/[:"]/, 2).join(':')}`,
      ),
    );
    if (!isPrompt) this.#compare(rows);
    return answers;
  }

  /** Learns what happened by itself, once nothing happens at this moment. */
  async follow(): Promise<Rows> {
    await this.stage.time.quiet();
    for (const activity of await this.#log.next()) this.#happen(activity);
    const rows = await this.stage.read(readRows);
    this.#compare(rows);
    return rows;
  }

  /** Lets everything come to what is wanted. @throws Error when it does not, or is shown as something else */
  async rest(): Promise<void> {
    const { stage, model, troubles } = this;
    let unrest: string[] = [];
    let next = Date.now() + LOOK_EVERY_MILLIS;
    const isAtRest = async () => {
      if (Date.now() < next) return false;
      next = Date.now() + LOOK_EVERY_MILLIS;
      unrest = await this.#unrest();
      return unrest.length === 0;
    };
    if (!(await stage.time.until(isAtRest, RESTS_WITHIN_MILLIS))) {
      const lines = [...unrest, ...stage.log.slice(-5)];
      throw new Error(`it does not come to rest:\n  ${lines.join('\n  ')}`);
    }
    this.#isAtRest = true;
    await checkShown(stage, model.runtimes, troubles.isFine);
    await this.#log.check();
  }

  async #unrest(): Promise<string[]> {
    const { stage, model, troubles } = this;
    const rows = await this.follow();
    const unrest = unrestOf(model, rows, troubles.isFine);
    if (!stage.cluster.isIdle) unrest.push('the cluster works');
    return unrest.length > 0
      ? unrest
      : clusterProblems(stage.cluster, model, rows, troubles.isFine);
  }

  #compare(rows: Rows): void {
    forgetGone(this.model, rows);
    const lines = difference(modelLines(this.model), databaseLines(rows));
    if (lines.length > 0) {
      throw new Error(`it came to something else:\n  ${lines.join('\n  ')}`);
    }
    checkPublications(rows);
    this.#originals.check(rows);
  }

  #happen(activity: ActivityRow): void {
    const { actor, runtime, version, type, to, comment } = activity;
    if (actor !== 'system') {
      throw new Error(`nobody asked for this: ${lineOf(activity)}`);
    }
    if (!comment) throw new Error(`it does not say why: ${lineOf(activity)}`);
    this.met.push(type);
    this.#learn(activity, () =>
      this.model.happen(runtime, version ?? '', type, to ?? undefined),
    );
  }

  /** Changes the model as the log says. @throws Error when that must not be, or statuses are others */
  #learn(activity: ActivityRow, change: () => void): void {
    const { runtime, version, from, to } = activity;
    const status = () => {
      const found = this.model.version(runtime, version ?? '');
      return found && statusOf(found);
    };
    const before = status();
    try {
      change();
    } catch (error) {
      throw new Error(`${lineOf(activity)}, but ${error}`);
    }
    const after = status();
    const isSo = (said: string | null, is?: string) =>
      said === null || said === is;
    if (!isSo(from, before) || !isSo(to, after)) {
      throw new Error(
        `${lineOf(activity)}, but it went from ${before} to ${after}`,
      );
    }
    this.#isAtRest = false;
  }

  /** @returns {@link ACCEPTED}, or the name of the error and its words */
  async #request(command: Command): Promise<string> {
    try {
      const id = await this.#publicationOf(command);
      await request(this.stage.services, command, id);
      return ACCEPTED;
    } catch (error) {
      return String(error);
    }
  }

  async #publicationOf(command: Command): Promise<string | undefined> {
    if (command.do !== 'roll back' || command.to === undefined)
      return undefined;
    const { runtime, solution = runtime, to } = command;
    const { publications } = await this.stage.read(readRows);
    const own = publications.filter(
      row => row.runtime === runtime && row.solution === solution,
    );
    return own[to]?.id ?? `#${to}`;
  }
}

/** What it does depends on what is published when it is asked for, not when it takes effect. */
function isByDefault(command: Command): boolean {
  return command.do === 'roll back' && command.to === undefined;
}

/** Ids of publications become their numbers, as the model knows them. */
function worded(answer: string, { publications }: Rows): string {
  const numbers = numbersOf(publications);
  return answer.replace(ID, id => `#${numbers.get(id) ?? id}`);
}

const quoted = (answers: Iterable<string>) =>
  [...new Set(answers)].map(answer => `"${answer}"`).join(' or ');

function checkAccepted(
  activity: ActivityRow,
  answer: string,
  expected: Set<string>,
): void {
  if (answer !== ACCEPTED) {
    throw new Error(
      `it was answered "${answer}", but took effect: ${lineOf(activity)}`,
    );
  }
  if (!expected.has(ACCEPTED)) {
    throw new Error(`it was accepted, not answered ${quoted(expected)}`);
  }
}

function checkAnswer(answer: string, states: Array<Set<string>>): void {
  const fits = (answers: Set<string>) =>
    answers.has(answer) ||
    (answers.has(NO_RUNTIME) && answer.startsWith(NO_RUNTIME));
  if (states.some(fits)) return;
  const expected = quoted(states.flatMap(answers => [...answers]));
  throw new Error(`it was answered "${answer}", not ${expected}`);
}
