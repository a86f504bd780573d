// Whether this machine can have a cluster.
import { attempt } from './commands.mjs';
import { areBinariesCurrent } from './binaries.mjs';
import { areGatewayDefinitionsThere } from './gatewayDefinitions.mjs';
import { isThere, missingPackages } from './packages.mjs';

/** @returns why a cluster cannot be had here, in a sentence; undefined where it can */
export function problemOf(settings) {
  if (process.platform !== 'linux') {
    return `A cluster needs Linux; this is ${process.platform}.`;
  }
  if (process.getuid() !== 0) {
    return 'A cluster needs root, for containers and a network of its own.';
  }
  const missing = missingPackages();
  if (missing.length > 0 && !isThere('apt-get')) {
    return `A cluster needs what Debian has in its packages ${missing.join(
      ', ',
    )}, and there is no apt-get to install them.`;
  }
  const isComplete =
    areBinariesCurrent(settings) && areGatewayDefinitionsThere(settings);
  if (!isComplete && !isThere('go')) {
    return 'A cluster needs Go, once, to compile Kubernetes.';
  }
  const { ok, output } = attempt('unshare', ['--net', 'true']);
  if (!ok) {
    return `A cluster needs a network namespace, which is refused here: ${output}.`;
  }
  return undefined;
}
