import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import {
  cachedLayer,
  directory,
  file,
  symlink,
  text,
  tree,
  writeImage,
  writeTar,
} from './index.mjs';

let folder;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'konstellation-oci-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const list = archive =>
  execFileSync('tar', ['--numeric-owner', '--utc', '-tvf', archive], {
    encoding: 'utf8',
    env: {
      ...process.env,
      TZ: 'UTC',
      LC_ALL: 'C.UTF-8',
      QUOTING_STYLE: 'literal',
    },
  })
    .trimEnd()
    .split('\n')
    .map(line => line.replace(/\s+/g, ' '));

const sha256 = content => createHash('sha256').update(content).digest('hex');

test('GNU tar reads what was written: sorted, owned by root, of one time, folders first', () => {
  const out = join(folder, 'layer.tar');
  const result = writeTar({
    entries: [
      text('/usr/lib/b', 'bb'),
      symlink('/bin', 'usr/bin'),
      text('/usr/bin/run', '#', 0o755),
      directory('/tmp', 0o1777),
      text('/usr/lib/a', ''),
    ],
    out,
    modifiedAt: 86_400,
  });
  assert.deepEqual(list(out), [
    'lrwxrwxrwx 0/0 0 1970-01-02 00:00 bin -> usr/bin',
    'drwxrwxrwt 0/0 0 1970-01-02 00:00 tmp/',
    'drwxr-xr-x 0/0 0 1970-01-02 00:00 usr/',
    'drwxr-xr-x 0/0 0 1970-01-02 00:00 usr/bin/',
    '-rwxr-xr-x 0/0 1 1970-01-02 00:00 usr/bin/run',
    'drwxr-xr-x 0/0 0 1970-01-02 00:00 usr/lib/',
    '-rw-r--r-- 0/0 0 1970-01-02 00:00 usr/lib/a',
    '-rw-r--r-- 0/0 2 1970-01-02 00:00 usr/lib/b',
  ]);
  const content = readFileSync(out);
  assert.equal(result.digest, `sha256:${sha256(content)}`);
  assert.equal(result.size, content.length);
});

test('names that are too long or not ASCII survive', () => {
  const out = join(folder, 'layer.tar');
  const long = `${'folder/'.repeat(30)}${'n'.repeat(120)}`;
  // At 99 and 100 bytes the field of the header is just full.
  const names = [long, 'ä'.repeat(60), 'x'.repeat(99), 'y'.repeat(100)];
  const target = 't'.repeat(150);
  writeTar({
    entries: [...names.map(name => text(name, name)), symlink('link', target)],
    out,
  });
  const unpacked = join(folder, 'unpacked');
  mkdirSync(unpacked);
  execFileSync('tar', ['-C', unpacked, '-xf', out]);
  for (const name of names) {
    assert.equal(readFileSync(join(unpacked, name), 'utf8'), name);
  }
  assert.ok(list(out).some(line => line.endsWith(`link -> ${target}`)));
});

test('times, order and odd modes of the machine leave no trace', () => {
  const digests = ['one', 'other'].map((name, index) => {
    const source = join(folder, name);
    mkdirSync(source);
    const files = ['b', 'a', 'c'];
    for (const each of index === 0 ? files : files.reverse()) {
      writeFileSync(join(source, each), each);
      chmodSync(join(source, each), index === 0 ? 0o600 : 0o664);
      utimesSync(join(source, each), index, index * 1_000);
    }
    symlinkSync('a', join(source, 'link'));
    return writeTar({
      entries: tree('/app', source),
      out: join(folder, `${name}.tar`),
    }).digest;
  });
  assert.equal(digests[0], digests[1]);
});

test('what contradicts itself is refused, and leaves nothing behind', () => {
  const out = join(folder, 'layer.tar');
  const cases = [
    [[text('/a', '1'), text('a', '2')], /\/a is there twice/],
    [[text('/a', '1'), text('/a/b', '2')], /\/a of \/a\/b is no folder/],
    [[symlink('/lib', 'usr/lib'), text('/lib/x', '')], /no folder/],
    [[text('../etc', '')], /no path/],
    [[text('/', '')], /no path/],
    [[file('/a', join(folder, 'not-there'))], /ENOENT/],
  ];
  for (const [entries, message] of cases) {
    assert.throws(() => writeTar({ entries, out }), message);
  }
  assert.deepEqual(
    execFileSync('ls', [folder], { encoding: 'utf8' }).trim(),
    '',
  );
});

test('a layer is written again only when something changed', () => {
  const source = join(folder, 'file');
  const out = join(folder, 'layer.tar');
  const write = isFresh =>
    cachedLayer({ entries: [file('/app/file', source, 0o644)], out, isFresh });
  writeFileSync(source, 'one');
  const first = write();
  assert.equal(first.isCached, false);
  assert.deepEqual(write(), { ...first, isCached: true });
  writeFileSync(source, 'two');
  utimesSync(source, 0, 0);
  const second = write();
  assert.equal(second.isCached, false);
  assert.notEqual(second.digest, first.digest);
  assert.deepEqual(write(true), second);
  rmSync(out);
  assert.equal(write().isCached, false);
});

test('an image is an OCI layout whose digests are right, and the same each time', () => {
  const layers = ['one', 'other'].map(name => ({
    title: name,
    ...writeTar({
      entries: [text(`/${name}`, name)],
      out: join(folder, `${name}.tar`),
    }),
  }));
  const name = 'registry.example:5000/konstellation/portal:1.2.3';
  const images = ['first', 'second'].map(title =>
    writeImage({
      layers,
      config: { User: '10001:10001' },
      name,
      out: join(folder, `${title}.tar`),
    }),
  );
  assert.equal(images[0].digest, images[1].digest);
  assert.deepEqual(readFileSync(images[0].file), readFileSync(images[1].file));

  const unpacked = join(folder, 'image');
  mkdirSync(unpacked);
  execFileSync('tar', ['-C', unpacked, '-xf', images[0].file]);
  const read = path => readFileSync(join(unpacked, path));
  const json = path => JSON.parse(read(path));
  const blob = ({ digest, size }) => {
    const content = read(`blobs/${digest.replace(':', '/')}`);
    assert.equal(`sha256:${sha256(content)}`, digest);
    assert.equal(content.length, size);
    return content;
  };
  const [described] = json('index.json').manifests;
  assert.equal(described.digest, images[0].digest);
  assert.equal(described.annotations['io.containerd.image.name'], name);
  assert.equal(
    described.annotations['org.opencontainers.image.ref.name'],
    '1.2.3',
  );
  const manifest = JSON.parse(blob(described));
  const config = JSON.parse(blob(manifest.config));
  assert.equal(config.config.User, '10001:10001');
  assert.equal(config.created, '1970-01-01T00:00:00Z');
  manifest.layers.forEach(blob);
  assert.deepEqual(
    config.rootfs.diff_ids,
    manifest.layers.map(({ digest }) => digest),
  );
  assert.equal(config.history.length, layers.length);
  assert.deepEqual(json('manifest.json')[0].RepoTags, [name]);
  assert.throws(
    () => writeImage({ layers, config: {}, name: 'host:5000/a', out: 'x' }),
    /no tag/,
  );
});
