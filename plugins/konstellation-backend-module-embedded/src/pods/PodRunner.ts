import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  refOf,
  type KubernetesObject,
} from '@konstellation/backstage-plugin-konstellation-node';
import type {
  Container,
  Pod,
  PodCondition,
  PodStatus,
} from 'kubernetes-types/core/v1';
import type { LogBuffer } from '../processes/LogBuffer';
import type { Supervisor } from '../processes/Supervisor';
import type { EventRecorder } from '../store/EventRecorder';
import { type ObjectStore } from '../store/ObjectStore';
import { ContainerRunner, type RestartBackoff } from './ContainerRunner';
import { freePort, releasePort } from './freePort';
import { commandOf, type PlayableImage } from './images';
import { ConfigError, makeVolumes, prepareContainer } from './prepare';

const DEFAULT_GRACE_SECONDS = 30;
const VOLUME_RETRY_MILLIS = 1_000;

export interface PodRunnerOptions {
  pod: KubernetesObject;
  store: ObjectStore;
  events: EventRecorder;
  supervisor: Supervisor;
  images: readonly PlayableImage[];
  /** Folder of this pod alone. */
  directory: string;
  serviceMap: string;
  backoff: RestartBackoff;
}

/** Plays one pod: volumes, init containers in order, then the containers, and its status as a kubelet writes it. */
export class PodRunner {
  readonly #ports = new Map<string, number>();
  readonly #init: ContainerRunner[] = [];
  readonly #main: ContainerRunner[] = [];
  readonly #transitions = new Map<string, { status: string; at: string }>();
  readonly #startTime = new Date().toISOString();
  #initialised = false;
  #stopping = false;
  #volumeProblem: string | undefined;
  #running: Promise<void> | undefined;

  constructor(private readonly options: PodRunnerOptions) {}

  /** Loopback port of a container port, by its name or number. */
  portOf(port: number | string): number | undefined {
    if (typeof port === 'string') return this.#ports.get(port);
    const named = this.#containers.find(({ ports }) =>
      ports?.some(({ containerPort }) => containerPort === port),
    );
    const name = named?.ports?.find(
      ({ containerPort }) => containerPort === port,
    )?.name;
    return name === undefined ? port : this.#ports.get(name);
  }

  logs(container: string, previous: boolean): LogBuffer | undefined {
    return this.#runners.find(({ name }) => name === container)?.logs(previous);
  }

  hasContainer(name: string): boolean {
    return this.#runners.some(runner => runner.name === name);
  }

  /** Pids of its containers, by their names. */
  get processes(): Array<{ container: string; pid: number }> {
    return this.#runners.flatMap(({ name, pid }) =>
      pid === undefined ? [] : [{ container: name, pid }],
    );
  }

  start(): void {
    this.#running ??= this.#run().catch(error => {
      this.options.events.record(
        this.options.pod,
        'Warning',
        'FailedCreatePodSandBox',
        String(error),
      );
    });
  }

  /** Ends all containers, then the folder and the ports go. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await Promise.all(this.#runners.map(runner => runner.stop()));
    await this.#running;
    // Those that were made while the others ended.
    await Promise.all(this.#runners.map(runner => runner.stop()));
    for (const port of this.#ports.values()) releasePort(port);
    await rm(this.options.directory, { recursive: true, force: true });
  }

  get #spec(): Pod['spec'] {
    const pod: Pod = this.options.pod as Pod;
    return pod.spec;
  }

  get #containers(): Container[] {
    return this.#spec?.containers ?? [];
  }

  get #runners(): ContainerRunner[] {
    return [...this.#init, ...this.#main];
  }

  async #run(): Promise<void> {
    const { directory } = this.options;
    await mkdir(directory, { recursive: true, mode: 0o700 });
    for (const container of this.#containers) {
      for (const { name, containerPort } of container.ports ?? []) {
        this.#ports.set(name ?? String(containerPort), await freePort());
      }
    }
    const folders = await this.#volumes();
    if (!folders || this.#stopping) return;
    for (const container of this.#spec?.initContainers ?? []) {
      const runner = this.#runner(container, folders, true);
      this.#init.push(runner);
      await runner.run();
      if (this.#stopping || !runner.hasSucceeded) return;
    }
    this.#initialised = true;
    for (const container of this.#containers) {
      this.#main.push(this.#runner(container, folders, false));
    }
    this.#report();
    await Promise.all(this.#main.map(runner => runner.run()));
  }

  async #volumes(): Promise<Map<string, string> | undefined> {
    const { store, pod, directory } = this.options;
    while (!this.#stopping) {
      try {
        const folders = await makeVolumes(
          store,
          pod as Pod,
          pod.metadata.namespace ?? '',
          directory,
        );
        this.#volumeProblem = undefined;
        return folders;
      } catch (error) {
        if (!(error instanceof ConfigError)) throw error;
        this.#volumeProblem = error.message;
        this.options.events.record(
          pod,
          'Warning',
          'FailedMount',
          error.message,
        );
        this.#report();
        await new Promise(resolve => setTimeout(resolve, VOLUME_RETRY_MILLIS));
      }
    }
    return undefined;
  }

  #runner(
    container: Container,
    folders: Map<string, string>,
    init: boolean,
  ): ContainerRunner {
    const { pod, store, directory, serviceMap } = this.options;
    const terminationLog = join(directory, `${container.name}.termination`);
    return new ContainerRunner({
      container,
      init,
      command: commandOf(this.options.images, container.image ?? ''),
      prepare: () =>
        prepareContainer({
          store,
          pod,
          container,
          folders,
          ports: this.#ports,
          directory,
          serviceMap,
          terminationLog,
        }),
      portOf: port => this.portOf(port),
      supervisor: this.options.supervisor,
      directory,
      terminationLog,
      backoff: this.options.backoff,
      gracePeriodMillis:
        (this.#spec?.terminationGracePeriodSeconds ?? DEFAULT_GRACE_SECONDS) *
        1_000,
      onChange: () => this.#report(),
      onEvent: (type, reason, message) =>
        this.options.events.record(pod, type, reason, message),
    });
  }

  #report(): void {
    this.options.store.setStatus(refOf(this.options.pod), this.#status());
  }

  #status(): PodStatus {
    const ready =
      this.#initialised &&
      this.#main.length > 0 &&
      this.#main.every(runner => runner.isReady);
    const waiting = this.#volumeProblem
      ? { reason: 'CreateContainerConfigError', message: this.#volumeProblem }
      : { reason: this.#initialised ? 'ContainerCreating' : 'PodInitializing' };
    const running = this.#main.some(runner => runner.pid !== undefined);
    return {
      phase: running || this.#initialised ? 'Running' : 'Pending',
      podIP: '127.0.0.1',
      hostIP: '127.0.0.1',
      startTime: this.#startTime,
      conditions: [
        this.#condition('PodScheduled', true),
        this.#condition('Initialized', this.#initialised),
        this.#condition('ContainersReady', ready),
        this.#condition('Ready', ready),
      ],
      initContainerStatuses: this.#init.map(runner => runner.status()),
      containerStatuses: this.#containers.map(
        container =>
          this.#main.find(({ name }) => name === container.name)?.status() ?? {
            name: container.name,
            image: container.image ?? '',
            imageID: '',
            ready: false,
            started: false,
            restartCount: 0,
            state: { waiting },
          },
      ),
    };
  }

  #condition(type: string, value: boolean): PodCondition {
    const status = value ? 'True' : 'False';
    const before = this.#transitions.get(type);
    const at = before?.status === status ? before.at : new Date().toISOString();
    this.#transitions.set(type, { status, at });
    return { type, status, lastTransitionTime: at };
  }
}
