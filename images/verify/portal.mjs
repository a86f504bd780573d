// The portal on a database in a volume, until it answers as the probes and a browser would ask, and its end.
import { freePort } from '../../tools/ports.mjs';
import { checkConfinement } from './confinement.mjs';
import { terminate, tmp, volume } from './release.mjs';

const READY_WITHIN_MILLIS = 120_000;
const STATE = '/var/lib/konstellation';

/** Settings that a cluster gives as files, here as the variables that Backstage reads. */
function environmentOf(port) {
  const settings = {
    app_baseUrl: `http://127.0.0.1:${port}`,
    backend_baseUrl: `http://127.0.0.1:${port}`,
    backend_listen: `127.0.0.1:${port}`,
    backend_database: {
      client: 'better-sqlite3',
      connection: { directory: `${STATE}/database` },
    },
    konstellation_packages_directory: `${STATE}/packages`,
    konstellation_encryption_keys: [
      { id: 'verify', secret: Buffer.alloc(32, 7).toString('base64') },
    ],
  };
  return {
    ...Object.fromEntries(
      Object.entries(settings).map(([key, value]) => [
        `APP_CONFIG_${key}`,
        JSON.stringify(value),
      ]),
    ),
    PORTAL_URL: `http://127.0.0.1:${port}`,
  };
}

export async function verifyPortal(context) {
  const { containerd, images, say } = context;
  const port = await freePort();
  const container = containerd.run(images.portal, {
    environment: environmentOf(port),
    mounts: [{ from: volume(containerd.folder, 'portal'), to: STATE }, tmp],
  });
  const base = `http://127.0.0.1:${port}`;
  const millis = await container.answers(
    `${base}/.backstage/health/v1/readiness`,
    READY_WITHIN_MILLIS,
  );
  const seen = checkConfinement(await container.pid());
  say('portal', `ready after ${millis} ms; ${seen}`);
  await container.answers(
    `${base}/api/konstellation/openapi.json`,
    READY_WITHIN_MILLIS,
  );
  say('portal', '/api/konstellation/openapi.json answers');
  const page = await fetch(base, { signal: AbortSignal.timeout(10_000) });
  const html = await page.text();
  const title = /<title>([^<]*)<\/title>/.exec(html)?.[1];
  if (!page.ok || !title) {
    throw new Error(`The start page got ${page.status}: ${html.slice(0, 300)}`);
  }
  const script = /src="([^"]+\.js)"/.exec(html)?.[1];
  const asset = await fetch(new URL(script, base));
  if (!asset.ok) throw new Error(`${script} got ${asset.status}`);
  say('portal', `the start page answers: "${title}", with ${script}`);
  await terminate(context, 'portal', container);
}
