// The gate of new pods: the last step of making a pod's network tells its address to the controller of policies and waits until that
// has applied them, so that no process of a pod ever runs without. It is a plugin of CNI, run by containerd.
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

export const GATE = 'policy-gate';
const WAIT_HUNDREDTHS = 1_000;

/** Folders where pods ask and are answered, a file each. */
export const gateFolders = ({ state }) => ({
  asked: join(state, 'policies/asked'),
  answered: join(state, 'policies/answered'),
});

/** libcni writes its keys in order: what came before stands between `prevResult` and `type`. */
const plugin = ({ asked, answered }) => `#!/bin/sh
input=$(cat)
argument() { printf '%s' ";$CNI_ARGS;" | sed -n "s/.*;$1=\\([^;]*\\);.*/\\1/p"; }
case $CNI_COMMAND in
VERSION)
  echo '{"cniVersion":"0.4.0","supportedVersions":["0.3.1","0.4.0"]}'
  ;;
DEL)
  rm -f "${asked}/$CNI_CONTAINERID" "${answered}/$CNI_CONTAINERID"
  ;;
ADD)
  result=$(printf '%s' "$input" | sed -n 's/.*"prevResult":\\(.*\\),"type":"${GATE}".*/\\1/p')
  address=$(printf '%s' "$result" | sed -n 's/.*"address":"\\([0-9.]*\\)\\/[0-9]*".*/\\1/p')
  printf '%s %s %s' "$(argument K8S_POD_NAMESPACE)" "$(argument K8S_POD_NAME)" "$address" >"${asked}/.$CNI_CONTAINERID"
  mv "${asked}/.$CNI_CONTAINERID" "${asked}/$CNI_CONTAINERID"
  tries=0
  until [ -e "${answered}/$CNI_CONTAINERID" ]; do
    tries=$((tries + 1))
    if [ $tries -gt ${WAIT_HUNDREDTHS} ]; then
      echo '{"cniVersion":"0.4.0","code":100,"msg":"network policies were not applied in time"}'
      exit 1
    fi
    sleep 0.01
  done
  printf '%s' "$result"
  ;;
esac
`;

/** @param folder - where containerd looks for plugins */
export function writeGate(settings, folder) {
  const folders = gateFolders(settings);
  for (const each of Object.values(folders)) {
    mkdirSync(each, { recursive: true });
  }
  writeFileSync(join(folder, GATE), plugin(folders), { mode: 0o755 });
}

/** @returns `[{ container, pod: 'namespace/name', ip }]` of all pods that have a network */
export function askedAtGate({ asked }) {
  return readdirSync(asked)
    .filter(file => !file.startsWith('.'))
    .flatMap(container => {
      try {
        const [namespace, name, ip] = readFileSync(
          join(asked, container),
          'utf8',
        ).split(' ');
        return [{ container, pod: `${namespace}/${name}`, ip }];
      } catch (error) {
        // It ended meanwhile.
        if (error.code === 'ENOENT') return [];
        throw error;
      }
    });
}

export function isLetThrough({ answered }, container) {
  return existsSync(join(answered, container));
}

export function letThrough({ asked, answered }, container) {
  writeFileSync(join(answered, container), '');
  // It ended meanwhile, and nobody would remove it.
  if (!existsSync(join(asked, container))) rmSync(join(answered, container));
}
