import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { InputError } from '@backstage/errors';
import type { FileStore } from '@tus/file-store';
import { checkStart } from './byteRange';
import type { PackageStore, StagedPackage } from './PackageStore';

const DIGEST = /^sha256:([0-9a-f]{64})$/;
const UPLOAD_ID = /^[0-9a-f-]{1,64}$/;
/** Files of other processes that nobody has written to for so long belong to nobody any more. */
const STALE_MILLIS = 60 * 60 * 1000;

function isMissing(error: unknown): boolean {
  return (
    typeof error === 'object' &&
    error !== null &&
    'code' in error &&
    error.code === 'ENOENT'
  );
}

/** What was written is there also after the machine has stopped. */
async function sync(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Removes the files of a folder nobody has written to for so long. */
async function removeOld(folder: string, millis: number): Promise<void> {
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    const known = await stat(path).catch(() => undefined);
    if (known && Date.now() - known.mtimeMs >= millis) {
      await rm(path, { force: true });
    }
  }
}

/** Packages as files: `<directory>/sha256/ab/abcdef…`, written aside and renamed. */
export class FileSystemPackageStore implements PackageStore {
  readonly #staging: string;

  private constructor(
    private readonly directory: string,
    private readonly isShared: boolean,
    readonly uploads: FileStore & { isReadableEarly: boolean },
  ) {
    this.#staging = join(directory, 'staging');
  }

  /**
   * Creates the folders and removes what interrupted uploads left.
   * @param options.isShared - whether other processes may write there now
   */
  static async create(
    directory: string,
    options: { isShared: boolean },
  ): Promise<FileSystemPackageStore> {
    await mkdir(join(directory, 'staging'), { recursive: true });
    await mkdir(join(directory, 'uploads'), { recursive: true });
    // An ES module, which not every loader of CommonJS takes.
    const { FileStore } = await import('@tus/file-store');
    const uploads = new FileStore({ directory: join(directory, 'uploads') });
    // How long it is must be known before, and how long it lives is the database's to say.
    uploads.extensions = ['creation', 'creation-with-upload', 'termination'];
    const { isShared } = options;
    const store = new FileSystemPackageStore(
      directory,
      isShared,
      Object.assign(uploads, { isReadableEarly: true }),
    );
    await removeOld(store.#staging, isShared ? STALE_MILLIS : 0);
    return store;
  }

  #path(digest: string): string {
    const hex = DIGEST.exec(digest)?.[1];
    // The digest becomes a path: nothing else may.
    if (!hex) throw new InputError('this is no digest of a package');
    return join(this.directory, 'sha256', hex.slice(0, 2), hex);
  }

  async #commit(file: string, digest: string): Promise<void> {
    const path = this.#path(digest);
    await mkdir(dirname(path), { recursive: true });
    await rename(file, path);
    await sync(dirname(path));
  }

  async stage(source: AsyncIterable<Uint8Array>): Promise<StagedPackage> {
    const staged = join(this.#staging, randomUUID());
    const discard = () => rm(staged, { force: true });
    const file = await open(staged, 'wx', 0o600);
    try {
      for await (const chunk of source) {
        await file.writeFile(chunk);
      }
      await file.sync();
      await file.close();
    } catch (error) {
      await file.close().catch(() => undefined);
      await discard();
      throw error;
    }
    return { discard, commit: digest => this.#commit(staged, digest) };
  }

  async sizeOf(digest: string): Promise<number | undefined> {
    try {
      return (await stat(this.#path(digest))).size;
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  async open(digest: string, { start = 0 }: { start?: number } = {}) {
    let file;
    try {
      file = await open(this.#path(digest), 'r');
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
    try {
      const { size } = await file.stat();
      checkStart(start, size);
      return { size, stream: file.createReadStream({ start }) };
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /** None: a folder is reached through the portal alone. */
  async downloadUrl(): Promise<undefined> {}

  async remove(digest: string): Promise<void> {
    await rm(this.#path(digest), { force: true });
  }

  async *list(): AsyncGenerator<string[]> {
    const top = join(this.directory, 'sha256');
    for (const folder of await readdir(top).catch(() => [])) {
      const names = await readdir(join(top, folder)).catch(() => []);
      const digests = names.map(name => `sha256:${name}`);
      yield digests.filter(digest => DIGEST.test(digest));
    }
  }

  async commitUpload(id: string, digest: string): Promise<void> {
    // The id becomes a path: nothing else may.
    if (!UPLOAD_ID.test(id)) throw new InputError('this is no id of an upload');
    const file = join(this.uploads.directory, id);
    try {
      await sync(file);
      await this.#commit(file, digest);
    } catch (error) {
      const isThere =
        isMissing(error) && (await stat(this.#path(digest)).catch(() => false));
      if (!isThere) throw error;
    }
    await this.uploads.configstore.delete(id).catch(() => undefined);
  }

  async clean(idleMillis: number): Promise<void> {
    if (this.isShared) await removeOld(this.#staging, STALE_MILLIS);
    await removeOld(this.uploads.directory, idleMillis);
  }
}
