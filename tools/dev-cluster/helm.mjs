// Helm alone, for what needs no cluster.
import { join } from 'node:path';
import { BUILD_LOCK, exclusively } from './lock.mjs';
import { isThere } from './packages.mjs';
import { clusterSettings } from './settings.mjs';
import { buildTool, isToolCurrent } from './tools.mjs';

async function compile(settings) {
  const build = async () => {
    if (!isToolCurrent(settings, 'helm')) await buildTool(settings, 'helm');
  };
  // The lock is of root's, as clusters are; others compile for themselves.
  await (process.getuid?.() === 0 ? exclusively(BUILD_LOCK, build) : build());
}

/**
 * Finds helm, and compiles it where it is missing: minutes, once.
 * @returns `{ path }`, or `{ problem }`: why it cannot be had here, in a sentence
 */
export async function findHelm() {
  const settings = clusterSettings();
  if (!isToolCurrent(settings, 'helm')) {
    if (!isThere('go')) return { problem: 'helm is compiled, once, with Go.' };
    await compile(settings);
  }
  return { path: join(settings.bin, 'helm') };
}
