import type { VersionRow } from '../../database/rows';
import type { Rows } from './rows';

/** What holds at every moment, whatever is going on. */

/** What was published, when, is told alike by solutions, publications and versions. @throws Error when not */
export function checkPublications(rows: Rows): void {
  for (const { runtime, id, publication } of rows.solutions) {
    const isHere = (row: { runtime: string; solution: string }) =>
      row.runtime === runtime && row.solution === id;
    const current = rows.publications
      .filter(isHere)
      .filter(row => row.published_at !== null && row.ended_at === null)
      .map(row => row.id);
    if (current.join() !== (publication ?? '')) {
      throw new Error(
        `of ${runtime}/${id} ${publication} is published, but those that have not ended are: ${current}`,
      );
    }
    const published = rows.versions
      .filter(isHere)
      .filter(({ status }) => status === 'PUBLISHED')
      .map(({ name }) => name);
    if (published.length > 1) {
      throw new Error(`of ${runtime}/${id} are PUBLISHED: ${published}`);
    }
  }
}

function fixed(row: VersionRow): string {
  return JSON.stringify([
    row.runtime,
    row.solution,
    row.name,
    row.description,
    row.manifest,
    row.proto,
    row.files,
    row.package_digest,
    String(row.package_size),
    row.created_by,
    String(row.created_at),
  ]);
}

/** Versions as they were made. */
export class Originals {
  readonly #known = new Map<string, string>();

  /** @throws Error when one has changed */
  check({ versions }: Rows): void {
    for (const row of versions) {
      const known = this.#known.get(row.uid) ?? fixed(row);
      this.#known.set(row.uid, known);
      if (known !== fixed(row)) {
        throw new Error(
          `${row.runtime}/${row.name} was changed: ${fixed(row)}`,
        );
      }
    }
  }
}
