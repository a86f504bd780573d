import { test as base, chromium, type Browser } from '@playwright/test';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

export const repository = resolve(__dirname, '../../..');

/** A portal of its own, on free ports, with empty state. */
export interface Portal {
  baseUrl: string;
  /** Process id of the backend. */
  pid: number;
  /** Address of the house seller page. */
  appUrl: string;
  stateDirectory: string;
  stop(): Promise<void>;
}

interface PortalTools {
  startPortal(options: {
    env: NodeJS.ProcessEnv;
    ports: { portal: number; front: number; app: number };
    stateDirectory: string;
    configFiles?: string[];
  }): Promise<{ baseUrl: string; pid: number; stop(): Promise<void> }>;
}

interface AppServer {
  serveApp(options: {
    port: number;
  }): Promise<{ url: string; close(): Promise<void> }>;
}

function importTool<T>(path: string): Promise<T> {
  return import(pathToFileURL(join(repository, path)).href) as Promise<T>;
}

async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer().listen(0, '127.0.0.1');
      await once(server, 'listening');
      return server;
    }),
  );
  const ports = servers.map(server => (server.address() as AddressInfo).port);
  await Promise.all(
    servers.map(server => {
      server.close();
      return once(server, 'close');
    }),
  );
  return ports;
}

/**
 * Starts a portal on the state of a folder; a second one on the same folder and ports is a restart.
 * @param configFiles - read over app-config.yaml
 */
export async function startPortal(
  stateDirectory: string,
  ports: { portal: number; front: number; app: number },
  configFiles: string[] = [],
): Promise<Portal> {
  const tools = await importTool<PortalTools>('tools/portal.mjs');
  const server = await importTool<AppServer>(
    'examples/price-estimator/app/serve.mjs',
  );
  const portal = await tools.startPortal({
    env: process.env,
    ports,
    stateDirectory,
    configFiles,
  });
  const app = await server.serveApp({ port: ports.app });
  let stopped: Promise<unknown> | undefined;
  return {
    baseUrl: portal.baseUrl,
    pid: portal.pid,
    appUrl: app.url,
    stateDirectory,
    async stop() {
      stopped ??= Promise.all([portal.stop(), app.close()]);
      await stopped;
    },
  };
}

/** Chromium from the npm registry, which brings its own libraries and needs no root. */
async function launchChromium(): Promise<Browser> {
  // Makes the package unpack the libraries and fonts it brings, also outside of where it was made for.
  process.env.AWS_EXECUTION_ENV ??= 'AWS_Lambda_nodejs24.x';
  const { default: packaged } = await import('@sparticuz/chromium');
  return chromium.launch({
    executablePath: await packaged.executablePath(),
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--disable-quic',
    ],
  });
}

export const test = base.extend<
  object,
  {
    ports: { portal: number; front: number; app: number };
    stateDirectory: string;
    portal: Portal;
  }
>({
  browser: [
    async ({}, use) => {
      const browser = await launchChromium();
      await use(browser);
      await browser.close();
    },
    { scope: 'worker' },
  ],
  ports: [
    async ({}, use) => {
      const [portal, front, app] = await freePorts(3);
      await use({ portal, front, app });
    },
    { scope: 'worker' },
  ],
  stateDirectory: [
    async ({}, use) => {
      const directory = await mkdtemp(join(tmpdir(), 'konstellation-e2e-'));
      await use(directory);
      await rm(directory, { recursive: true, force: true });
    },
    { scope: 'worker' },
  ],
  portal: [
    async ({ ports, stateDirectory }, use) => {
      const portal = await startPortal(stateDirectory, ports);
      await use(portal);
      await portal.stop();
    },
    { scope: 'worker', timeout: 180_000 },
  ],
});

export { expect } from '@playwright/test';
