// What the API server has to know of Gateways: the definitions of their kinds, from the Go module that has them.
import {
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { capture } from '../processes.mjs';
import { goEnvironment } from './binaries.mjs';

const MODULE = 'sigs.k8s.io/gateway-api';
/** The newest that the Go of Kubernetes 1.34 and later takes. */
const VERSION = 'v1.6.3';
const GROUP = 'gateway.networking.k8s.io';
const KINDS = ['gatewayclasses', 'gateways', 'grpcroutes', 'httproutes'];
const DOWNLOAD_MILLIS = 120_000;

const folderOf = ({ cache }) => join(cache, `gateway-api-${VERSION}`);

export const areGatewayDefinitionsThere = settings =>
  existsSync(folderOf(settings));

/** Prose is most of it, and the API server takes seconds to read it. */
export function withoutDescriptions(yaml) {
  let depth;
  return yaml
    .split('\n')
    .filter(line => {
      const indent = line.search(/\S/);
      if (depth !== undefined && (indent === -1 || indent > depth))
        return false;
      depth = /^ *description: \S/.test(line) ? indent : undefined;
      return depth === undefined;
    })
    .join('\n');
}

export async function fetchGatewayDefinitions(settings) {
  const answer = await capture(
    'go',
    ['mod', 'download', '-json', `${MODULE}@${VERSION}`],
    { env: goEnvironment({ GOFLAGS: '-mod=mod' }), timeout: DOWNLOAD_MILLIS },
  );
  const { Dir: source } = JSON.parse(answer);
  const begun = `${folderOf(settings)}.new`;
  rmSync(begun, { recursive: true, force: true });
  mkdirSync(begun, { recursive: true });
  for (const kind of KINDS) {
    const yaml = readFileSync(
      join(source, 'config/crd/standard', `${GROUP}_${kind}.yaml`),
      'utf8',
    );
    writeFileSync(join(begun, `${kind}.yaml`), withoutDescriptions(yaml));
  }
  renameSync(begun, folderOf(settings));
}

/** @returns `[{ name, yaml }]` of CustomResourceDefinitions */
export function gatewayDefinitions(settings) {
  return KINDS.map(kind => ({
    name: `${kind}.${GROUP}`,
    yaml: readFileSync(join(folderOf(settings), `${kind}.yaml`), 'utf8'),
  }));
}
