import { isError } from '@backstage/errors';
import type {
  KonstellationApi,
  Page,
} from '@konstellation/backstage-plugin-konstellation-common';
import type { RuntimeSnapshot } from './entities';

/** All that is read. */
export type RuntimeApi = Pick<
  KonstellationApi,
  'listRuntimes' | 'getRuntime' | 'listVersions' | 'getSchema'
>;

const PAGE_SIZE = 200;
/** A list that is longer than this many pages goes in circles. */
const MAX_PAGES = 1_000;
const REQUEST_TIMEOUT_MILLIS = 30_000;
/** Protos kept in memory; a version and so its proto never changes. */
const MAX_PROTOS = 500;

function isNotFound(error: unknown): boolean {
  return isError(error) && error.statusCode === 404;
}

async function readAll<T>(
  readPage: (cursor: string | undefined) => Promise<Page<T>>,
): Promise<T[]> {
  const items: T[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < MAX_PAGES; page++) {
    const answer = await readPage(cursor);
    items.push(...answer.items);
    cursor = answer.nextCursor;
    if (!cursor) return items;
  }
  throw new Error(`a list has more than ${MAX_PAGES} pages`);
}

/** Reads from the API what entities are made of. Any error is thrown: half an answer would remove entities. */
export class RuntimeReader {
  readonly #protos = new Map<string, string>();

  constructor(private readonly api: RuntimeApi) {}

  async listIds(signal: AbortSignal): Promise<string[]> {
    const runtimes = await readAll(cursor =>
      this.api.listRuntimes(
        { limit: PAGE_SIZE, cursor },
        { signal: this.#bounded(signal) },
      ),
    );
    return runtimes.map(({ id }) => id);
  }

  /** @returns undefined for a runtime that is not there */
  async read(
    id: string,
    signal: AbortSignal,
  ): Promise<RuntimeSnapshot | undefined> {
    try {
      const runtime = await this.api.getRuntime(id, {
        signal: this.#bounded(signal),
      });
      const versions = await readAll(cursor =>
        this.api.listVersions(
          id,
          { limit: PAGE_SIZE, cursor },
          { signal: this.#bounded(signal) },
        ),
      );
      const protos = new Map<string, string>();
      for (const solution of runtime.solutions) {
        const published = versions.find(
          ({ name }) => name === solution.publishedVersion,
        );
        if (published) {
          protos.set(solution.id, await this.#proto(published, signal));
        }
      }
      return { runtime, versions, protos };
    } catch (error) {
      if (isNotFound(error) && !(await this.#exists(id, signal))) {
        return undefined;
      }
      throw error;
    }
  }

  async #proto(
    version: { uid: string; name: string; runtime: string },
    signal: AbortSignal,
  ): Promise<string> {
    const known = this.#protos.get(version.uid);
    if (known !== undefined) return known;
    const { proto } = await this.api.getSchema(
      { runtime: version.runtime, version: version.name },
      { signal: this.#bounded(signal) },
    );
    const [oldest] = this.#protos.keys();
    if (oldest !== undefined && this.#protos.size >= MAX_PROTOS) {
      this.#protos.delete(oldest);
    }
    this.#protos.set(version.uid, proto);
    return proto;
  }

  /** Something may have gone between two reads: a version, or the runtime with all of them. */
  async #exists(id: string, signal: AbortSignal): Promise<boolean> {
    try {
      await this.api.getRuntime(id, { signal: this.#bounded(signal) });
      return true;
    } catch (error) {
      if (isNotFound(error)) return false;
      throw error;
    }
  }

  #bounded(signal: AbortSignal): AbortSignal {
    return AbortSignal.any([
      signal,
      AbortSignal.timeout(REQUEST_TIMEOUT_MILLIS),
    ]);
  }
}
