import type {
  PackageStore,
  StagedPackage,
} from '../../../packages/PackageStore';
import type { FaultPlan } from './FaultPlan';

/** A package store whose calls go wrong as planned; uploads in parts are as they are. */
export class FaultyPackageStore implements PackageStore {
  constructor(
    private readonly inner: PackageStore,
    private readonly plan: FaultPlan,
  ) {}

  get uploads() {
    return this.inner.uploads;
  }

  async stage(source: AsyncIterable<Uint8Array>): Promise<StagedPackage> {
    const staged = await this.#write('stage', () => this.inner.stage(source));
    return {
      commit: digest => this.#write('commit', () => staged.commit(digest)),
      discard: () => this.#write('discard', () => staged.discard()),
    };
  }

  sizeOf(digest: string) {
    return this.plan.call('packages', 'sizeOf', () =>
      this.inner.sizeOf(digest),
    );
  }

  open(digest: string, options?: { start?: number }) {
    return this.plan.call('packages', 'open', () =>
      this.inner.open(digest, options),
    );
  }

  downloadUrl(digest: string) {
    return this.inner.downloadUrl(digest);
  }

  remove(digest: string): Promise<void> {
    return this.#write('remove', () => this.inner.remove(digest));
  }

  list(): AsyncIterable<string[]> {
    return this.inner.list();
  }

  commitUpload(id: string, digest: string): Promise<void> {
    return this.#write('commitUpload', () =>
      this.inner.commitUpload(id, digest),
    );
  }

  clean(idleMillis: number): Promise<void> {
    return this.#write('clean', () => this.inner.clean(idleMillis));
  }

  #write<T>(method: string, work: () => Promise<T>): Promise<T> {
    return this.plan.call('packages', method, work, { isWrite: true });
  }
}
