/** @jest-environment node */
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import {
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import {
  createServer,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildKrt, krt } from './__testUtils__/krt';

jest.setTimeout(120_000);

type Handler = (
  request: IncomingMessage,
  response: ServerResponse,
  body: Buffer,
) => void;

/** What a portal answers to, by method and path. */
let routes: Record<string, Handler>;
let asked: string[];
let folder: string;
let url: string;

const server = createServer(async (request, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  const path = (request.url ?? '').replace(/\?.*/, '');
  const key = `${request.method} ${path}`;
  asked.push(key);
  const handler =
    routes[key] ?? routes[`${request.method} ${path.replace(/[^/]+$/, '*')}`];
  if (handler) handler(request, response, Buffer.concat(chunks));
  else
    answer(response, 404, {
      error: { name: 'NotFoundError', message: 'no such thing' },
      response: { statusCode: 404 },
    });
});

function answer(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

const API = '/api/konstellation';
const VERSION = {
  name: 'greeter-v1',
  status: 'CREATED',
  conditions: [],
  configuration: { completed: true, missing: [], unconfirmed: [], revision: 0 },
  commands: { start: { allowed: true } },
};

const run = (args: string[], env: Record<string, string> = {}) =>
  krt(args, {
    cwd: folder,
    env: {
      XDG_CONFIG_HOME: join(folder, 'config'),
      KRT_PORTAL: url,
      KRT_TOKEN: 'secret-token',
      ...env,
    },
  });

beforeAll(async () => {
  buildKrt();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'krt-portal-'));
  routes = {};
  asked = [];
  await run(['init', 'g', '--name', 'greeter', '-y']);
  await run(['pack', 'g']);
  asked = [];
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('push', () => {
  it('sends nothing of a package that has errors', async () => {
    writeFileSync(join(folder, 'bad.krt'), 'this is no package');
    const { code, out } = await run(['push', 'bad.krt', '-r', 'prices']);
    expect(code).toBe(1);
    expect(out).toContain('archive-gzip');
    expect(asked).toEqual([]);
  });

  it('offers the digest first, and sends nothing that is there', async () => {
    let offered: unknown;
    routes[`POST ${API}/runtimes/prices/versions`] = (_, response, body) => {
      offered = JSON.parse(body.toString());
      answer(response, 201, VERSION);
    };
    const { code, out } = await run(['push', 'greeter-v1.krt', '-r', 'prices']);
    expect(code).toBe(0);
    expect(out).toContain('greeter-v1 is in prices');
    const digest = createHash('sha256')
      .update(readFileSync(join(folder, 'greeter-v1.krt')))
      .digest('hex');
    expect(offered).toEqual({ packageDigest: `sha256:${digest}` });
    expect(asked).toHaveLength(1);
  });

  it('sends a small package at once, with the token of the environment', async () => {
    let token: string | undefined;
    routes[`POST ${API}/runtimes/prices/versions`] = (request, response) => {
      token = request.headers.authorization;
      const isPackage = request.headers['content-type'] === 'application/gzip';
      if (isPackage) answer(response, 201, VERSION);
      else
        answer(response, 404, {
          error: { name: 'NotFoundError', message: 'x' },
        });
    };
    const { code } = await run(['push', 'greeter-v1.krt', '-r', 'prices']);
    expect(code).toBe(0);
    expect(token).toBe('Bearer secret-token');
  });

  it('sends a large package in parts, and goes on where it was killed', async () => {
    writeFileSync(
      join(folder, 'g/models/weights.dat'),
      randomBytes(20 * 1024 * 1024),
    );
    await run(['pack', 'g']);
    const krtBytes = readFileSync(join(folder, 'greeter-v1.krt'));
    const digest = `sha256:${createHash('sha256')
      .update(krtBytes)
      .digest('hex')}`;
    let received = Buffer.alloc(0);
    let created = 0;
    let finished: unknown;
    const killing = new AbortController();
    routes[`POST ${API}/uploads`] = (_, response) => {
      created++;
      response
        .writeHead(201, { 'tus-resumable': '1.0.0', location: 'uploads/u1' })
        .end();
    };
    routes[`HEAD ${API}/uploads/u1`] = (_, response) => {
      response
        .writeHead(200, {
          'tus-resumable': '1.0.0',
          'upload-offset': received.length,
          'upload-length': krtBytes.length,
        })
        .end();
    };
    routes[`PATCH ${API}/uploads/u1`] = (request, response, body) => {
      expect(Number(request.headers['upload-offset'])).toBe(received.length);
      received = Buffer.concat([received, body]);
      response
        .writeHead(204, {
          'tus-resumable': '1.0.0',
          'upload-offset': received.length,
        })
        .end();
      if (created === 1) killing.abort();
    };
    routes[`POST ${API}/runtimes/prices/versions`] = (_, response, body) => {
      const given = JSON.parse(body.toString());
      if (given.packageDigest) {
        answer(response, 404, {
          error: { name: 'NotFoundError', message: 'x' },
        });
      } else {
        finished = given;
        answer(response, 201, VERSION);
      }
    };
    const env = {
      XDG_CONFIG_HOME: join(folder, 'config'),
      KRT_PORTAL: url,
      KRT_TOKEN: 't',
    };
    const first = await krt(['push', 'greeter-v1.krt', '-r', 'prices'], {
      cwd: folder,
      env,
      signal: killing.signal,
    }).catch(() => undefined);
    expect(first?.code).not.toBe(0);
    expect(received.length).toBeGreaterThan(0);
    expect(received.length).toBeLessThan(krtBytes.length);
    created = 2;
    const second = await run(['push', 'greeter-v1.krt', '-r', 'prices']);
    expect(second.code).toBe(0);
    expect(created).toBe(2);
    expect(finished).toEqual({ upload: 'u1' });
    expect(
      `sha256:${createHash('sha256').update(received).digest('hex')}`,
    ).toBe(digest);
  });

  it('shows what the portal refuses', async () => {
    routes[`POST ${API}/runtimes/prices/versions`] = (_, response) =>
      answer(response, 409, {
        error: { name: 'ConflictError', message: 'error version duplicated' },
      });
    const { code, err } = await run(['push', 'greeter-v1.krt', '-r', 'prices']);
    expect(code).toBe(1);
    expect(err).toContain('error version duplicated');
  });
});

describe('the portal', () => {
  it.each([
    ['nobody', () => 'http://127.0.0.1:9', 3, 'could not be reached'],
    ['no address', () => 'portal', 2, 'is no address of a portal'],
  ])('that is %s ends with its code', async (_, portal, exitCode, says) => {
    const { code, err } = await run(['list', '--portal', portal()]);
    expect([code, err]).toEqual([exitCode, expect.stringContaining(says)]);
  });

  it.each([502, 503, 504])(
    'behind a gateway that says %i is not reached',
    async status => {
      routes[`GET ${API}/runtimes`] = (_, response) =>
        response.writeHead(status).end('down');
      expect((await run(['list'])).code).toBe(3);
    },
  );

  it('lists runtimes over pages, as table and as JSON', async () => {
    routes[`GET ${API}/runtimes`] = (request, response) => {
      const isSecond = request.url?.includes('cursor=next');
      answer(response, 200, {
        items: [
          {
            id: isSecond ? 'rents' : 'prices',
            status: 'IDLE',
            address: { http: 'http://x' },
          },
        ],
        ...(isSecond ? {} : { nextCursor: 'next' }),
      });
    };
    expect((await run(['list'])).out).toMatch(/prices +IDLE[^]*rents +IDLE/);
    expect((await run(['list', '--json'])).json().items).toHaveLength(2);
  });

  it('is waited for', async () => {
    const states = ['STARTING', 'STARTING', 'STARTED'];
    routes[`POST ${API}/runtimes/prices/versions/v1/start`] = (_, response) =>
      answer(response, 202, { ...VERSION, name: 'v1', status: 'STARTING' });
    routes[`GET ${API}/runtimes/prices/versions/v1`] = (_, response) =>
      answer(response, 200, {
        ...VERSION,
        name: 'v1',
        status: states.shift() ?? 'STARTED',
      });
    const { code, out } = await run([
      'start',
      'prices',
      'v1',
      '-m',
      'go',
      '--wait',
    ]);
    expect([code, out.trim()]).toEqual([0, 'v1 is STARTED']);
    const without = await run(['start', 'prices', 'v1']);
    expect(without.code).toBe(2);
  });

  it('logs in guests, keeps the token for this user alone, and forgets it', async () => {
    routes['GET /api/auth/guest/refresh'] = (_, response) =>
      answer(response, 200, {
        backstageIdentity: { token: 'guest-token', expiresInSeconds: 3600 },
      });
    routes['GET /api/auth/v1/userinfo'] = (_, response) =>
      answer(response, 200, { claims: { sub: 'user:default/guest' } });
    const login = await run(['login', url], { KRT_TOKEN: '' });
    expect(login.out).toContain('as user:default/guest');
    const file = join(folder, 'config/krt/credentials.json');
    // eslint-disable-next-line no-bitwise -- mode bits
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(
      (await run(['whoami'], { KRT_TOKEN: '', KRT_PORTAL: '' })).out,
    ).toContain(url);
    await run(['logout', url]);
    expect(readFileSync(file, 'utf8')).not.toContain('guest-token');
    const { code, err } = await run(['list'], { KRT_TOKEN: '' });
    expect([code, err]).toEqual([1, expect.stringContaining('krt login')]);
  });
});

describe('configure', () => {
  const path = `${API}/runtimes/prices/versions/v1`;

  it('confirms all that waits for it, and what is named', async () => {
    const bodies: unknown[] = [];
    routes[`GET ${path}`] = (_, response) =>
      answer(response, 200, {
        ...VERSION,
        configuration: { ...VERSION.configuration, unconfirmed: ['A', 'B'] },
      });
    routes[`PUT ${path}/configuration`] = (_, response, body) => {
      bodies.push(JSON.parse(body.toString()));
      answer(response, 200, { revision: 1, completed: true, entries: [] });
    };
    const change = ['configure', 'prices', 'v1', '-m', 'seen'];
    expect((await run([...change, '--confirm', 'all'])).code).toBe(0);
    expect((await run([...change, '--confirm', 'B'])).code).toBe(0);
    expect(bodies).toEqual([
      { confirm: ['A', 'B'], comment: 'seen' },
      { confirm: ['B'], comment: 'seen' },
    ]);
  });

  it('shows no values, though the portal tells them', async () => {
    routes[`GET ${path}/configuration`] = (_, response) =>
      answer(response, 200, {
        revision: 1,
        completed: false,
        valuesVisible: true,
        entries: [
          {
            key: 'TOKEN',
            type: 'variable',
            isSet: true,
            value: 'canary',
            inheritedFrom: 'v0',
            unconfirmed: true,
          },
          { key: 'OTHER', type: 'file', isSet: false },
        ],
      });
    const { out } = await run(['configure', 'prices', 'v1']);
    expect(out).toMatch(/TOKEN +set +from v0, to be confirmed\nOTHER +missing/);
    const json = await run(['configure', 'prices', 'v1', '--json']);
    expect(json.json().entries).toHaveLength(2);
    expect(out + json.out).not.toContain('canary');
  });
});

describe('wait', () => {
  const path = `${API}/runtimes/prices/versions/v1`;

  it('goes on while the portal is restarted', async () => {
    const answers: Array<(response: ServerResponse) => void> = [
      response => answer(response, 200, { ...VERSION, status: 'STARTING' }),
      response => response.writeHead(502).end('down'),
      response => response.destroy(),
      response =>
        answer(response, 503, {
          error: { name: 'ServiceUnavailableError', message: 'starting' },
        }),
    ];
    routes[`GET ${path}`] = (_, response) => {
      const next = answers.shift();
      if (next) next(response);
      else answer(response, 200, { ...VERSION, status: 'STARTED' });
    };
    const { code, out } = await run(['wait', 'prices', 'v1']);
    expect([code, out]).toEqual([0, 'greeter-v1 is STARTED\n']);
    expect(answers).toEqual([]);
  });

  it('takes only the word of the portal for gone', async () => {
    routes[`GET ${path}`] = (_, response) =>
      response.writeHead(404).end('no such page');
    const wait = ['wait', 'prices', 'v1', '--for', 'deleted'];
    expect((await run(wait)).code).toBe(1);
    delete routes[`GET ${path}`];
    expect((await run([...wait, '--json'])).json()).toEqual({
      runtime: 'prices',
      version: 'v1',
      deleted: true,
    });
  });
});

describe('logs', () => {
  it('tells the words of the portal from those of a node', async () => {
    const line = {
      at: '2026-01-31T08:00:00.000Z',
      node: 'model',
      pod: 'p',
      container: 'c',
      level: 'warn',
      message: 'lines were lost',
    };
    routes[`GET ${API}/runtimes/prices/versions/v1/logs`] = (_, response) =>
      response.end(
        [line, { ...line, marker: true }]
          .map(each => JSON.stringify(each))
          .join('\n'),
      );
    expect((await run(['logs', 'prices', 'v1'])).out).toBe(
      [
        '2026-01-31T08:00:00.000Z model lines were lost',
        '2026-01-31T08:00:00.000Z model ── lines were lost ──',
        '',
      ].join('\n'),
    );
  });
});
