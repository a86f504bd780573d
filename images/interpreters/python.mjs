// The interpreter of the image that runs Python: Debian's, with its standard library, compiled.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { file, keyOf, symlink, tree } from '../oci/index.mjs';
import { readStamp, writeStamp } from '../../tools/install.mjs';
import { librariesByName, librariesOf, unique } from './libraries.mjs';
import { CERTIFICATES, systemEntries } from './system.mjs';

const VERSION = '3.11';
const PROGRAM = `/usr/bin/python${VERSION}`;
const LIBRARY = `/usr/lib/python${VERSION}`;
const COMPILE_MILLIS = 180_000;

/** Of no use without a screen, a terminal or a compiler, or only in tests of Python itself. */
const UNWANTED =
  /(^|\/)__pycache__$|^(test|idlelib|tkinter|turtledemo|lib2to3|ensurepip|turtle\.py|pydoc_data|config-.*|sitecustomize\.py|EXTERNALLY-MANAGED)$|(^|\/)tests?$|^lib-dynload\/(_test|_ctypes_test|xx).*/;
/** Wheels may ask for these without bringing them (manylinux, PEP 600), beside the C library. */
const FOR_WHEELS = ['libstdc++.so.6', 'libz.so.1', 'libexpat.so.1'];

/** Compiles the library into a folder, by hash: times do not survive a layer. */
function compile(folder) {
  const wanted = tree(LIBRARY, LIBRARY, path => !UNWANTED.test(path));
  const state = `${keyOf(wanted)} ${UNWANTED.source}`;
  if (readStamp(`${folder}.stamp`) === state) return;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(dirname(folder), { recursive: true });
  const script = [
    'import compileall, py_compile, shutil, sys, re',
    'source, target, unwanted = sys.argv[1:]',
    'shutil.copytree(source, target, symlinks=True, ignore=lambda f, names: [n for n in names if re.search(unwanted, (f + "/" + n)[len(source) + 1:])])',
    'ok = compileall.compile_dir(target, quiet=1, stripdir=target, prependdir=source, invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH)',
    'sys.exit(0 if ok else "not all of the standard library could be compiled")',
  ].join('\n');
  execFileSync(
    PROGRAM,
    ['-I', '-c', script, LIBRARY, folder, UNWANTED.source],
    {
      timeout: COMPILE_MILLIS,
      env: { PATH: '/usr/bin:/bin', PYTHONHASHSEED: '0' },
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  );
  writeStamp(`${folder}.stamp`, state);
}

export const python = {
  title: `Python ${VERSION}`,
  program: () => PROGRAM,
  containerfile: {
    build: `python:${VERSION}-slim-bookworm`,
    base: `python:${VERSION}-slim-bookworm`,
    setup: [],
    // The official image comes without.
    install: [
      `RUN python3 -m compileall -q --invalidation-mode unchecked-hash /usr/local/lib/python${VERSION}`,
    ],
  },
  environment: {
    PYTHONDONTWRITEBYTECODE: '1',
    SSL_CERT_FILE: CERTIFICATES,
  },

  /** @param workFolder - where files are made that entries then name */
  entries(workFolder) {
    if (!existsSync(PROGRAM)) {
      throw new Error(
        `This machine has no ${PROGRAM} (on Debian 12: python3, libpython3-stdlib)`,
      );
    }
    const library = join(workFolder, `python${VERSION}`);
    compile(library);
    const modules = readdirSync(join(library, 'lib-dynload')).map(name =>
      join(library, 'lib-dynload', name),
    );
    return [
      ...unique([
        ...systemEntries(),
        ...librariesOf([PROGRAM, ...modules]),
        ...librariesByName(FOR_WHEELS),
      ]),
      ...tree(LIBRARY, library),
      file(PROGRAM, PROGRAM, 0o755),
      symlink('/usr/bin/python3', `python${VERSION}`),
    ];
  },
};
