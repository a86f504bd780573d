// All objects of a kind, kept current: listed once, then watched.
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

const RETRY_MILLIS = 500;
/** The server ends a watch after this; a connection that died unseen is noticed soon after. */
const WATCH_SECONDS = 240;

const idOf = ({ metadata }) => `${metadata.namespace ?? ''}/${metadata.name}`;
const query = (path, words) =>
  `${path}${path.includes('?') ? '&' : '?'}${words}`;

class Watched {
  #api;
  #path;
  #onChange;
  #objects = new Map();
  #isListed = false;

  constructor(api, path, onChange) {
    this.#api = api;
    this.#path = path;
    this.#onChange = onChange;
  }

  get isListed() {
    return this.#isListed;
  }

  get objects() {
    return [...this.#objects.values()];
  }

  async #list() {
    const { metadata, items } = await this.#api.get(this.#path);
    this.#objects = new Map(items.map(each => [idOf(each), each]));
    this.#isListed = true;
    this.#onChange();
    return metadata.resourceVersion;
  }

  #take({ type, object }) {
    if (type === 'ERROR') throw new Error(object.message);
    if (type === 'DELETED') this.#objects.delete(idOf(object));
    else if (type !== 'BOOKMARK') this.#objects.set(idOf(object), object);
    if (type !== 'BOOKMARK') this.#onChange();
    return object.metadata.resourceVersion;
  }

  /** @returns the version to go on from when the server ends it. @throws an Error when it has to be listed again */
  async #watch(from) {
    let version = from;
    const answer = await this.#api.open(
      'GET',
      query(
        this.#path,
        `watch=true&allowWatchBookmarks=true&timeoutSeconds=${WATCH_SECONDS}&resourceVersion=${version}`,
      ),
      { timeout: (WATCH_SECONDS + 30) * 1000 },
    );
    if (answer.statusCode !== 200) {
      answer.resume();
      throw new Error(`${this.#path}: ${answer.statusCode}`);
    }
    for await (const line of createInterface({ input: answer })) {
      if (line) version = this.#take(JSON.parse(line));
    }
    return version;
  }

  async run() {
    for (;;) {
      try {
        let version = await this.#list();
        for (;;) version = await this.#watch(version);
      } catch (error) {
        process.stderr.write(`${error.message}\n`);
        await sleep(RETRY_MILLIS);
      }
    }
  }
}

/**
 * @param api - of apiClient
 * @param path - of the list, `/api/v1/pods`
 * @param onChange - called after each change, and once listed
 * @returns `{ objects, isListed }`, current
 */
export function watchAll(api, path, onChange) {
  const watched = new Watched(api, path, onChange);
  void watched.run();
  return watched;
}

/** Does work after changes, once for all that come while it runs. @returns what to call at a change */
export function coalesce(work) {
  let isWanted = false;
  let isRunning = false;
  async function run() {
    isRunning = true;
    while (isWanted) {
      isWanted = false;
      try {
        await work();
      } catch (error) {
        process.stderr.write(`${error.message}\n`);
        isWanted = true;
        await sleep(RETRY_MILLIS);
      }
    }
    isRunning = false;
  }
  return () => {
    isWanted = true;
    if (!isRunning) setImmediate(run);
    isRunning = true;
  };
}
