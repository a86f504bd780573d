// `npm start`: installs what is missing, builds, starts the portal and the page of the example, and says what to do next.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from './build.mjs';
import { install, needsInstall } from './install.mjs';
import {
  DEFAULT_PORTS,
  isPortTaken,
  pythonProblem,
  startPortal,
} from './portal.mjs';
import { bold, dim, fail, say, step } from './terminal.mjs';
import { root, toolchainEnvironment } from './toolchain.mjs';

const verbose = process.argv.includes('--verbose');
const ports = DEFAULT_PORTS;

const USES = {
  portal: 'the portal',
  front: 'the public addresses of the solutions',
  app: 'the page of the example',
};

async function checkMachine() {
  const python = pythonProblem();
  if (python) fail(python);
  for (const [name, port] of Object.entries(ports)) {
    if (await isPortTaken(port)) {
      fail(
        `Port ${port} is in use; it is needed for ${USES[name]}. Is Konstellation running already? End what uses it and try again.`,
      );
    }
  }
}

/** Parent of a process, from the process table; undefined where there is none. */
function parentOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return undefined;
  }
}

/**
 * When npm is killed nobody tells this process. npm starts scripts through a shell, so both are watched: our parent, and the
 * parent of that.
 */
function endWithParent(end) {
  const parent = process.ppid;
  const grandparent = parentOf(parent);
  setInterval(() => {
    if (process.ppid !== parent || parentOf(parent) !== grandparent) end();
  }, 500).unref();
}

async function main() {
  const env = toolchainEnvironment();
  await checkMachine();
  if (needsInstall()) {
    await step('Installed (the first time this takes a minute or two)', () =>
      install(env),
    );
  }
  await build(env);

  let portal;
  let app;
  let ending = false;
  async function end() {
    if (ending) return;
    ending = true;
    say(dim('Stopping the portal and everything it runs …'));
    await Promise.all([portal?.stop(), app?.close()]);
    process.exit(0);
  }
  process.on('SIGINT', end);
  process.on('SIGTERM', end);
  process.on('SIGHUP', end);
  endWithParent(end);

  portal = await step('Started the portal', () =>
    startPortal({ env, ports, verbose }),
  );
  const { serveApp } = await import(
    join(root, 'examples/price-estimator/app/serve.mjs')
  );
  app = await serveApp({ port: ports.app });

  say();
  say(`  ${bold('Portal')}            ${portal.baseUrl}/konstellation`);
  say(`  ${bold('House seller page')} ${app.url}`);
  say();
  say('  Next: open the portal, enter as guest, choose “try the example”.');
  say('  The whole story: examples/price-estimator/README.md');
  say(dim('  State is kept in .konstellation/. Ctrl-C stops everything.'));
  const how = await portal.exited;
  if (!ending) {
    await app.close();
    fail(`The portal ended by itself (${how}). See .konstellation/portal.log`);
  }
}

main().catch(error => fail(error.message));
