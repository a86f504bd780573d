import type { Readable } from 'node:stream';
import type { DataStore } from '@tus/utils';

/** Where packages lie, by the digest of their bytes. Writing what is there changes nothing. */
export interface PackageStore {
  /**
   * Takes the bytes of an upload; they have no name yet.
   * @throws what the source throws; nothing stays behind then
   */
  stage(source: AsyncIterable<Uint8Array>): Promise<StagedPackage>;
  /** Bytes of a package; undefined when there is none. */
  sizeOf(digest: string): Promise<number | undefined>;
  /**
   * undefined when there is none. The stream is to be read or destroyed.
   * @param options.start - offset of the first byte that is wanted, 0 by default
   * @returns the bytes from there on, and the size of the whole package
   * @throws InputError where the package has no byte at that offset
   */
  open(
    digest: string,
    options?: { start?: number },
  ): Promise<OpenedPackage | undefined>;
  /**
   * A URL that gives the package, ranges of it too, to whoever has it, for some minutes; undefined where packages go through the
   * portal. Whether there is such a package is not asked.
   */
  downloadUrl(digest: string): Promise<string | undefined>;
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

/** A package that is being read. */
export interface OpenedPackage {
  /** Bytes of the whole package. */
  size: number;
  stream: Readable;
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
