import type { Readable } from 'node:stream';

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
}

/** Bytes that wait for their name. */
export interface StagedPackage {
  /** Makes the package readable by its digest. */
  commit(digest: string): Promise<void>;
  /** Removes the bytes; after a commit it does nothing. */
  discard(): Promise<void>;
}
