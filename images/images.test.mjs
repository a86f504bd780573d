import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { root } from '../tools/toolchain.mjs';
import { containerfileOf, differingContainerfiles } from './containerfiles.mjs';
import { configOf, NAMES, readDescription } from './descriptions.mjs';

const lastStage = name => containerfileOf(name).split('\nFROM ').at(-1);
const instruction = (stage, name) =>
  new RegExp(`^${name} (.*)$`, 'm').exec(stage)?.[1];

test('the committed Containerfiles are what the descriptions make', () => {
  assert.deepEqual(differingContainerfiles(), []);
});

test('there are the images that the chart and the manifests name', () => {
  assert.deepEqual(NAMES, [
    'entrypoint',
    'krt-fetch',
    'node',
    'portal',
    'python',
  ]);
});

for (const name of NAMES) {
  test(`${name}: with Docker and without it is the same image`, () => {
    const stage = lastStage(name);
    const config = configOf(readDescription(name), '1.2.3');
    assert.equal(instruction(stage, 'USER'), config.User);
    assert.deepEqual(
      JSON.parse(instruction(stage, 'ENTRYPOINT')),
      config.Entrypoint,
    );
    assert.deepEqual(JSON.parse(instruction(stage, 'CMD')), config.Cmd ?? []);
    assert.equal(instruction(stage, 'WORKDIR'), config.WorkingDir);
    assert.equal(instruction(stage, 'STOPSIGNAL'), config.StopSignal);
    for (const variable of config.Env.filter(text => !/^PATH=/.test(text))) {
      const [key, value] = variable.split(/=(.*)/);
      assert.ok(stage.includes(`${key}="${value}"`), variable);
    }
    for (const [label, value] of Object.entries(config.Labels)) {
      const text = value === '1.2.3' ? '${VERSION}' : value;
      assert.ok(stage.includes(`${label}="${text}"`), label);
    }
    for (const { to } of readDescription(name).files) {
      assert.ok(stage.includes(` ${to}\n`), to);
    }
  });

  test(`${name}: pods may run it`, () => {
    const { User, Entrypoint, Labels } = configOf(
      readDescription(name),
      '1.2.3',
    );
    assert.match(User, /^[1-9]\d*:[1-9]\d*$/);
    // Started without a shell, and without root being able to change what is started.
    assert.ok(['node', 'python3'].includes(Entrypoint[0]));
    assert.equal(Labels['org.opencontainers.image.version'], '1.2.3');
  });

  test(`${name}: what steps are run again for is there`, () => {
    const { steps } = readDescription(name);
    const inputs = steps
      .flatMap(step => step.inputs ?? [])
      .filter(input => !input.endsWith('/dist'));
    for (const input of inputs) assert.ok(existsSync(join(root, input)), input);
  });
}

test('base images are pinned by version', () => {
  for (const name of NAMES) {
    for (const [, image] of containerfileOf(name).matchAll(/^FROM (\S+)/gm)) {
      assert.match(image, /:\d+\.\d+/);
    }
  }
});

test('pip is pinned by version and hash', () => {
  const pinned = readFileSync(join(root, 'images/python/pip.txt'), 'utf8')
    .split('\n')
    .filter(line => line && !line.startsWith('#'));
  assert.equal(pinned.length, 1);
  assert.match(pinned[0], /^pip==[\d.]+ --hash=sha256:[0-9a-f]{64}$/);
});

test('an image that is not there is named', () => {
  assert.throws(() => readDescription('ruby'), /no image "ruby", there are/);
});
