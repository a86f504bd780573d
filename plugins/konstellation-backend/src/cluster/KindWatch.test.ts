import { PassThrough } from 'node:stream';
import type { ApiCall, ApiServer } from './ApiServer';
import { KindWatch } from './KindWatch';
import { GoneError } from './statusErrors';

const CONFIG_MAP = { apiVersion: 'v1', kind: 'ConfigMap' };

/** Waits until it is so; the watch goes on by itself. */
async function until(what: () => boolean): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!what()) {
    if (Date.now() > deadline) throw new Error('it did not become so');
    await new Promise(resolve => setTimeout(resolve, 5));
  }
}

/** An API server that answers watches with what the test writes. */
class WatchedServer {
  readonly calls: ApiCall[] = [];
  readonly streams: PassThrough[] = [];
  /** Answers in place of the next watches. */
  readonly refusals: Error[] = [];
  #version = 100;

  get api(): Pick<ApiServer, 'call' | 'stream'> {
    return {
      call: async <T>(call: ApiCall): Promise<T> => {
        this.calls.push(call);
        this.#version += 100;
        const list = { metadata: { resourceVersion: String(this.#version) } };
        return JSON.parse(JSON.stringify(list));
      },
      stream: async call => {
        this.calls.push(call);
        const refusal = this.refusals.shift();
        if (refusal) throw refusal;
        const stream = new PassThrough();
        call.signal?.addEventListener('abort', () => stream.destroy());
        this.streams.push(stream);
        return Object.assign(stream, { statusCode: 200 }) as never;
      },
    };
  }

  get versions() {
    return this.calls.flatMap(({ query }) => query?.resourceVersion ?? []);
  }

  write(line: object): void {
    this.streams.at(-1)?.write(`${JSON.stringify(line)}\n`);
  }
}

describe('KindWatch', () => {
  let server: WatchedServer;
  let seen: string[];
  let problems: string[];
  let watch: KindWatch;

  beforeEach(async () => {
    server = new WatchedServer();
    seen = [];
    problems = [];
    watch = new KindWatch({
      api: server.api,
      kind: CONFIG_MAP,
      selection: { labels: { app: 'shop' } },
      onRelisted: () => seen.push('relisted'),
      onEvent: ({ type, object }) =>
        seen.push(`${type} ${object?.metadata.name}`),
      onProblem: error => problems.push(String(error)),
    });
    await until(() => server.streams.length === 1);
  });

  afterEach(() => watch.close());

  const changed = (type: string, name: string, resourceVersion: string) => ({
    type,
    object: { ...CONFIG_MAP, metadata: { name, resourceVersion } },
  });

  it('begins where the kind stands, with one object for all', async () => {
    expect(seen).toEqual(['relisted']);
    expect(server.calls).toMatchObject([
      {
        path: '/api/v1/configmaps',
        query: { labelSelector: 'app=shop', limit: 1 },
      },
      {
        query: {
          watch: true,
          allowWatchBookmarks: true,
          resourceVersion: '200',
          labelSelector: 'app=shop',
        },
      },
    ]);
  });

  it('goes on from the last change or bookmark when the connection ends', async () => {
    server.write(changed('ADDED', 'a', '201'));
    server.write({
      type: 'BOOKMARK',
      object: { metadata: { resourceVersion: '250' } },
    });
    await until(() => seen.length === 2);
    server.streams.at(-1)?.end();
    await until(() => server.streams.length === 2);
    server.write(changed('DELETED', 'a', '251'));
    await until(() => seen.length === 3);
    server.streams.at(-1)?.destroy(new Error('cut'));
    await until(() => server.streams.length === 3);
    expect(server.versions).toEqual(['200', '250', '251']);
    expect(seen).toEqual(['relisted', 'ADDED a', 'DELETED a']);
    expect(problems).toEqual(['Error: cut']);
  });

  it.each([
    [
      'while it watches',
      (it: WatchedServer) =>
        it.write({ type: 'ERROR', object: { code: 410, metadata: {} } }),
    ],
    [
      'when it comes back',
      (it: WatchedServer) => {
        it.refusals.push(new GoneError('too old'));
        it.streams.at(-1)?.end();
      },
    ],
  ])(
    'says that changes were missed: its position is too old %s',
    async (_, gone) => {
      gone(server);
      await until(() => server.streams.length === 2);
      expect(seen).toEqual(['relisted', 'relisted']);
      expect(server.versions.at(-1)).toBe('300');
      expect(problems).toEqual([]);
    },
  );

  it('tries again when the server refuses, and tells', async () => {
    server.refusals.push(new Error('busy'), new Error('busy'));
    server.streams.at(-1)?.end();
    await until(() => server.streams.length === 2);
    expect(problems).toEqual(['Error: busy', 'Error: busy']);
    expect(seen).toEqual(['relisted']);
  });

  it('ends the connection when it is closed', async () => {
    watch.close();
    await until(() => server.streams[0]?.destroyed === true);
    expect(problems).toEqual([]);
  });
});
