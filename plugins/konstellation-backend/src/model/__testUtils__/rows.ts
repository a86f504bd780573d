import type { Knex } from 'knex';
import type {
  PublicationRow,
  RuntimeRow,
  SolutionRow,
  VersionRow,
} from '../../database/rows';

/** Ids of publications, as they come in words. */
export const ID =
  /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;

/** Everything of the database that the model speaks of, in the order in which it was made. */
export interface Rows {
  runtimes: RuntimeRow[];
  solutions: SolutionRow[];
  versions: VersionRow[];
  publications: PublicationRow[];
  revisions: Array<{
    version_uid: string;
    revision: number;
    entries: string;
    comment: string;
  }>;
}

export async function readRows(database: Knex): Promise<Rows> {
  return {
    runtimes: await database<RuntimeRow>('runtimes').orderBy('id'),
    solutions: await database<SolutionRow>('solutions').orderBy([
      'runtime',
      'id',
    ]),
    versions: await database<VersionRow>('versions').orderBy('uid'),
    publications: await database<PublicationRow>('publications').orderBy('id'),
    revisions: await database('configuration_revisions')
      .orderBy(['version_uid', 'revision'])
      .select('version_uid', 'revision', 'entries', 'comment'),
  };
}

/** Numbers of publications in their solutions, by id. */
export function numbersOf(publications: PublicationRow[]): Map<string, number> {
  const numbers = new Map<string, number>();
  const counts = new Map<string, number>();
  for (const { id, runtime, solution } of publications) {
    const key = `${runtime}/${solution}`;
    const number = counts.get(key) ?? 0;
    counts.set(key, number + 1);
    numbers.set(id, number);
  }
  return numbers;
}
