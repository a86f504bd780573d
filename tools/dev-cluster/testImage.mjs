// The image of the tests on a cluster: Node, and the server of the contract of clusters.
//   node tools/dev-cluster/testImage.mjs OUT.tar   for a cluster of your own: `kind load image-archive OUT.tar`
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { node } from '../../images/interpreters/node.mjs';
import { keyOf, text } from '../../images/oci/index.mjs';
import { fail, say } from '../terminal.mjs';
import { root } from '../toolchain.mjs';
import { writeOneLayer } from './oneLayer.mjs';
import { clusterSettings } from './settings.mjs';

/** As the tests name it. */
const NAME = 'localhost/test/server:1';
const SCRIPT = 'plugins/konstellation-node/src/testUtils/serverScript.ts';
const USER = '10001';

/** The script that stands in a TypeScript file as text of a template. */
function serverScript() {
  const source = readFileSync(join(root, SCRIPT), 'utf8');
  const [, text] = /serverScript = `([\s\S]*?[^\\])`;/.exec(source) ?? [];
  if (!text) throw new Error(`there is no script in ${SCRIPT}`);
  return text.replace(/\\([`$\\])/g, '$1');
}

/** @returns its tar; made once for what it is made of */
export function testImage(out) {
  const entries = [...node.entries(), text('/app/server.cjs', serverScript())];
  const key = keyOf(entries).slice(0, 16);
  const file = out ?? join(clusterSettings().cache, `test-server-${key}.tar`);
  if (!out && existsSync(file)) return file;
  writeOneLayer({
    entries,
    name: NAME,
    config: { Entrypoint: ['/usr/bin/node', '/app/server.cjs'], User: USER },
    out: file,
  });
  return file;
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [out] = process.argv.slice(2);
  if (!out) fail('Say where the image is to be written.');
  say(testImage(out));
}
