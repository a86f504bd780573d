// A JavaScript node, started on a package of one file, called, and ended.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../../tools/ports.mjs';
import { start, terminate, tmp, volume } from './release.mjs';

const HANDLER = `
import { createHash } from 'node:crypto';
import { getCACertificates } from 'node:tls';
export function handler(ctx, { text }) {
  return {
    digest: createHash('sha256').update(text).digest('hex'),
    certificates: getCACertificates('system').length,
  };
}
`;

export async function verifyNodeRunner(context) {
  const folder = volume(context.containerd.folder, 'node');
  mkdirSync(join(folder, 'package'));
  writeFileSync(join(folder, 'package/main.mjs'), HANDLER);
  const port = await freePort();
  const container = await start(context, 'node', {
    image: 'node',
    port,
    environment: {
      KRT_HOST: '127.0.0.1',
      KRT_PORT_HTTP: port,
      KRT_PACKAGE_DIR: '/krt/package',
      KRT_NODE_NAME: 'hash',
      KRT_NODE_SRC: 'main.mjs',
    },
    mounts: [{ from: folder, to: '/krt', readOnly: true }, tmp],
  });
  const response = await fetch(`http://127.0.0.1:${port}/`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"text":"konstellation"}',
    signal: AbortSignal.timeout(10_000),
  });
  const answer = await response.json();
  if (!response.ok || !(answer.certificates > 0)) {
    throw new Error(
      `The call got ${response.status}: ${JSON.stringify(answer)}`,
    );
  }
  context.say(
    'node',
    `a call is answered; ${answer.certificates} certificates of the system are trusted`,
  );
  await terminate(context, 'node', container);
}
