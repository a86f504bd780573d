// The image of the tests on a cluster: Node, and the server of the contract of clusters.
//   node tools/dev-cluster/testImage.mjs OUT.tar   for a cluster of your own: `kind load image-archive OUT.tar`
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { fail, say } from '../terminal.mjs';
import { nodeBinary, root } from '../toolchain.mjs';
import { must } from './commands.mjs';
import { writeImage } from './oci.mjs';
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

/** Shared libraries of a program, as the loader of this machine finds them. */
function librariesOf(program) {
  const listed = must('ldd', [program]);
  return [...listed.matchAll(/(\/[^\s():]+)/g)]
    .map(([path]) => path)
    .filter(path => existsSync(path));
}

/** @returns its tar; made once for what it is made of */
export function testImage(out) {
  const node = realpathSync(nodeBinary());
  const script = serverScript();
  const key = createHash('sha256')
    .update(script)
    .update(readFileSync(node))
    .digest('hex')
    .slice(0, 16);
  const file = out ?? join(clusterSettings().cache, `test-server-${key}.tar`);
  if (!out && existsSync(file)) return file;
  const folder = mkdtempSync(join(tmpdir(), 'konstellation-test-image-'));
  try {
    const put = (from, to) => {
      const place = join(folder, to);
      mkdirSync(dirname(place), { recursive: true });
      copyFileSync(from, place);
    };
    put(node, 'usr/bin/node');
    librariesOf(node).forEach(path => put(realpathSync(path), path));
    mkdirSync(join(folder, 'app'));
    writeFileSync(join(folder, 'app/server.cjs'), script);
    writeImage({
      root: folder,
      name: NAME,
      out: file,
      config: {
        Entrypoint: ['/usr/bin/node', '/app/server.cjs'],
        User: USER,
      },
    });
    return file;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [out] = process.argv.slice(2);
  if (!out) fail('Say where the image is to be written.');
  say(testImage(out));
}
