import { createHash } from 'node:crypto';
import type {
  LoggerService,
  SchedulerServiceTaskRunner,
} from '@backstage/backend-plugin-api';
import { stringifyEntityRef, type Entity } from '@backstage/catalog-model';
import { toError } from '@backstage/errors';
import type {
  DeferredEntity,
  EntityProvider,
  EntityProviderConnection,
} from '@backstage/plugin-catalog-node';
import type { EventParams, EventsService } from '@backstage/plugin-events-node';
import { KONSTELLATION_CATALOG_TOPIC } from '@konstellation/backstage-plugin-konstellation-node';
import { toEntities } from './entities';
import { retry } from './retry';
import type { RuntimeReader } from './RuntimeReader';

const PROVIDER = 'konstellation';
/** Runtimes read at once. */
const CONCURRENCY = 4;
/** A version that starts changes several times within this. */
const COALESCE_MILLIS = 1_000;
/** The konstellation plugin may still be starting, or a portal of its own. */
const REFRESH_ATTEMPTS = 40;
const CHANGE_ATTEMPTS = 3;
const DEFAULT_PAUSE_MILLIS = 5_000;

export interface KonstellationEntityProviderOptions {
  reader: RuntimeReader;
  /** `app.baseUrl` */
  baseUrl: string;
  events: EventsService;
  logger: LoggerService;
  taskRunner: SchedulerServiceTaskRunner;
  /** Pause after a failed attempt; 5 s by default. */
  pauseMillis?: number;
}

/** What the catalog was last told of a runtime. */
interface Told {
  fingerprint: string;
  refs: string[];
}

interface Loaded {
  id: string;
  /** Empty when the runtime is gone. */
  entities: Entity[];
  told: Told;
}

function describe(id: string, entities: Entity[]): Loaded {
  const hash = createHash('sha256').update(JSON.stringify(entities));
  const refs = entities.map(entity => stringifyEntityRef(entity));
  return { id, entities, told: { fingerprint: hash.digest('hex'), refs } };
}

function defer(entities: readonly Entity[]): DeferredEntity[] {
  return entities.map(entity => ({ entity, locationKey: PROVIDER }));
}

function runtimeOf({ eventPayload }: EventParams): string | undefined {
  return typeof eventPayload === 'object' &&
    eventPayload !== null &&
    'runtime' in eventPayload &&
    typeof eventPayload.runtime === 'string'
    ? eventPayload.runtime
    : undefined;
}

/**
 * Keeps the catalog as the runtimes are: one of them when an event says that it changed, all of them from time to time. One
 * after another, so that a slow full read never overwrites a change that came meanwhile. What cannot be read stays as it is.
 */
export class KonstellationEntityProvider implements EntityProvider {
  readonly #told = new Map<string, Told>();
  readonly #changed = new Set<string>();
  readonly #ended = new AbortController();
  #connection: EntityProviderConnection | undefined;
  #last: Promise<unknown> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;

  constructor(private readonly options: KonstellationEntityProviderOptions) {}

  getProviderName(): string {
    return PROVIDER;
  }

  async connect(connection: EntityProviderConnection): Promise<void> {
    this.#connection = connection;
    await this.options.events.subscribe({
      id: 'catalog-konstellation',
      topics: [KONSTELLATION_CATALOG_TOPIC],
      onEvent: async event => this.#onChange(runtimeOf(event)),
    });
    await this.options.taskRunner.run({
      id: 'konstellation-catalog-refresh',
      fn: signal => this.refresh(signal),
    });
  }

  /** Reads all runtimes. @throws when that fails time and again; the catalog keeps what it has */
  async refresh(signal?: AbortSignal): Promise<void> {
    await this.#persist(
      ending => this.#inTurn(() => this.#refreshAll(ending)),
      REFRESH_ATTEMPTS,
      signal,
    );
  }

  /** Ends what waits or runs. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#ended.abort();
  }

  #onChange(runtime: string | undefined): void {
    if (runtime === undefined || this.#ended.signal.aborted) return;
    this.#changed.add(runtime);
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      const changed = [...this.#changed];
      this.#changed.clear();
      for (const id of changed) void this.#refreshChanged(id);
    }, COALESCE_MILLIS).unref();
  }

  async #refreshChanged(id: string): Promise<void> {
    try {
      await this.#persist(
        ending =>
          this.#inTurn(async () => this.#tellOne(await this.#load(id, ending))),
        CHANGE_ATTEMPTS,
      );
    } catch (error) {
      if (this.#ended.signal.aborted) return;
      this.options.logger.warn(
        `The catalog may show an old state of runtime ${id} until all are read again`,
        toError(error),
      );
    }
  }

  async #refreshAll(signal: AbortSignal): Promise<void> {
    const ids = await this.options.reader.listIds(signal);
    const loaded: Loaded[] = [];
    const failures: Error[] = [];
    const waiting = [...ids];
    const work = async () => {
      for (let id = waiting.shift(); id; id = waiting.shift()) {
        try {
          loaded.push(await this.#load(id, signal));
        } catch (error) {
          signal.throwIfAborted();
          failures.push(toError(error));
        }
      }
    };
    await Promise.all(Array.from({ length: CONCURRENCY }, work));
    const [failure] = failures;
    if (!failure) {
      await this.#tellAll(loaded);
      return;
    }
    for (const one of loaded) await this.#tellOne(one);
    const gone = [...this.#told.keys()].filter(id => !ids.includes(id));
    for (const id of gone) await this.#tellOne(describe(id, []));
    throw new Error(
      `${failures.length} of ${ids.length} runtimes could not be read: ${failure.message}`,
    );
  }

  async #load(id: string, signal: AbortSignal): Promise<Loaded> {
    const snapshot = await this.options.reader.read(id, signal);
    const { baseUrl } = this.options;
    return describe(id, snapshot ? toEntities(snapshot, { baseUrl }) : []);
  }

  async #tellAll(loaded: readonly Loaded[]): Promise<void> {
    await this.#connected().applyMutation({
      type: 'full',
      entities: defer(loaded.flatMap(({ entities }) => entities)),
    });
    this.#told.clear();
    for (const one of loaded) this.#remember(one);
  }

  async #tellOne(loaded: Loaded): Promise<void> {
    const { id, entities, told } = loaded;
    const before = this.#told.get(id);
    if (before?.fingerprint === told.fingerprint) return;
    const now = new Set(told.refs);
    await this.#connected().applyMutation({
      type: 'delta',
      added: defer(entities),
      removed: (before?.refs ?? [])
        .filter(ref => !now.has(ref))
        .map(entityRef => ({ entityRef, locationKey: PROVIDER })),
    });
    this.#remember(loaded);
  }

  #remember({ id, entities, told }: Loaded): void {
    if (entities.length > 0) this.#told.set(id, told);
    else this.#told.delete(id);
  }

  #connected(): EntityProviderConnection {
    if (!this.#connection) throw new Error('the catalog is not connected');
    return this.#connection;
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(work);
    this.#last = result.catch(() => undefined);
    return result;
  }

  #persist(
    work: (signal: AbortSignal) => Promise<void>,
    attempts: number,
    signal?: AbortSignal,
  ): Promise<void> {
    const ending = signal
      ? AbortSignal.any([signal, this.#ended.signal])
      : this.#ended.signal;
    return retry(() => work(ending), {
      attempts,
      signal: ending,
      pauseMillis: this.options.pauseMillis ?? DEFAULT_PAUSE_MILLIS,
      onRetry: error =>
        this.options.logger.warn(
          'Konstellation could not be read for the catalog; it keeps what it has until the next attempt',
          error,
        ),
    });
  }
}
