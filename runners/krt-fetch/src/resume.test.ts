import type { IncomingMessage } from 'node:http';
import { randomBytes } from 'node:crypto';
import { packKrt } from '@konstellation/krt';
import {
  fail,
  fetching,
  give,
  TOKEN,
  type Answer,
} from './__testUtils__/fetching';

jest.setTimeout(60_000);

let krt: Uint8Array;

beforeAll(async () => {
  krt = await packKrt([
    { path: 'krt.yml', content: Buffer.from('version: v1') },
    { path: 'models/big.bin', content: randomBytes(300_000) },
  ]);
});

const { serve, run, left, received } = fetching(() => krt);

const WHOLE = ['volume/package/krt.yml', 'volume/package/models/big.bin'];
const rangesOf = (requests: IncomingMessage[]) =>
  requests.map(({ headers }) => headers.range);

/** Offset the request asks to begin at. */
function startOf(request: IncomingMessage): number {
  return Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
}

/** Serves ranges, of at most so many bytes before the connection is cut. */
function part(
  options: { atMost?: number; of?: () => Uint8Array; shift?: number } = {},
): Answer {
  const { atMost = Infinity, of = () => krt, shift = 0 } = options;
  return (request, response) => {
    const bytes = of();
    const start = startOf(request);
    const rest = bytes.subarray(start);
    response.writeHead(start > 0 ? 206 : 200, {
      'content-length': rest.length,
      ...(start > 0
        ? {
            'content-range': `bytes ${start + shift}-${bytes.length - 1}/${
              bytes.length
            }`,
          }
        : {}),
    });
    if (rest.length <= atMost) response.end(rest);
    else {
      response.write(rest.subarray(0, atMost));
      // A connection that is cut takes with it what was not read yet.
      received(start + atMost).then(
        () => response.destroy(),
        error => response.destroy(error),
      );
    }
  };
}

describe('a download that is cut', () => {
  it('goes on where it ended, however often', async () => {
    const { url, requests } = await serve(
      part({ atMost: 100_000 }),
      fail(503),
      part({ atMost: 100_000 }),
      part(),
    );
    expect(await run({ KRT_PACKAGE_URL: url })).toMatchObject({
      code: 0,
      stderr: '',
    });
    expect(rangesOf(requests)).toEqual([
      undefined,
      'bytes=100000-',
      'bytes=100000-',
      'bytes=200000-',
    ]);
    expect(left()).toEqual(WHOLE);
  });

  it('has all the time again whenever something came', async () => {
    const pieces = Array.from({ length: 14 }, () => part({ atMost: 20_000 }));
    const { url } = await serve(...pieces, part());
    expect(
      await run({ KRT_PACKAGE_URL: url, KRT_FETCH_TIMEOUT_SECONDS: '3' }),
    ).toMatchObject({ code: 0 });
  });

  it.each<[string, Answer]>([
    ['sends all of it', (...asked) => give(krt)(...asked)],
    ['says that there is no such part', fail(416)],
    ['sends another part', part({ shift: 1 })],
    ['has a package of another size', part({ of: () => krt.subarray(1) })],
    ['says nothing of the part', fail(206)],
  ])('begins again where the server %s', async (_, second) => {
    const { url, requests } = await serve(
      part({ atMost: 100_000 }),
      second,
      part(),
    );
    expect(await run({ KRT_PACKAGE_URL: url })).toMatchObject({
      code: 0,
      stderr: '',
    });
    expect(rangesOf(requests).slice(0, 2)).toEqual([
      undefined,
      'bytes=100000-',
    ]);
    expect(rangesOf(requests)[2]).toBeUndefined();
    expect(left()).toEqual(WHOLE);
  });

  it('begins again, once, where the parts are of different packages', async () => {
    const other = () => Buffer.from(krt).fill(0);
    const good = await serve(
      part({ atMost: 100_000 }),
      part({ of: other }),
      part(),
    );
    expect(await run({ KRT_PACKAGE_URL: good.url })).toMatchObject({ code: 0 });
    expect(good.requests).toHaveLength(3);

    const bad = await serve(part({ atMost: 100_000 }), part({ of: other }));
    const { code, stderr } = await run({ KRT_PACKAGE_URL: bad.url });
    expect(code).toBe(1);
    expect(stderr).toContain('the package is not the one asked for');
    expect(bad.requests).toHaveLength(3);
  });
});

describe('an object store', () => {
  const to =
    (location: string): Answer =>
    (request, response) => {
      const isGood = request.headers.authorization === `Bearer ${TOKEN}`;
      response.writeHead(isGood ? 307 : 401, { location }).end();
    };

  it('is asked without the token, and the portal anew each time', async () => {
    const store = await serve(
      part({ atMost: 100_000 }),
      // The URL has expired.
      fail(403),
      part(),
    );
    let asked = 0;
    const portal = await serve((request, response) => {
      asked++;
      to(`${store.url}?signature=${asked}`)(request, response);
    });
    const { code, stdout, stderr } = await run({ KRT_PACKAGE_URL: portal.url });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('HTTP 403 of the object store');
    expect(stdout).not.toContain('signature');
    expect(store.requests.map(({ url }) => url?.split('?')[1])).toEqual([
      'signature=1',
      'signature=2',
      'signature=3',
    ]);
    expect(rangesOf(store.requests)).toEqual([
      undefined,
      'bytes=100000-',
      'bytes=100000-',
    ]);
    for (const { headers } of store.requests) {
      expect(headers.authorization).toBeUndefined();
    }
    expect(left()).toEqual(WHOLE);
  });

  it.each([
    ['file:///etc/passwd', 'no http:// or https:// URL'],
    ['', 'no http:// or https:// URL'],
  ])('is not looked for at "%s"', async (location, message) => {
    const { url, requests } = await serve(to(location));
    const { code, stderr } = await run({ KRT_PACKAGE_URL: url });
    expect(code).toBe(1);
    expect(stderr).toContain(message);
    expect(requests).toHaveLength(1);
  });

  it('does not send elsewhere itself', async () => {
    const elsewhere = await serve(part());
    const store = await serve(fail(307, { location: elsewhere.url }));
    const portal = await serve(to(store.url));
    const { code, stderr } = await run({
      KRT_PACKAGE_URL: portal.url,
      KRT_FETCH_TIMEOUT_SECONDS: '3',
    });
    expect(code).toBe(1);
    expect(stderr).toContain('HTTP 307 of the object store');
    expect(elsewhere.requests).toEqual([]);
  });

  it('that has no such package ends it', async () => {
    const store = await serve(fail(404));
    const portal = await serve(to(store.url));
    const { code, stderr } = await run({ KRT_PACKAGE_URL: portal.url });
    expect(code).toBe(1);
    expect(stderr).toContain('has no such package');
    expect(store.requests).toHaveLength(1);
  });
});

it('waits as long as the portal asks it to, beyond its own time limit', async () => {
  const busy = fail(503, { 'retry-after': '2' });
  const { url, requests } = await serve(busy, busy, give(krt));
  const { code, stdout } = await run({
    KRT_PACKAGE_URL: url,
    KRT_FETCH_TIMEOUT_SECONDS: '3',
  });
  expect(code).toBe(0);
  expect(requests).toHaveLength(3);
  const pauses = [...stdout.matchAll(/trying again in (\d+) ms/g)];
  for (const [, millis] of pauses) {
    expect(Number(millis)).toBeGreaterThanOrEqual(2_000);
  }
});
