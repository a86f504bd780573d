// A release as pods make it: krt-fetch unpacks the example, its python nodes and the entrypoint start, a call is answered.
import { chownSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../../tools/ports.mjs';
import { root } from '../../tools/toolchain.mjs';
import { checkConfinement } from './confinement.mjs';
import { servePackage } from './packageServer.mjs';

const EXAMPLE = join(root, 'examples/price-estimator/price-estimator-v1.krt');
const NODES = ['etl', 'model', 'output'];
const HOUSE = { lotsize: 5850, bedrooms: 3, bathrms: 1, stories: 2 };
const READY_WITHIN_MILLIS = 60_000;
const END_WITHIN_MILLIS = 10_000;
const USER = 10001;
const PACKAGE_DIR = '/krt/package';
const TOKEN = 'internal-token';

export const tmp = { to: '/tmp' };

/** A folder that the containers' user may write, as `fsGroup` makes an emptyDir. */
export function volume(parent, name) {
  const folder = join(parent, name);
  mkdirSync(folder);
  chownSync(folder, USER, USER);
  return folder;
}

async function fetchPackage({ containerd, images, say }, folder) {
  const server = await servePackage(EXAMPLE);
  try {
    const container = containerd.run(images['krt-fetch'], {
      environment: {
        KRT_PACKAGE_URL: server.url,
        KRT_PACKAGE_DIGEST: server.digest,
        KRT_PACKAGE_TOKEN: server.token,
        KRT_PACKAGE_DIR: PACKAGE_DIR,
      },
      mounts: [{ from: folder, to: '/krt' }],
    });
    const code = await container.end(READY_WITHIN_MILLIS);
    if (code !== 0 || !existsSync(join(folder, 'package/krt.yml'))) {
      throw new Error(`krt-fetch ended with ${code}: ${container.lastLine}`);
    }
    say('krt-fetch', `exit 0: ${JSON.parse(container.lastLine).message}`);
  } finally {
    server.close();
  }
}

/** Starts a container that serves /healthz, and says how it is confined. */
export async function start(context, name, { port, image, ...options }) {
  const { containerd, images, say } = context;
  const container = containerd.run(images[image], options);
  const millis = await container.answers(
    `http://127.0.0.1:${port}/healthz`,
    READY_WITHIN_MILLIS,
  );
  const seen = checkConfinement(await container.pid());
  say(name, `/healthz answered 200 after ${millis} ms; ${seen}`);
  return container;
}

/** @throws an Error unless it ends with 0 in time */
export async function terminate({ say }, name, container) {
  const { code, millis } = await container.terminate(END_WITHIN_MILLIS);
  if (code !== 0) {
    throw new Error(`${name} ended with ${code}: ${container.lastLine}`);
  }
  say(name, `SIGTERM: exit 0 after ${millis} ms`);
}

async function startNode(context, node, folder) {
  const port = await freePort();
  const container = await start(context, `python (${node})`, {
    image: 'python',
    port,
    environment: {
      KRT_HOST: '127.0.0.1',
      KRT_PORT_HTTP: port,
      KRT_PACKAGE_DIR: PACKAGE_DIR,
      KRT_NODE_NAME: node,
      KRT_NODE_SRC: `src/${node}.py`,
      OUTPUT_PRICE_CURRENCY: 'CAD',
    },
    mounts: [{ from: folder, to: '/krt', readOnly: true }, tmp],
  });
  return { node, port, container };
}

function entrypointEnvironment(ports, nodes) {
  return {
    KRT_HOST: '127.0.0.1',
    KRT_PORT_PUBLIC: ports[0],
    KRT_PORT_INTERNAL: ports[1],
    KRT_PORT_METRICS: ports[2],
    KRT_RUNTIME: 'verify',
    KRT_VERSION: 'price-v1',
    KRT_RELEASE: 'release',
    KRT_PACKAGE_DIR: PACKAGE_DIR,
    KRT_PROTO: 'public_input.proto',
    KRT_WORKFLOWS: JSON.stringify([
      { name: 'house-price', rpc: 'Estimate', sequential: NODES },
    ]),
    KRT_NODES: JSON.stringify(
      Object.fromEntries(
        nodes.map(({ node, port }) => [node, `http://127.0.0.1:${port}`]),
      ),
    ),
    KRT_INTERNAL_TOKEN: TOKEN,
  };
}

async function predict(port) {
  const response = await fetch(
    `http://127.0.0.1:${port}/price.PriceEstimator/Estimate`,
    {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${TOKEN}`,
      },
      body: JSON.stringify(HOUSE),
      signal: AbortSignal.timeout(10_000),
    },
  );
  const text = await response.text();
  if (!response.ok) throw new Error(`The call got ${response.status}: ${text}`);
  return text;
}

/** @param context - `{ containerd, images, say }`: images by name, `say(image, what was seen)` */
export async function verifyRelease(context) {
  const folder = volume(context.containerd.folder, 'release');
  await fetchPackage(context, folder);
  const nodes = [];
  for (const node of NODES) nodes.push(await startNode(context, node, folder));
  const ports = [await freePort(), await freePort(), await freePort()];
  const entrypoint = await start(context, 'entrypoint', {
    image: 'entrypoint',
    port: ports[1],
    environment: entrypointEnvironment(ports, nodes),
    mounts: [{ from: folder, to: '/krt', readOnly: true }, tmp],
  });
  context.say('entrypoint', `a call is answered: ${await predict(ports[1])}`);
  await terminate(context, 'entrypoint', entrypoint);
  for (const { node, container } of nodes) {
    await terminate(context, `python (${node})`, container);
  }
}
