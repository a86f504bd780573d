import { ConflictError, ServiceUnavailableError } from '@backstage/errors';

/** Where a portal meets what is not its own. */
export type Seam = 'database' | 'packages' | 'cluster' | 'entrypoint';

/** One call of a portal at a seam. */
export interface Call {
  /** Place in the sequence of all calls, from 0. */
  at: number;
  seam: Seam;
  /** What was called, alike in every run, e.g. `apply Service/kre-prices/published-prices`. */
  label: string;
  isWrite: boolean;
  /** A read that answered something else than the same read before it. */
  canBeStale: boolean;
  /** A read of which a still earlier, other answer is known. */
  canBeOlder: boolean;
  /** How many calls before it had brought something further. */
  step: number;
}

/** One event of a watch that the cluster sent. */
export interface SeenEvent {
  /** Place in the sequence of all events, from 0. */
  at: number;
  label: string;
}

/**
 * What goes wrong, once:
 * - `kill-before`, `kill-after`: the process dies; after, the call took effect and nobody learns
 * - `conflict`, `unavailable`: the call fails and has no effect
 * - `lost`: the call takes effect, then the time is out
 * - `stale`: a read answers what it answered the last time
 * - `older`: a read answers what it answered before that
 * - `dropped`, `duplicated`: an event is not sent, or twice
 * - `gone` is 410: an event is not sent, and everything is to be listed again
 */
export type Fault =
  | {
      call: number;
      is:
        | 'kill-before'
        | 'kill-after'
        | 'conflict'
        | 'unavailable'
        | 'lost'
        | 'stale'
        | 'older';
      /** Call of the next life at which it dies as well, after which the one after that goes on. */
      again?: number;
    }
  | { event: number; is: 'dropped' | 'duplicated' | 'gone' };

/** What a call is. */
export interface CallTraits<T> {
  isWrite?: boolean;
  /** Whether a write changed something; by default it did. */
  changed?: (answer: T) => boolean;
  /** A write that says only that somebody looks, or what was seen: it brings nothing further. */
  isNote?: boolean;
  /** What else happens when the call fails, whether it took effect or not. */
  onFailure?: () => Promise<void>;
  /** What the same read answered the last time, and before that something else. */
  former?: { last: T; older?: T; isSame: (answer: T) => boolean };
}

/** A promise of its own each time, so that nothing is kept that waits for it. */
function nothingEver(): Promise<never> {
  return new Promise(() => undefined);
}

/**
 * Records every call of one life of a portal, and has one of them go wrong. A portal that was killed is dead: no call of it
 * reaches anything any more, and none of those under way is ever answered.
 */
export class FaultPlan {
  readonly calls: Call[] = [];
  readonly events: SeenEvent[] = [];
  readonly #onKill: Array<() => void> = [];
  /** Label of the call or event that went wrong. */
  struck: string | undefined;
  #underWay = 0;
  #progress = 0;
  #epoch = 0;
  #step = 0;
  #isDead = false;
  #isRecording = false;

  constructor(readonly fault?: Fault) {}

  /** It is to die, sooner or later. */
  get isToKill(): boolean {
    return this.fault?.is.startsWith('kill') === true;
  }

  get isDead(): boolean {
    return this.#isDead;
  }

  /** Calls under way, also of the dead: those take effect yet. */
  get underWay(): number {
    return this.#underWay;
  }

  /** Grows with everything that happens at the seams. */
  get progress(): number {
    return this.#progress;
  }

  /** How many calls have changed something. */
  get epoch(): number {
    return this.#epoch;
  }

  /** From now on calls count and may go wrong. */
  record(): void {
    this.#isRecording = true;
  }

  stopRecording(): void {
    this.#isRecording = false;
  }

  onKill(listener: () => void): void {
    this.#onKill.push(listener);
  }

  kill(): void {
    if (this.#isDead) return;
    this.#isDead = true;
    for (const listener of this.#onKill) listener();
  }

  /** What the portal does without it being a call that counts; never settles once it is dead. */
  alive<T>(work: () => Promise<T>): Promise<T> {
    if (this.#isDead) return nothingEver();
    this.#underWay++;
    this.#progress++;
    return new Promise<T>((resolve, reject) => {
      const end = (tell: () => void) => {
        this.#underWay--;
        this.#progress++;
        if (!this.#isDead) tell();
      };
      (async () => work())().then(
        value => end(() => resolve(value)),
        error => end(() => reject(error)),
      );
    });
  }

  /** Waits for something that comes by itself, sooner or later or never; that is nothing which is under way. */
  waiting<T>(work: () => Promise<T>): Promise<T> {
    if (this.#isDead) return nothingEver();
    return new Promise<T>((resolve, reject) => {
      const end = (tell: () => void) => {
        this.#progress++;
        if (!this.#isDead) tell();
      };
      work().then(
        value => end(() => resolve(value)),
        error => end(() => reject(error)),
      );
    });
  }

  /** A call: recorded, then carried out or not. */
  call<T>(
    seam: Seam,
    label: string,
    work: () => Promise<T>,
    traits: CallTraits<T> = {},
  ): Promise<T> {
    const {
      isWrite = false,
      changed = () => true,
      isNote,
      onFailure,
      former,
    } = traits;
    const call: Call = {
      at: this.calls.length,
      seam,
      label,
      isWrite,
      canBeStale: false,
      canBeOlder: former?.older !== undefined,
      step: this.#step,
    };
    const counted = async () => {
      const answer = await work();
      if (isWrite && changed(answer)) {
        this.#epoch++;
        if (!isNote) this.#step++;
      }
      call.canBeStale = former?.isSame(answer) === false;
      return answer;
    };
    if (!this.#isRecording || this.#isDead) return this.alive(counted);
    this.calls.push(call);
    const { fault } = this;
    if (!fault || !('call' in fault) || !this.#strikes(fault, call)) {
      return this.alive(counted);
    }
    this.struck = `${seam}: ${label}`;
    switch (fault.is) {
      case 'kill-before':
        this.kill();
        return nothingEver();
      case 'kill-after':
        return this.alive(() => counted().finally(() => this.kill()));
      case 'conflict':
        return this.alive(() =>
          Promise.reject(new ConflictError(`${label}: changed meanwhile`)),
        );
      case 'unavailable':
        return this.alive(async () => {
          await onFailure?.();
          throw timedOut(label);
        });
      case 'lost':
        return this.alive(async () => {
          await counted();
          await onFailure?.();
          throw timedOut(label);
        });
      case 'stale':
        return this.alive(async () => former?.last ?? counted());
      case 'older':
        return this.alive(async () => former?.older ?? counted());
      default: {
        const nothing: never = fault;
        return nothing;
      }
    }
  }

  /** A conflict is what a cluster answers: where a run goes another way, its next write there. */
  #strikes(fault: Fault & { call: number }, call: Call): boolean {
    if (fault.is !== 'conflict') return fault.call === call.at;
    return (
      this.struck === undefined &&
      call.at >= fault.call &&
      call.seam === 'cluster' &&
      call.isWrite
    );
  }

  /** An event the cluster sent. @returns what becomes of it */
  event(label: string): 'sent' | 'dropped' | 'duplicated' | 'gone' {
    if (this.#isDead) return 'dropped';
    this.#progress++;
    if (!this.#isRecording) return 'sent';
    const at = this.events.length;
    this.events.push({ at, label });
    const { fault } = this;
    if (!fault || !('event' in fault) || fault.event !== at) return 'sent';
    this.struck = `event: ${label}`;
    return fault.is;
  }
}

function timedOut(label: string): Error {
  return new ServiceUnavailableError(`${label}: timed out`);
}
