// Images of the cluster itself, and how they come into it.
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { file } from '../../images/oci/index.mjs';
import { capture } from '../processes.mjs';
import { must } from './commands.mjs';
import { writeOneLayer } from './oneLayer.mjs';

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
  const key = createHash('sha256').update(PAUSE_SOURCE).digest('hex');
  const out = join(cache, `pause-${key.slice(0, 8)}.tar`);
  if (existsSync(out)) return out;
  const folder = mkdtempSync(join(tmpdir(), 'konstellation-pause-'));
  const program = join(folder, 'pause');
  try {
    must('cc', ['-Os', '-static', '-s', '-x', 'c', '-o', program, '-'], {
      input: PAUSE_SOURCE,
    });
    writeOneLayer({
      entries: [file('/pause', program, 0o755)],
      name: PAUSE,
      config: { Entrypoint: ['/pause'], User: '65535:65535' },
      out,
    });
    return out;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Brings OCI images, as tars, into the cluster. */
export async function loadImages({ socket }, tars) {
  for (const tar of tars) {
    await capture(
      'ctr',
      ['-a', socket, '-n', 'k8s.io', 'images', 'import', tar],
      {
        timeout: IMPORT_MILLIS,
      },
    );
  }
}
