// Requirements of a package: installed by an init container of the python image from a folder of wheels, imported by a node, and
// refused with a reason where a hash is another.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { capture } from '../../tools/processes.mjs';
import { freePort } from '../../tools/ports.mjs';
import { root } from '../../tools/toolchain.mjs';
import { readDescription } from '../descriptions.mjs';
import { python } from '../interpreters/python.mjs';
import { start, terminate, tmp, volume } from './release.mjs';

const INSTALL_WITHIN_MILLIS = 120_000;
const WHEEL_MILLIS = 30_000;
const LIBRARIES = '/krt-libraries';
const WHEELS = '/wheels';
const HANDLER =
  'import greeting\ndef handler(ctx, data):\n    return {"text": greeting.TEXT}\n';
/** The wheel of the runner's own tests; prints its hash. */
const WRITE_WHEEL =
  'import sys; from tests.wheels import write_wheel; print(write_wheel(sys.argv[1], "greeting", "1.0", "TEXT = \'hello\'"))';

const environment = {
  KRT_PACKAGE_DIR: '/krt/package',
  KRT_REQUIREMENTS_DIR: LIBRARIES,
  KRT_NODE_SRC: 'main.py',
};

async function install({ containerd, images }, volumes, requirements) {
  const { folder, libraries, wheels } = volumes;
  writeFileSync(join(folder, 'package/requirements.txt'), requirements);
  const container = containerd.run(images.python, {
    environment: { ...environment, PIP_NO_INDEX: 1, PIP_FIND_LINKS: WHEELS },
    // As little as the manifests would mount: no /tmp.
    mounts: [
      { from: folder, to: '/krt', readOnly: true },
      { from: wheels, to: WHEELS, readOnly: true },
      { from: libraries, to: LIBRARIES },
    ],
    args: [...readDescription('python').entrypoint, 'install'],
  });
  const begun = Date.now();
  const code = await container.end(INSTALL_WITHIN_MILLIS);
  return {
    code,
    line: container.lastLine,
    output: container.output,
    millis: Date.now() - begun,
  };
}

async function callNode(context, { folder, libraries }) {
  const port = await freePort();
  const container = await start(context, 'python (requirements)', {
    image: 'python',
    port,
    environment: {
      ...environment,
      KRT_HOST: '127.0.0.1',
      KRT_PORT_HTTP: port,
      KRT_NODE_NAME: 'greeter',
    },
    mounts: [
      { from: folder, to: '/krt', readOnly: true },
      { from: libraries, to: LIBRARIES, readOnly: true },
      tmp,
    ],
  });
  const response = await fetch(`http://127.0.0.1:${port}/`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{}',
    signal: AbortSignal.timeout(10_000),
  });
  const answer = await response.text();
  if (!response.ok) {
    throw new Error(`The call got ${response.status}: ${answer}`);
  }
  context.say(
    'python (requirements)',
    `the node imports what was installed: ${answer}`,
  );
  await terminate(context, 'python (requirements)', container);
}

export async function verifyPythonInstall(context) {
  const parent = context.containerd.folder;
  const volumes = {
    folder: volume(parent, 'with-requirements'),
    libraries: volume(parent, 'libraries'),
    wheels: volume(parent, 'wheels'),
  };
  mkdirSync(join(volumes.folder, 'package'));
  writeFileSync(join(volumes.folder, 'package/main.py'), HANDLER);
  const hash = await capture(
    python.program(),
    ['-c', WRITE_WHEEL, volumes.wheels],
    { cwd: join(root, 'runners/python'), timeout: WHEEL_MILLIS },
  );
  const wrong = await install(
    context,
    volumes,
    `greeting==1.0 --hash=sha256:${'0'.repeat(64)}\n`,
  );
  if (wrong.code !== 1 || !wrong.line.includes('another hash')) {
    throw new Error(`A wrong hash: exit ${wrong.code}: ${wrong.output}`);
  }
  context.say('python (install)', `a wrong hash: exit 1: ${wrong.line}`);
  const requirements = `greeting==1.0 --hash=sha256:${hash.trim()}\n`;
  for (const attempt of ['first', 'again']) {
    const done = await install(context, volumes, requirements);
    if (done.code !== 0) throw new Error(`install: ${done.output}`);
    const { message } = JSON.parse(done.line);
    context.say(
      'python (install)',
      `${attempt}: exit 0 after ${done.millis} ms: ${message}`,
    );
  }
  await callNode(context, volumes);
}
