import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { InputError } from '@backstage/errors';
import type { PackageStore, StagedPackage } from './PackageStore';

const DIGEST = /^sha256:([0-9a-f]{64})$/;

/** Packages as files: `<directory>/sha256/ab/abcdef…`, written aside and renamed. */
export class FileSystemPackageStore implements PackageStore {
  private constructor(private readonly directory: string) {}

  /** Creates the folders and removes what interrupted uploads left. */
  static async create(directory: string): Promise<FileSystemPackageStore> {
    const staging = join(directory, 'staging');
    await mkdir(staging, { recursive: true });
    for (const name of await readdir(staging)) {
      await rm(join(staging, name), { force: true });
    }
    return new FileSystemPackageStore(directory);
  }

  #path(digest: string): string {
    const hex = DIGEST.exec(digest)?.[1];
    // The digest becomes a path: nothing else may.
    if (!hex) throw new InputError('this is no digest of a package');
    return join(this.directory, 'sha256', hex.slice(0, 2), hex);
  }

  async stage(source: AsyncIterable<Uint8Array>): Promise<StagedPackage> {
    const staged = join(this.directory, 'staging', randomUUID());
    const discard = () => rm(staged, { force: true });
    const file = await open(staged, 'wx', 0o600);
    try {
      for await (const chunk of source) {
        await file.write(chunk);
      }
      await file.sync();
      await file.close();
    } catch (error) {
      await file.close().catch(() => undefined);
      await discard();
      throw error;
    }
    return {
      discard,
      commit: async digest => {
        const path = this.#path(digest);
        await mkdir(dirname(path), { recursive: true });
        await rename(staged, path);
      },
    };
  }

  async open(digest: string) {
    const path = this.#path(digest);
    try {
      const { size } = await stat(path);
      return { size, stream: createReadStream(path) };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  }

  async remove(digest: string): Promise<void> {
    await rm(this.#path(digest), { force: true });
  }
}
