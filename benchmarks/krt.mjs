// How fast packages are read, checked and hashed, beside Node's own gunzip of the same files, and how long a manifest takes.
//   npm run bench:krt [-- --quick]
import { build } from 'esbuild';
import {
  createWriteStream,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { randomBytes, randomFillSync } from 'node:crypto';
import { createRequire } from 'node:module';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { capture } from '../tools/processes.mjs';
import { say } from '../tools/terminal.mjs';
import { root } from '../tools/toolchain.mjs';

const MiB = 1024 * 1024;
const quick = process.argv.includes('--quick');
const SIZE = (quick ? 64 : 512) * MiB;
const SMALL_FILES = quick ? 2_000 : 20_000;
const ROUNDS = quick ? 3 : 5;
const GOAL = { ratio: 0.85, memory: 64, manifest: 50 };

const MANIFEST = `version: bench
description: A package to be measured.
entrypoint: { proto: public_input.proto, image: "konstellation/entrypoint:0.1.0" }
nodes:
  - { name: etl, image: "konstellation/python:0.1.0", src: src/etl.py }
workflows:
  - { name: price, entrypoint: Estimate, sequential: [etl] }
`;
const PROTO =
  'syntax = "proto3"; package a; message A { double b = 1; } service S { rpc Estimate (A) returns (A); }';

/** Bytes in chunks; half of them random where they are to be compressible by half. */
async function* weights(size, compressible) {
  const chunk = Buffer.alloc(MiB);
  for (let left = size; left > 0; left -= chunk.length) {
    if (!compressible) randomFillSync(chunk);
    else {
      for (let at = 0; at < chunk.length; at += 8) randomFillSync(chunk, at, 4);
    }
    yield Buffer.from(chunk);
  }
}

async function* text(content) {
  yield Buffer.from(content);
}

function file(path, content) {
  return { path, size: Buffer.byteLength(content), content: text(content) };
}

function base() {
  return [
    file('krt.yml', MANIFEST),
    file('public_input.proto', PROTO),
    file('src/etl.py', 'def handler(ctx, data): return data\n'),
    file('docs/README.md', '# Bench\n'),
  ];
}

function smallFiles(bytes) {
  return Array.from({ length: SMALL_FILES }, (_, index) =>
    file(
      `assets/${index % 100}/file-${index}.json`,
      `${JSON.stringify({
        index,
        text: randomBytes(bytes / 4 + (index % (bytes / 2))).toString('base64'),
      })}\n`,
    ),
  );
}

const CASES = [
  {
    name: `${SIZE / MiB} MiB, compressible by half`,
    files: () => [
      { path: 'models/weights.bin', size: SIZE, content: weights(SIZE, true) },
    ],
  },
  {
    name: `${SIZE / MiB} MiB, incompressible`,
    files: () => [
      { path: 'models/weights.bin', size: SIZE, content: weights(SIZE, false) },
    ],
  },
  {
    name: `${SMALL_FILES} small files of 16 KiB`,
    files: () => smallFiles(24 * 1024),
  },
  {
    // Here a file costs more than its bytes; what an entry costs is seen best.
    name: `${SMALL_FILES} tiny files of 0.7 KiB`,
    files: () => smallFiles(1024),
    isWithoutGoal: true,
  },
];

/** What a child does: one file in one way, then its seconds and peak memory. */
const CHILD = `
const { createReadStream } = require('node:fs');
const { createGunzip } = require('node:zlib');
const { pipeline } = require('node:stream/promises');
const { Writable } = require('node:stream');
const [, , way, file, bundle] = process.argv;
const measure = async work => {
  const began = process.hrtime.bigint();
  await work();
  const seconds = Number(process.hrtime.bigint() - began) / 1e9;
  process.stdout.write(JSON.stringify({ seconds, rss: process.resourceUsage().maxRSS / 1024 }));
};
const { readKrtFile } = require(bundle);
if (way === 'gunzip') {
  measure(() => pipeline(
    createReadStream(file, { highWaterMark: 256 * 1024 }),
    createGunzip({ chunkSize: 256 * 1024 }),
    new Writable({ write(chunk, encoding, done) { done(); } }),
  ));
} else {
  measure(async () => {
    const { problems } = await readKrtFile(file);
    const error = problems.find(({ severity }) => severity === 'error');
    if (error) throw new Error(error.message);
  });
}
`;

const median = values =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

/** Both ways in turn, so that what else the machine does weighs on both. */
async function compare(work, bundle, krt) {
  const child = join(work, 'child.cjs');
  const runs = { gunzip: [], read: [] };
  for (let round = 0; round < ROUNDS; round++) {
    for (const way of round % 2 ? ['read', 'gunzip'] : ['gunzip', 'read']) {
      const output = await capture(
        process.execPath,
        [child, way, krt, bundle],
        {
          env: process.env,
        },
      );
      runs[way].push(JSON.parse(output));
    }
  }
  const of = (way, key) => median(runs[way].map(run => run[key]));
  return {
    gunzipSeconds: of('gunzip', 'seconds'),
    readSeconds: of('read', 'seconds'),
    // Of rounds beside each other, not of medians of different minutes.
    ratio: median(
      runs.gunzip.map((run, index) => run.seconds / runs.read[index].seconds),
    ),
    extraMemory: of('read', 'rss') - of('gunzip', 'rss'),
  };
}

/** Manifests that take long, found by trying: as many words as are read, in every form. */
function worstManifests() {
  const head = MANIFEST.replace(/nodes:[^]*/, '');
  const node = 'nodes:\n  - { name: n0, image: "a:1", src: a }\n';
  const workflow =
    'workflows:\n  - { name: w, entrypoint: R, sequential: [n0] }\n';
  const lines = (count, line) =>
    Array.from({ length: count }, (_, index) => line(index)).join('\n');
  return {
    'many nodes': `${head}${workflow}nodes:\n${lines(
      400,
      i => `  - name: n${i}\n    image: a:1\n    src: s/a.py`,
    )}\n`,
    'many keys': `${head}${node}${workflow}config:\n  variables:\n${lines(
      1_900,
      i => `    - KEY_${i}`,
    )}\n`,
    'many steps': `${head}${node}workflows:\n  - name: w\n    entrypoint: R\n    sequential:\n${lines(
      1_800,
      () => '      - n0',
    )}\n`,
    'many workflows': `${head}${node}workflows:\n${lines(
      380,
      i => `  - { name: w${i}, entrypoint: R${i}, sequential: [n0] }`,
    )}\n`,
    'long texts': `${head.replace(
      'A package to be measured.',
      `"${'\\u00e9'.repeat(42_000)}"`,
    )}${node}${workflow}`,
    'many mistakes': `${head}${workflow}nodes:\n${lines(
      380,
      i => `  - { nam: N${i}, imag: A, sr: a }`,
    )}\n`,
    'commas (refused)': `a: [${','.repeat(200_000)}`,
    'brackets (refused)': `a: ${'['.repeat(200_000)}`,
    'keys (refused)': lines(40_000, i => `k${i}: 1`),
  };
}

function measureManifests({ validateManifest }) {
  const results = [];
  for (const [name, yaml] of Object.entries(worstManifests())) {
    const times = [];
    for (let round = 0; round < 15; round++) {
      const began = performance.now();
      validateManifest(yaml);
      times.push(performance.now() - began);
    }
    results.push({
      name,
      bytes: Buffer.byteLength(yaml),
      millis: median(times),
    });
  }
  return results;
}

function table(rows) {
  const widths = rows[0].map((_, column) =>
    Math.max(...rows.map(row => row[column].length)),
  );
  for (const row of rows)
    say(row.map((cell, column) => cell.padEnd(widths[column])).join('  '));
}

const work = mkdtempSync(join(tmpdir(), 'bench-krt-'));
try {
  const bundle = join(work, 'krt.cjs');
  await build({
    stdin: {
      contents: "export * from './node'; export * from './index';",
      resolveDir: join(root, 'packages/krt/src'),
      loader: 'ts',
    },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    outfile: bundle,
    logLevel: 'error',
  });
  writeFileSync(join(work, 'child.cjs'), CHILD);
  const krt = createRequire(import.meta.url)(bundle);
  say(
    `${cpus()[0]?.model.trim()}, ${cpus().length} processors, Node ${
      process.version
    }\n`,
  );

  const packages = [];
  for (const { name, files, isWithoutGoal = false } of CASES) {
    const path = join(work, 'package.krt');
    await pipeline(
      Readable.from(krt.packFiles([...base(), ...files()])),
      createWriteStream(path),
    );
    packages.push({
      name,
      isWithoutGoal,
      packed: statSync(path).size,
      ...(await compare(work, bundle, path)),
    });
    rmSync(path);
  }
  const mib = bytes => `${(bytes / MiB).toFixed(1)} MiB`;
  table([
    [
      'package',
      'packed',
      'gunzip alone',
      'read, check, hash',
      `speed (goal ≥ ${GOAL.ratio})`,
      `more memory (goal ≤ ${GOAL.memory} MiB)`,
    ],
    ...packages.map(each => [
      each.name,
      mib(each.packed),
      `${each.gunzipSeconds.toFixed(2)} s`,
      `${each.readSeconds.toFixed(2)} s`,
      each.ratio.toFixed(2),
      `${each.extraMemory.toFixed(0)} MiB`,
    ]),
  ]);
  say();
  const manifests = measureManifests(krt);
  table([
    ['manifest', 'bytes', `milliseconds (goal ≤ ${GOAL.manifest})`],
    ...manifests.map(({ name, bytes, millis }) => [
      name,
      String(bytes),
      millis.toFixed(1),
    ]),
  ]);

  const results = join(root, 'benchmarks/results');
  mkdirSync(results, { recursive: true });
  writeFileSync(
    join(results, 'krt.json'),
    `${JSON.stringify(
      { node: process.version, packages, manifests },
      null,
      2,
    )}\n`,
  );
  const missed = packages.filter(
    ({ ratio, extraMemory, isWithoutGoal }) =>
      (!isWithoutGoal && ratio < GOAL.ratio) || extraMemory > GOAL.memory,
  );
  if (missed.length > 0) {
    say(`\nmissed: ${missed.map(({ name }) => name).join('; ')}`);
    process.exitCode = 1;
  }
} finally {
  rmSync(work, { recursive: true, force: true });
}
