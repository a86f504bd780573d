import type { LoggerService } from '@backstage/backend-plugin-api';
import { isError, stringifyError } from '@backstage/errors';
import type {
  ObjectKind,
  WatchEvent,
} from '@konstellation/backstage-plugin-konstellation-node';
import type { ApiServer } from './ApiServer';
import type { AppliedObjects } from './AppliedObjects';
import { EventQueue } from './EventQueue';
import { KindWatch } from './KindWatch';
import { isClusterWide } from './paths';

export interface KindsWatchOptions {
  api: Pick<ApiServer, 'call' | 'stream' | 'cluster'>;
  applied: AppliedObjects;
  kinds: ObjectKind[];
  labels?: Record<string, string>;
  /** Only in these; everywhere by default. */
  namespaces?: string[];
  handler: (event: WatchEvent) => void | Promise<void>;
  logger: LoggerService;
}

interface Part {
  kind: ObjectKind;
  namespace?: string;
}

/** Secrets are read by nobody but those they are for. */
const isWatched = ({ kind }: ObjectKind) => kind !== 'Secret';

/** What is followed: each kind once, or once in each namespace where the portal sees no more than those. */
function partsOf({ kinds, namespaces }: KindsWatchOptions): Part[] {
  const watched = kinds.filter(isWatched);
  if (!namespaces) return watched.map(kind => ({ kind }));
  return watched
    .filter(kind => !isClusterWide(kind))
    .flatMap(kind => namespaces.map(namespace => ({ kind, namespace })));
}

/** Follows kinds together: one handler is told of all, one event after another. */
export class KindsWatch {
  readonly #queue: EventQueue;
  readonly #parts: Array<{ close(): void }>;
  readonly #unlisted = new Set<Part>();

  constructor(private readonly options: KindsWatchOptions) {
    const { api, handler, logger } = options;
    this.#queue = new EventQueue(handler, error =>
      logger.error(
        `a change in the cluster "${
          api.cluster
        }" was not handled: ${stringifyError(error)}`,
      ),
    );
    const parts = partsOf(options);
    parts.forEach(part => this.#unlisted.add(part));
    this.#parts = parts.map(part => this.#follow(part));
  }

  close(): void {
    this.#queue.close();
    this.#parts.forEach(part => part.close());
  }

  /** It begins with one `RELISTED` for all; later each part has its own. */
  #begun(part: Part): void {
    const isFirst = this.#unlisted.delete(part);
    if (!isFirst || this.#unlisted.size === 0) {
      this.#queue.add({ type: 'RELISTED' });
    }
  }

  #follow(part: Part): { close(): void } {
    const { api, applied, labels, logger } = this.options;
    const { kind, namespace } = part;
    const followed = applied.watching(kind);
    const watch = new KindWatch({
      api,
      kind,
      selection: { labels, namespace },
      onRelisted: () => {
        followed.missed();
        this.#begun(part);
      },
      onEvent: event => {
        applied.onEvent(event);
        this.#queue.add(event);
      },
      onProblem: error => {
        const place = namespace === undefined ? '' : ` in "${namespace}"`;
        logger.warn(
          `${kind.kind}${place} of the cluster "${
            api.cluster
          }" cannot be watched just now: ${stringifyError(error)}`,
        );
        // Where the portal has no right it may take long to get one: the others do not wait for that.
        const isRefused = isError(error) && error.name === 'NotAllowedError';
        if (isRefused && this.#unlisted.has(part)) this.#begun(part);
      },
    });
    return {
      close() {
        watch.close();
        followed.close();
      },
    };
  }
}
