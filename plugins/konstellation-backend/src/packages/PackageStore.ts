import type { Readable } from 'node:stream';
import type { DataStore } from '@tus/utils';

/** Where packages lie, by the digest of their bytes. Writing what is there changes nothing. */
export interface PackageStore {
  /**
   * Takes the bytes of an upload; they have no name yet.
   * @throws what the source throws; nothing stays behind then
   */
  stage(source: AsyncIterable<Uint8Array>): Promise<StagedPackage>;
  /** undefined when there is none. The stream is to be read or destroyed. */
  open(digest: string): Promise<{ size: number; stream: Readable } | undefined>;
  remove(digest: string): Promise<void>;
  /** Digests of all packages, some at a time. */
  list(): AsyncIterable<string[]>;
  /** Where packages that are sent in parts grow. */
  readonly uploads: UploadBytes;
  /** Makes a whole upload readable by its digest; it is gone as upload. Doing it again changes nothing. */
  commitUpload(id: string, digest: string): Promise<void>;
  /** Removes what uploads that ended unseen have left and nobody has written to for so long. */
  clean(idleMillis: number): Promise<void>;
}

/** Bytes that wait for their name. */
export interface StagedPackage {
  /** Makes the package readable by its digest. */
  commit(digest: string): Promise<void>;
  /** Removes the bytes; after a commit it does nothing. */
  discard(): Promise<void>;
}

/** The bytes of uploads, by their ids: a store of the tus protocol that can be read. */
export interface UploadBytes extends DataStore {
  read(id: string): Readable | Promise<Readable>;
  /** False where what is there can only be read once all of it is. */
  readonly isReadableEarly: boolean;
}
