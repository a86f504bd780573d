import type { Knex } from 'knex';
import type { Database } from './Database';
import { usePackage, type PackageRow } from './packages';
import type { VersionRow } from './rows';

const BATCH = 100;

/** Which packages of the store no version has any more. */
export class PackageUse {
  constructor(private readonly database: Database) {}

  #rows() {
    return this.database.knex<PackageRow>('packages');
  }

  readonly #ofAVersion = (builder: Knex.QueryBuilder) =>
    builder
      .from<VersionRow>('versions')
      .whereRaw('versions.package_digest = packages.digest')
      .select('uid');

  /**
   * Says that a package is about to be stored or used: it stays for another day at least.
   * @throws ConflictError while an old copy of it is being removed
   */
  reserve(digest: string): Promise<void> {
    const unused_since = this.database.now().getTime();
    return usePackage(this.database.knex, digest, unused_since);
  }

  /** Notes what is in the store. */
  async note(digests: readonly string[]): Promise<void> {
    for (let at = 0; at < digests.length; at += BATCH) {
      const rows = digests
        .slice(at, at + BATCH)
        .map(digest => ({ digest, removing: false, unused_since: null }));
      await this.#rows().insert(rows).onConflict('digest').ignore();
    }
  }

  /** Notes since when nobody needs which package. */
  async noteUse(): Promise<void> {
    await this.#rows()
      .whereNotNull('unused_since')
      .whereExists(this.#ofAVersion)
      .update({ unused_since: null });
    await this.#rows()
      .whereNull('unused_since')
      .whereNotExists(this.#ofAVersion)
      .update({ unused_since: this.database.now().getTime() });
  }

  /**
   * Takes packages nobody has needed for so long out of use; from then on no version can name them until
   * {@link PackageUse.removed}. Those whose removal was interrupted are among them.
   */
  async takeUnused(idleMillis: number): Promise<string[]> {
    const before = this.database.now().getTime() - idleMillis;
    await this.#rows()
      .where('unused_since', '<=', before)
      .whereNotExists(this.#ofAVersion)
      .update({ removing: true });
    const rows = await this.#rows().where({ removing: true }).select('digest');
    return rows.map(({ digest }) => digest);
  }

  async removed(digest: string): Promise<void> {
    await this.#rows().where({ digest, removing: true }).delete();
  }
}
