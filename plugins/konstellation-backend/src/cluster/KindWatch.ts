import type {
  KubernetesObject,
  ListOptions,
  ObjectKind,
  WatchEvent,
} from '@konstellation/backstage-plugin-konstellation-node';
import type { ApiServer } from './ApiServer';
import { Backoff } from './Backoff';
import { linesOf } from './lines';
import { collectionPath } from './paths';
import { labelSelector } from './selectors';
import { GoneError } from './statusErrors';

/** A watch is begun anew after that, at different times: servers that restart are not asked by all at once. */
const WATCH_SECONDS = { min: 300, max: 600 };
/** Servers send a bookmark about every minute; one that says nothing for longer is not there any more. */
const SILENCE_MILLIS = 180_000;
const SHORT_MILLIS = 1_000;

interface Position {
  resourceVersion: string;
}

/** What comes in a watch: an object, a bookmark with nothing but its version, or a Status. */
interface WatchLine {
  type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  object: KubernetesObject & { code?: number; message?: string };
}

export interface KindWatchOptions {
  api: Pick<ApiServer, 'call' | 'stream'>;
  kind: ObjectKind;
  selection: ListOptions;
  /** Changes may have been missed before: whoever wants to know what there is lists. */
  onRelisted: () => void;
  onEvent: (event: WatchEvent) => void;
  /** It does not work just now, and is tried again. */
  onProblem: (error: unknown) => void;
}

/**
 * Follows one kind: from where it stands, then each change. What is known of objects is kept by nobody: after a gap that cannot be
 * filled it says so. Goes on by itself from the last position when a connection ends, and from a new one when that is too old.
 *
 * @see https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes
 */
export class KindWatch {
  readonly #closed = new AbortController();
  readonly #backoff = new Backoff();

  constructor(private readonly options: KindWatchOptions) {
    void this.#run();
  }

  close(): void {
    this.#closed.abort();
  }

  get #signal(): AbortSignal {
    return this.#closed.signal;
  }

  async #run(): Promise<void> {
    let position: Position | undefined;
    while (!this.#signal.aborted) {
      try {
        if (!position) {
          position = await this.#position();
          if (this.#signal.aborted) return;
          this.options.onRelisted();
        }
        const begun = performance.now();
        await this.#follow(position);
        // Servers end a watch when its time is over. One that ends at once would be asked all the time.
        if (performance.now() - begun > SHORT_MILLIS) continue;
        await this.#backoff.pause(this.#signal);
      } catch (error) {
        if (this.#signal.aborted) return;
        if (error instanceof GoneError) {
          position = undefined;
        } else {
          this.options.onProblem(error);
        }
        await this.#backoff.pause(this.#signal);
      }
    }
  }

  /** Where the kind stands now. One object is enough to be told; what there is whoever follows lists. */
  async #position(): Promise<Position> {
    const { api, kind, selection } = this.options;
    const { metadata } = await api.call<{ metadata: Position }>({
      what: `list ${kind.kind}`,
      path: collectionPath(kind, selection.namespace),
      query: { labelSelector: labelSelector(selection.labels), limit: 1 },
      signal: this.#signal,
    });
    return { resourceVersion: metadata.resourceVersion };
  }

  /** Follows one connection to its end. */
  async #follow(position: Position): Promise<void> {
    const { api, kind, selection } = this.options;
    const { min, max } = WATCH_SECONDS;
    const silence = new AbortController();
    const timer = setTimeout(() => silence.abort(), SILENCE_MILLIS);
    timer.unref();
    try {
      const stream = await api.stream({
        what: `watch ${kind.kind}`,
        path: collectionPath(kind, selection.namespace),
        query: {
          watch: true,
          allowWatchBookmarks: true,
          resourceVersion: position.resourceVersion,
          labelSelector: labelSelector(selection.labels),
          timeoutSeconds: Math.floor(min + Math.random() * (max - min)),
        },
        signal: AbortSignal.any([this.#signal, silence.signal]),
      });
      for await (const line of linesOf(stream)) {
        timer.refresh();
        this.#take(JSON.parse(line), position);
      }
    } finally {
      clearTimeout(timer);
    }
  }

  #take({ type, object }: WatchLine, position: Position): void {
    if (type === 'ERROR') {
      if (object.code === 410) throw new GoneError('the watch is too old');
      throw new Error(object.message ?? 'the watch ended with an error');
    }
    position.resourceVersion =
      object.metadata.resourceVersion ?? position.resourceVersion;
    this.#backoff.reset();
    if (type !== 'BOOKMARK') this.options.onEvent({ type, object });
  }
}
