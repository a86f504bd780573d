// Images of the cluster itself, and how they come into it.
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { attempt, must } from './commands.mjs';
import { writeImage } from './oci.mjs';

const IMPORT_MILLIS = 120_000;

/** The process that holds the namespaces of a pod: it waits, and takes what others leave behind. */
export const PAUSE = 'localhost/pause:1';
const PAUSE_SOURCE = `
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
static void end(int signal) { (void)signal; exit(0); }
static void reap(int signal) { (void)signal; while (waitpid(-1, 0, WNOHANG) > 0); }
int main(void) {
  signal(SIGTERM, end);
  signal(SIGINT, end);
  signal(SIGCHLD, reap);
  for (;;) pause();
}
`;

/** @returns its tar, which is made once */
export function pauseImage({ cache }) {
  const out = join(cache, 'pause.tar');
  if (existsSync(out)) return out;
  const root = mkdtempSync(join(tmpdir(), 'konstellation-pause-'));
  try {
    const program = join(root, 'pause');
    must('cc', ['-Os', '-static', '-x', 'c', '-o', program, '-'], {
      input: PAUSE_SOURCE,
    });
    writeImage({
      root,
      name: PAUSE,
      out,
      config: { Entrypoint: ['/pause'], User: '65535' },
    });
    return out;
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

/** Brings OCI images, as tars, into the cluster. */
export function loadImages({ socket }, tars) {
  for (const tar of tars) {
    must('ctr', ['-a', socket, '-n', 'k8s.io', 'images', 'import', tar], {
      timeout: IMPORT_MILLIS,
    });
  }
}

/** Name of the network namespace a container was given, as the runtime wrote it down. */
function networkOf(described) {
  try {
    const { namespaces = [] } = JSON.parse(described).Spec.linux;
    const { path = '' } = namespaces.find(({ type }) => type === 'network');
    return /\/netns\/(cni-[\w-]+)$/.exec(path)?.[1];
  } catch {
    return undefined;
  }
}

/** Ends what runs in containers; the kubelet has to be gone. @returns the network namespaces their pods had */
export function endContainers({ socket }) {
  const run = (...args) =>
    attempt('ctr', ['-a', socket, '-n', 'k8s.io', ...args]);
  const listed = kind =>
    run(kind, 'ls', '-q').output.split('\n').filter(Boolean);
  const networks = new Set();
  for (const task of listed('tasks')) run('tasks', 'kill', '-s', '9', task);
  for (const container of listed('containers')) {
    const network = networkOf(run('containers', 'info', container).output);
    if (network) networks.add(network);
    run('tasks', 'rm', '-f', container);
    run('containers', 'rm', container);
  }
  return [...networks];
}
