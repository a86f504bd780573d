import {
  existsSync,
  mkdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { packKrt } from '@konstellation/krt';
import {
  digestOf,
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
    {
      path: 'bin/model.sh',
      content: Buffer.from('#!/bin/sh'),
      executable: true,
    },
    {
      path: 'models/big.bin',
      content: Buffer.from(
        Array.from({ length: 400_000 }, (_, i) => (i * i) % 251),
      ),
    },
  ]);
});

const { serve, start, run, folder, directory, left } = fetching(() => krt);

const cut: Answer = (_, response) => {
  response.writeHead(200, { 'content-length': krt.length });
  response.write(krt.subarray(0, krt.length / 2), () => response.destroy());
};

const WHOLE = [
  'volume/package/bin/model.sh',
  'volume/package/krt.yml',
  'volume/package/models/big.bin',
];

describe('krt-fetch', () => {
  it('fetches, verifies and unpacks', async () => {
    const { url, requests } = await serve(give(krt));
    const { code, stdout, stderr } = await run({ KRT_PACKAGE_URL: url });

    expect(stderr).toBe('');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      level: 'info',
      message: expect.stringContaining('3 files'),
    });
    expect(left()).toEqual(WHOLE);
    expect(requests).toHaveLength(1);
    expect(requests[0]?.headers['accept-encoding']).toBe('identity');
    expect(readFileSync(path.join(directory(), 'krt.yml'), 'utf8')).toBe(
      'version: v1',
    );
    const modeOf = (name: string) =>
      (statSync(path.join(directory(), name)).mode % 0o1000).toString(8);
    expect(modeOf('bin/model.sh')).toBe('755');
    expect(modeOf('krt.yml')).toBe('644');
    expect(modeOf('.')).toBe('755');
  });

  it('replaces what an earlier run has left', async () => {
    mkdirSync(directory(), { recursive: true });
    writeFileSync(path.join(directory(), 'old'), '');
    mkdirSync(path.join(folder(), 'volume/.package.fetch-killed'));
    writeFileSync(
      path.join(folder(), 'volume/.package.fetch-killed/package.krt'),
      'half',
    );
    const { url } = await serve(give(krt));
    expect(await run({ KRT_PACKAGE_URL: url })).toMatchObject({ code: 0 });
    expect(left()).toEqual(WHOLE);
  });

  it('tries again after 503 and after a cut stream', async () => {
    const { url, requests } = await serve(fail(503), cut, give(krt));
    const { code, stdout, stderr } = await run({ KRT_PACKAGE_URL: url });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('HTTP 503; trying again');
    expect(requests).toHaveLength(3);
    expect(left()).toEqual(WHOLE);
  });

  it('waits for a server that is not there yet', async () => {
    const { url, server } = await serve(give(krt));
    const { port } = new URL(url);
    await new Promise(resolve => {
      server.close(resolve);
    });
    const { child, ended } = start({ KRT_PACKAGE_URL: url });
    await new Promise(resolve => {
      child.stdout.once('data', resolve);
    });
    await new Promise<void>(resolve => {
      server.listen(Number(port), '127.0.0.1', resolve);
    });
    expect(await ended).toMatchObject({ code: 0, stderr: '' });
    expect(left()).toEqual(WHOLE);
  });

  it('gives up when its time is over, and says why', async () => {
    const { url } = await serve(fail(503));
    const { code, stderr } = await run({
      KRT_PACKAGE_URL: url,
      KRT_FETCH_TIMEOUT_SECONDS: '3',
    });
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^the package could not be fetched, tried \d times: HTTP 503\n$/,
    );
    expect(left()).toEqual([]);
  });

  it('gives up an answer that does not go on', async () => {
    const { url } = await serve((_, response) => {
      response.writeHead(200, { 'content-length': krt.length });
      response.write(krt.subarray(0, 1000));
    });
    const { code, stderr } = await run({
      KRT_PACKAGE_URL: url,
      KRT_FETCH_TIMEOUT_SECONDS: '0.6',
    });
    expect(code).toBe(1);
    expect(stderr).toContain('no byte came for 0.6 s');
  });

  it.each([
    [
      401,
      /^the package was refused with HTTP 401: the token is not accepted\n$/,
    ],
    [403, /^the package was refused with HTTP 403: .*\n$/],
    [404, /^the package was refused with HTTP 404: .*\n$/],
  ])('ends at once with %s', async (status, line) => {
    const { url, requests } = await serve(fail(status));
    const { code, stdout, stderr } = await run({ KRT_PACKAGE_URL: url });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(line);
    expect(stderr).not.toContain(TOKEN);
    expect(requests).toHaveLength(1);
    expect(left()).toEqual([]);
  });

  it('refuses another package than the one asked for', async () => {
    const { url, requests } = await serve(give(krt));
    const { code, stderr } = await run({
      KRT_PACKAGE_URL: url,
      KRT_PACKAGE_DIGEST: `sha256:${'0'.repeat(64)}`,
    });
    expect(code).toBe(1);
    expect(stderr).toContain(`its digest is ${digestOf(krt)}`);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(requests).toHaveLength(1);
    expect(left()).toEqual([]);
  });

  it.each([
    ['climbs out', '../../escaped', '0', 'leads out of the package'],
    ['is absolute', '/tmp/escaped', '0', 'has an absolute path'],
    ['is a link', 'link', '2', 'is a symbolic link'],
  ])('writes nothing of a package that %s', async (_, name, type, reason) => {
    const header = (entryName: string, entryType: string) => {
      const block = Buffer.alloc(512);
      block.write(entryName, 0);
      block.write('0000644\0', 100);
      block.write('00000000000\0', 124);
      block.write('        ', 148);
      block.write(entryType, 156);
      block.write('/etc', 157);
      block.write('ustar\x0000', 257);
      const sum = block.reduce((total, byte) => total + byte, 0);
      block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
      return block;
    };
    const unsafe = gzipSync(
      Buffer.concat([
        header('good', '0'),
        header(name, type),
        Buffer.alloc(1024),
      ]),
    );
    const { url } = await serve(give(unsafe));
    const { code, stderr } = await run({
      KRT_PACKAGE_URL: url,
      KRT_PACKAGE_DIGEST: digestOf(unsafe),
    });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^the package cannot be unpacked: .*\n$/);
    expect(stderr).toContain(reason);
    expect(left()).toEqual([]);
    expect(existsSync('/tmp/escaped')).toBe(false);
  });

  it('keeps to the limits it is given', async () => {
    const { url } = await serve(give(krt));
    const { code, stderr } = await run({
      KRT_PACKAGE_URL: url,
      KRT_PACKAGE_LIMITS: '{"entries": 2}',
    });
    expect(code).toBe(1);
    expect(stderr).toContain('more than 2 ');
    expect(left()).toEqual([]);
  });

  it('leaves nothing when it is stopped', async () => {
    let answered = () => {};
    const halfway = new Promise<void>(resolve => {
      answered = resolve;
    });
    const { url } = await serve((_, response) => {
      response.writeHead(200, { 'content-length': krt.length });
      response.write(krt.subarray(0, 1000), () => answered());
    });
    const { child, ended } = start({ KRT_PACKAGE_URL: url });
    await halfway;
    child.kill('SIGTERM');
    expect(await ended).toMatchObject({
      code: 1,
      stderr: 'stopped before the package was there\n',
    });
    expect(left()).toEqual([]);
  });

  it.each([
    ['KRT_PACKAGE_URL', '', 'KRT_PACKAGE_URL is not set'],
    ['KRT_PACKAGE_URL', 'file:///etc/passwd', 'must begin with http'],
    ['KRT_PACKAGE_DIGEST', 'md5:1', 'must look like sha256:'],
    ['KRT_PACKAGE_DIR', '/', 'cannot be the root'],
    ['KRT_FETCH_TIMEOUT_SECONDS', 'soon', 'must be a number'],
    ['KRT_PACKAGE_LIMITS', '{"entires": 1}', 'must map'],
  ])('names the setting %s when it is %p', async (name, value, message) => {
    const { code, stderr } = await run({
      KRT_PACKAGE_URL: 'http://127.0.0.1:9/',
      [name]: value,
    });
    expect(code).toBe(1);
    expect(stderr).toContain(message);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });
});
