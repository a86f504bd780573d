/** @jest-environment node */
import { once } from 'node:events';
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildKrt, krt } from './__testUtils__/krt';

jest.setTimeout(120_000);

interface Answer {
  status: number;
  body: unknown;
}

/** What a portal answers, by method and path. */
let answers: Record<string, Answer>;
let tokens: Array<string | undefined>;
let folder: string;
let url: string;

function send(response: ServerResponse, { status, body }: Answer): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

const refusal = (status: number, name: string, message: string): Answer => ({
  status,
  body: { error: { name, message }, response: { statusCode: status } },
});

const server = createServer((request, response) => {
  request.resume();
  const path = (request.url ?? '').replace(/\?.*/, '');
  tokens.push(request.headers.authorization);
  send(
    response,
    answers[`${request.method} ${path}`] ??
      refusal(404, 'NotFoundError', 'no such thing'),
  );
});

const run = (args: string[], env: Record<string, string> = {}) =>
  krt(args, {
    cwd: folder,
    env: {
      XDG_CONFIG_HOME: join(folder, 'config'),
      KRT_PORTAL: url,
      ...env,
    },
  });

const credentialsFile = () => join(folder, 'config/krt/credentials.json');
function remember(credentials: Record<string, unknown>): void {
  mkdirSync(join(folder, 'config/krt'), { recursive: true });
  writeFileSync(
    credentialsFile(),
    JSON.stringify({ selected: url, portals: { [url]: credentials } }),
  );
}

beforeAll(async () => {
  buildKrt();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  url = `http://127.0.0.1:${port}`;
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'krt-errors-'));
  answers = {};
  tokens = [];
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('what the portal itself says', () => {
  const predict = 'POST /api/konstellation/runtimes/r/versions/v/predict/Greet';

  it('is shown, and is not a portal that cannot be reached, also with status 503', async () => {
    answers[predict] = refusal(
      503,
      'ServiceUnavailableError',
      'version v does not run',
    );
    const { code, err } = await run(['call', 'r', 'v', 'Greet'], {
      KRT_TOKEN: 't',
    });
    expect([code, err]).toEqual([
      1,
      expect.stringContaining('version v does not run'),
    ]);
  });

  it('is one line of JSON among lines of JSON', async () => {
    answers['GET /api/konstellation/runtimes/r/versions/v/logs'] = refusal(
      403,
      'NotAllowedError',
      'not yours',
    );
    const { code, out } = await run(['logs', 'r', 'v', '--json'], {
      KRT_TOKEN: 't',
    });
    expect(code).toBe(1);
    expect(
      out
        .trim()
        .split('\n')
        .map(line => JSON.parse(line)),
    ).toEqual([{ error: { name: 'NotAllowedError', message: 'not yours' } }]);
  });
});

it('an address where nobody listens is named', async () => {
  const { code, err } = await run(['list', '--portal', 'http://127.0.0.1:9'], {
    KRT_TOKEN: 't',
  });
  expect(code).toBe(3);
  expect(err).toContain(
    'the portal at http://127.0.0.1:9 could not be reached',
  );
});

describe('whoami', () => {
  it('knows the tokens of programs, which stand for no user', async () => {
    answers['GET /api/auth/v1/userinfo'] = refusal(
      400,
      'InputError',
      'no user',
    );
    answers['GET /api/konstellation/runtimes'] = {
      status: 200,
      body: { items: [] },
    };
    const { code, out } = await run(['whoami'], { KRT_TOKEN: 't' });
    expect([code, out]).toEqual([0, expect.stringContaining('a program')]);
  });

  it('says so when the token is wrong', async () => {
    const wrong = refusal(401, 'AuthenticationError', 'Illegal token');
    answers['GET /api/auth/v1/userinfo'] = wrong;
    answers['GET /api/konstellation/runtimes'] = wrong;
    const { code, err } = await run(['whoami'], { KRT_TOKEN: 't' });
    expect([code, err]).toEqual([1, expect.stringContaining('does not know')]);
  });

  it('says so when nobody is logged in', async () => {
    const { code, err } = await run(['whoami']);
    expect([code, err]).toEqual([1, expect.stringContaining('krt login')]);
    expect(tokens).toEqual([undefined]);
  });
});

describe('a login', () => {
  const expired = {
    kind: 'oauth',
    accessToken: 'old',
    refreshToken: 'refresh-1',
    expiresAt: 0,
  };

  it('is renewed when it has expired', async () => {
    remember(expired);
    answers['POST /api/auth/v1/token'] = {
      status: 200,
      body: {
        access_token: 'new',
        refresh_token: 'refresh-2',
        expires_in: 600,
      },
    };
    answers['GET /api/konstellation/runtimes'] = {
      status: 200,
      body: { items: [] },
    };
    expect((await run(['list'])).code).toBe(0);
    expect(tokens).toEqual([undefined, 'Bearer new']);
    expect(JSON.parse(readFileSync(credentialsFile(), 'utf8'))).toMatchObject({
      portals: { [url]: { accessToken: 'new', refreshToken: 'refresh-2' } },
    });
  });

  it('that cannot be renewed has to be made again', async () => {
    remember(expired);
    answers['POST /api/auth/v1/token'] = {
      status: 400,
      body: { error: 'invalid_grant', error_description: 'Invalid token' },
    };
    const { code, err } = await run(['list']);
    expect([code, err]).toEqual([1, expect.stringContaining('krt login')]);
  });
});
