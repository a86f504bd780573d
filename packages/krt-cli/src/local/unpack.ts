import { createReadStream } from 'node:fs';
import { chmod, copyFile, mkdir, open, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DEFAULT_LIMITS, readTar } from '@konstellation/krt';
import { nodePlatform } from '@konstellation/krt/node';
import { filesOf } from '../package/files';

async function unpackKrt(file: string, target: string): Promise<void> {
  const tar = nodePlatform.gunzip(createReadStream(file));
  for await (const entry of readTar(tar, { limits: DEFAULT_LIMITS })) {
    const path = join(target, entry.path);
    await mkdir(dirname(path), { recursive: true });
    const handle = await open(path, 'wx', entry.executable ? 0o755 : 0o644);
    try {
      for await (const chunk of entry.content) await handle.writeFile(chunk);
    } finally {
      await handle.close();
    }
  }
}

/** Puts a package, or what would be packed of a folder, into an empty folder. */
export async function unpack(file: string, target: string): Promise<void> {
  if (!(await stat(file)).isDirectory()) {
    await unpackKrt(file, target);
    return;
  }
  for (const { path, source, executable } of await filesOf(file)) {
    const copy = join(target, path);
    await mkdir(dirname(copy), { recursive: true });
    await copyFile(source, copy);
    if (executable) await chmod(copy, 0o755);
  }
}
