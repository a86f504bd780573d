import { readFile, rm } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import type {
  Container,
  ContainerState,
  ContainerStatus,
  Probe,
} from 'kubernetes-types/core/v1';
import { LogBuffer } from '../processes/LogBuffer';
import type { SupervisedProcess, Supervisor } from '../processes/Supervisor';
import { ConfigError, type Prepared } from './prepare';
import { probeOnce } from './probe';

/** A start is looked at more often than its probe says: on one machine asking costs nothing and users wait. */
const STARTUP_PERIOD_MILLIS = 100;
const MAX_MESSAGE = 4 * 1024;
/** A container that ran this long begins again with the shortest pause. */
const BACKOFF_RESET_MILLIS = 10 * 60_000;

export interface RestartBackoff {
  baseMillis: number;
  maxMillis: number;
}

export interface ContainerRunnerOptions {
  container: Container;
  /** Init containers are done when they end well, others never are. */
  init: boolean;
  /** undefined: the image cannot be played. */
  command: string[] | undefined;
  prepare: () => Prepared;
  portOf: (port: number | string) => number | undefined;
  supervisor: Supervisor;
  directory: string;
  terminationLog: string;
  backoff: RestartBackoff;
  gracePeriodMillis: number;
  onChange: () => void;
  onEvent: (
    type: 'Normal' | 'Warning',
    reason: string,
    message: string,
  ) => void;
}

const now = () => new Date().toISOString();

/** Plays one container of a pod: starts, probes, restarts and ends its process. */
export class ContainerRunner {
  readonly #abort = new AbortController();
  #state: ContainerState = { waiting: { reason: 'PodInitializing' } };
  #lastState: ContainerState = {};
  #restarts = 0;
  #ready = false;
  #started = false;
  #process: SupervisedProcess | undefined;
  #logs: LogBuffer | undefined;
  #previousLogs: LogBuffer | undefined;
  #done: Promise<void> | undefined;

  constructor(private readonly options: ContainerRunnerOptions) {}

  get name(): string {
    return this.options.container.name;
  }

  get isReady(): boolean {
    return this.#ready;
  }

  get hasSucceeded(): boolean {
    return this.#state.terminated?.exitCode === 0;
  }

  get pid(): number | undefined {
    return this.#process?.pid;
  }

  logs(previous: boolean): LogBuffer | undefined {
    return previous ? this.#previousLogs : this.#logs;
  }

  status(): ContainerStatus {
    const { container } = this.options;
    return {
      name: container.name,
      image: container.image ?? '',
      imageID: container.image ?? '',
      ready: this.options.init ? this.hasSucceeded : this.#ready,
      started: this.#started,
      restartCount: this.#restarts,
      state: this.#state,
      lastState: this.#lastState,
    };
  }

  /** Runs until it has succeeded (init) or is stopped. */
  run(): Promise<void> {
    this.#done ??= this.#loop();
    return this.#done;
  }

  /**
   * SIGTERM, and after the grace period SIGKILL. A `preStop` that sleeps is passed over: it gives a cluster time to send callers
   * elsewhere, which here has happened as soon as the pod is to go.
   */
  async stop(): Promise<void> {
    this.#abort.abort();
    const running = this.#process;
    if (running) {
      running.kill('SIGTERM');
      const ended = new AbortController();
      void pauseFor(this.options.gracePeriodMillis, ended.signal).then(() => {
        // Once it has ended the pid may be another's.
        if (!ended.signal.aborted) running.kill('SIGKILL');
      });
      await running.exited;
      ended.abort();
    }
    await this.#done;
  }

  get #stopping(): boolean {
    return this.#abort.signal.aborted;
  }

  async #loop(): Promise<void> {
    let pause = this.options.backoff.baseMillis;
    while (!this.#stopping) {
      const begun = Date.now();
      if (!(await this.#once())) {
        await this.#pause(this.options.backoff.baseMillis);
        continue;
      }
      if (this.#stopping || (this.options.init && this.hasSucceeded)) return;
      if (Date.now() - begun > BACKOFF_RESET_MILLIS) {
        pause = this.options.backoff.baseMillis;
      }
      this.#lastState = this.#state;
      this.#restarts++;
      const seconds = Math.round(pause / 100) / 10;
      this.#set({
        waiting: {
          reason: 'CrashLoopBackOff',
          message: `back-off ${seconds}s restarting failed container`,
        },
      });
      this.options.onEvent(
        'Warning',
        'BackOff',
        `Back-off restarting failed container ${this.name}`,
      );
      await this.#pause(pause);
      pause = Math.min(pause * 2, this.options.backoff.maxMillis);
    }
  }

  /** @returns whether a process ran; if not, the state says why */
  async #once(): Promise<boolean> {
    const { command, container, onEvent, supervisor, directory } = this.options;
    if (!command && !container.command) {
      const message = `the embedded cluster cannot play the image ${container.image}; name it in konstellation.embedded.images, or run it on a Kubernetes cluster`;
      this.#set({ waiting: { reason: 'ErrImageNeverPull', message } });
      onEvent('Warning', 'ErrImageNeverPull', message);
      return false;
    }
    let prepared: Prepared;
    try {
      prepared = this.options.prepare();
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      const { message } = error;
      this.#set({ waiting: { reason: 'CreateContainerConfigError', message } });
      onEvent('Warning', 'Failed', `Error: ${message}`);
      return false;
    }
    await rm(this.options.terminationLog, { force: true });
    const running = await supervisor.start({
      command: [...(prepared.command ?? command ?? []), ...prepared.args],
      env: prepared.env,
      cwd: directory,
    });
    const logs = new LogBuffer();
    logs.follow(running.stdout);
    logs.follow(running.stderr);
    this.#previousLogs = this.#logs ?? this.#previousLogs;
    this.#logs = logs;
    this.#process = running;
    const startedAt = now();
    this.#set({ running: { startedAt } });
    onEvent('Normal', 'Started', `Started container ${this.name}`);
    if (this.#stopping) running.kill('SIGTERM');
    const probing = new AbortController();
    const probes = this.#probe(running, probing.signal).catch(() => undefined);
    const { code, signal } = await running.exited;
    probing.abort();
    await probes;
    logs.end();
    this.#process = undefined;
    this.#ready = false;
    this.#started = false;
    const exitCode = code ?? (signal === 'SIGKILL' ? 137 : 143);
    this.#set({
      terminated: {
        exitCode,
        reason: exitCode === 0 ? 'Completed' : 'Error',
        message: exitCode === 0 ? '' : await this.#message(logs),
        startedAt,
        finishedAt: now(),
      },
    });
    return true;
  }

  async #message(logs: LogBuffer): Promise<string> {
    const written = await readFile(this.options.terminationLog, 'utf8').catch(
      () => '',
    );
    return (written.trim() || logs.tail(10)).slice(-MAX_MESSAGE);
  }

  async #probe(running: SupervisedProcess, signal: AbortSignal): Promise<void> {
    const { startupProbe, readinessProbe, livenessProbe } =
      this.options.container;
    if (startupProbe && !(await this.#startup(startupProbe, running, signal))) {
      return;
    }
    this.#started = true;
    this.options.onChange();
    await Promise.all([
      readinessProbe
        ? this.#readiness(readinessProbe, signal)
        : this.#setReady(!this.options.init),
      livenessProbe && this.#liveness(livenessProbe, running, signal),
    ]);
  }

  async #startup(
    probe: Probe,
    running: SupervisedProcess,
    signal: AbortSignal,
  ): Promise<boolean> {
    const deadline =
      Date.now() +
      (probe.periodSeconds ?? 10) * (probe.failureThreshold ?? 3) * 1_000;
    let told = 0;
    while (!signal.aborted) {
      const problem = await probeOnce(probe, this.options.portOf);
      if (signal.aborted) return false;
      if (problem === undefined) return true;
      if (Date.now() > deadline) {
        this.#unhealthy('Startup', problem);
        running.kill('SIGTERM');
        return false;
      }
      if (Date.now() - told > 5_000 && told > 0) {
        this.#unhealthy('Startup', problem);
      }
      told ||= Date.now();
      await pauseFor(STARTUP_PERIOD_MILLIS, signal);
    }
    return false;
  }

  async #readiness(probe: Probe, signal: AbortSignal): Promise<void> {
    let failures = 0;
    while (!signal.aborted) {
      const problem = await probeOnce(probe, this.options.portOf);
      if (signal.aborted) return;
      failures = problem === undefined ? 0 : failures + 1;
      if (problem === undefined) this.#setReady(true);
      else if (failures >= (probe.failureThreshold ?? 3)) {
        this.#setReady(false);
        this.#unhealthy('Readiness', problem);
      }
      const period = (probe.periodSeconds ?? 10) * 1_000;
      await pauseFor(
        this.#ready ? period : Math.min(period, STARTUP_PERIOD_MILLIS * 2),
        signal,
      );
    }
  }

  async #liveness(
    probe: Probe,
    running: SupervisedProcess,
    signal: AbortSignal,
  ): Promise<void> {
    let failures = 0;
    while (!signal.aborted) {
      await pauseFor((probe.periodSeconds ?? 10) * 1_000, signal);
      if (signal.aborted) return;
      const problem = await probeOnce(probe, this.options.portOf);
      failures = problem === undefined ? 0 : failures + 1;
      if (problem === undefined || failures < (probe.failureThreshold ?? 3)) {
        continue;
      }
      this.#unhealthy('Liveness', problem);
      running.kill('SIGTERM');
      await pauseFor(this.options.gracePeriodMillis, signal);
      running.kill('SIGKILL');
      return;
    }
  }

  #unhealthy(which: string, problem: string): void {
    this.options.onEvent(
      'Warning',
      'Unhealthy',
      `${which} probe failed: ${problem}`,
    );
  }

  #setReady(ready: boolean): void {
    if (this.#ready === ready) return;
    this.#ready = ready;
    this.options.onChange();
  }

  #set(state: ContainerState): void {
    this.#state = state;
    this.options.onChange();
  }

  #pause(millis: number): Promise<void> {
    return pauseFor(millis, this.#abort.signal);
  }
}

/** Ends early, and without an error, when the signal aborts. */
async function pauseFor(millis: number, signal: AbortSignal): Promise<void> {
  await setTimeout(millis, undefined, { signal }).catch(() => undefined);
}
