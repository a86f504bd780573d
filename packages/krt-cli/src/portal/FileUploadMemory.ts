import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { UploadMemory } from '@konstellation/backstage-plugin-konstellation-common';
import { stateFolder } from './credentials';

type Remembered = Awaited<
  ReturnType<UploadMemory['findAllUploads']>
>[number] & { fingerprint: string };

/** Unfinished uploads, remembered in a file: a push that was killed goes on where it was. */
export class FileUploadMemory implements UploadMemory {
  readonly #file = join(stateFolder(), 'uploads.json');

  async #read(): Promise<Remembered[]> {
    try {
      const stored: unknown = JSON.parse(await readFile(this.#file, 'utf8'));
      return Array.isArray(stored) ? stored : [];
    } catch {
      return [];
    }
  }

  async #write(uploads: Remembered[]): Promise<void> {
    await mkdir(dirname(this.#file), { recursive: true, mode: 0o700 });
    const part = `${this.#file}.${process.pid}`;
    await writeFile(part, JSON.stringify(uploads), { mode: 0o600 });
    await rename(part, this.#file);
  }

  findAllUploads() {
    return this.#read();
  }

  async findUploadsByFingerprint(fingerprint: string) {
    const uploads = await this.#read();
    return uploads.filter(upload => upload.fingerprint === fingerprint);
  }

  async removeUpload(key: string): Promise<void> {
    const uploads = await this.#read();
    await this.#write(
      uploads.filter(({ urlStorageKey }) => urlStorageKey !== key),
    );
  }

  async addUpload(
    fingerprint: string,
    upload: Parameters<UploadMemory['addUpload']>[1],
  ): Promise<string> {
    const urlStorageKey = `${fingerprint}#${Date.now()}`;
    const uploads = await this.#read();
    const kept = uploads.filter(each => each.fingerprint !== fingerprint);
    await this.#write([...kept, { ...upload, fingerprint, urlStorageKey }]);
    return urlStorageKey;
  }
}
