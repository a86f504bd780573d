// `npm run demo`: the main job over HTTP, step by step. Uses the portal that answers, or installs and starts one for itself.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from './build.mjs';
import { install } from './install.mjs';
import {
  DEFAULT_PORTS,
  isPortalReady,
  pythonProblem,
  startPortal,
} from './portal.mjs';
import { freePort } from './ports.mjs';
import { tellStory } from './story.mjs';
import { dim, fail, say, step } from './terminal.mjs';
import { toolchainEnvironment } from './toolchain.mjs';

async function main() {
  const runtime = `demo-${Date.now().toString(36)}`;
  const running = `http://localhost:${DEFAULT_PORTS.portal}`;
  if (await isPortalReady(running)) {
    say(dim(`Using the portal at ${running}`));
    await tellStory(running, runtime);
    return;
  }
  const python = pythonProblem();
  if (python) fail(python);
  const env = toolchainEnvironment();
  await step('Installed', () => install(env));
  await build(env);
  const stateDirectory = mkdtempSync(join(tmpdir(), 'konstellation-demo-'));
  let portal;
  async function end() {
    await portal?.stop();
    rmSync(stateDirectory, { recursive: true, force: true });
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.once(signal, () => end().finally(() => process.exit(130)));
  }
  try {
    const ports = {
      portal: await freePort(),
      front: await freePort(),
      app: await freePort(),
    };
    portal = await step('Started a portal for the demo', () =>
      startPortal({ env, ports, stateDirectory }),
    );
    await tellStory(portal.baseUrl, runtime);
  } finally {
    await end();
  }
}

main().catch(error => fail(error.message));
