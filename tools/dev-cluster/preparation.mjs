// What a cluster is made of, brought once: packages of Debian, and programs that are compiled.
import { step as say } from '../terminal.mjs';
import { areBinariesCurrent, buildBinaries } from './binaries.mjs';
import {
  areGatewayDefinitionsThere,
  fetchGatewayDefinitions,
} from './gatewayDefinitions.mjs';
import { BUILD_LOCK, exclusively } from './lock.mjs';
import { installPackages, missingPackages } from './packages.mjs';
import { buildTool, isToolCurrent } from './tools.mjs';

/**
 * Brings what a cluster is made of; at once where it is there.
 * @param tools - of tools.mjs
 */
export function prepareDevCluster(settings, step = say, tools = []) {
  return exclusively(BUILD_LOCK, () => prepare(settings, step, tools));
}

async function prepare(settings, step, tools) {
  const missing = missingPackages();
  if (missing.length > 0) {
    await step(`Installed ${missing.join(', ')}`, () =>
      installPackages(missing),
    );
  }
  if (!areBinariesCurrent(settings)) await buildBinaries(settings, step);
  if (!areGatewayDefinitionsThere(settings)) {
    await step('Fetched the definitions of Gateways', () =>
      fetchGatewayDefinitions(settings),
    );
  }
  for (const name of tools.filter(each => !isToolCurrent(settings, each))) {
    await step(`Compiled ${name}`, () => buildTool(settings, name));
  }
}
