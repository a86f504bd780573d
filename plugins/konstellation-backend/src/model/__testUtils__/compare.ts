import { numbersOf, type Rows } from './rows';
import { isGoing, statusOf } from './spec/lifecycle';
import type { Model } from './spec/Model';
import type { Publication, Solution, Version } from './spec/state';

const keysOf = (values: Record<string, { unconfirmed?: boolean }>) =>
  Object.keys(values)
    .sort()
    .map(key => (values[key]?.unconfirmed ? `${key}?` : key))
    .join(' ');

/** Lines that say what there is, alike for model and database. */
type Lines = string[];

function solutionLines(solution: Solution): Lines {
  const { id, runtime, publications, published, wanted, deleting } = solution;
  const name = `${runtime.id}/${id}`;
  const numberOf = (publication?: Publication) =>
    publication ? `#${publications.indexOf(publication)}` : 'nothing';
  return [
    `solution ${name} published ${numberOf(published)}, wanted ${numberOf(
      wanted,
    )}${deleting ? ', going' : ''}`,
    ...publications.map(
      ({ of, revision, cameThrough }, at) =>
        `publication ${name} #${at} of ${of.name} with revision ${revision}${
          cameThrough ? ', came through' : ''
        }`,
    ),
  ];
}

function versionLines(version: Version): Lines {
  const { name, solution, configured, running, next, revisions } = version;
  const runtime = solution.runtime.id;
  return [
    `version ${runtime}/${solution.id}/${name} ${statusOf(
      version,
    )}, configured ${configured}, running ${running ?? 'none'}, next ${
      next?.revision ?? 'none'
    }${next?.publish ? ' to be published' : ''}${
      version.publishWhenReady ? ', waits to be published' : ''
    }${version.deleting ? ', going' : ''}`,
    ...revisions.map(
      (values, revision) =>
        `revision ${runtime}/${name}@${revision}: ${keysOf(values)}`,
    ),
  ];
}

/** What the model says there is. */
export function modelLines({ runtimes }: Model): Lines {
  return runtimes
    .flatMap(({ id, owner, isOpen, deleting, solutions }) => [
      `runtime ${id} of ${owner}${isOpen ? ', open' : ''}${
        deleting ? ', going' : ''
      }`,
      ...solutions.flatMap(solution => [
        ...solutionLines(solution),
        ...solution.versions.flatMap(versionLines),
      ]),
    ])
    .sort();
}

/** What the database says there is. */
export function databaseLines(rows: Rows): Lines {
  const numbers = numbersOf(rows.publications);
  const numberOf = (id: string | null) =>
    id === null ? 'nothing' : `#${numbers.get(id)}`;
  return [
    ...rows.runtimes.map(({ id, owner, settings, deleting }) => {
      const { egress = [] } = JSON.parse(settings);
      return `runtime ${id} of ${owner}${egress.length > 0 ? ', open' : ''}${
        deleting ? ', going' : ''
      }`;
    }),
    ...rows.solutions.map(
      row =>
        `solution ${row.runtime}/${row.id} published ${numberOf(
          row.publication,
        )}, wanted ${numberOf(row.wanted_publication)}${
          row.deleting ? ', going' : ''
        }`,
    ),
    ...rows.publications.map(
      row =>
        `publication ${row.runtime}/${row.solution} ${numberOf(row.id)} of ${
          row.version
        } with revision ${row.configuration_revision}${
          row.published_at === null ? '' : ', came through'
        }`,
    ),
    ...rows.versions.map(row => {
      const command = JSON.parse(row.next_command ?? '{}');
      return `version ${row.runtime}/${row.solution}/${row.name} ${
        row.status
      }, configured ${row.configuration_revision}, running ${
        row.release_revision ?? 'none'
      }, next ${row.next_revision ?? 'none'}${
        command.publish ? ' to be published' : ''
      }${row.publish_when_ready === null ? '' : ', waits to be published'}${
        row.deleting ? ', going' : ''
      }`;
    }),
    ...rows.revisions.map(({ version_uid, revision, entries }) => {
      const row = rows.versions.find(({ uid }) => uid === version_uid);
      return `revision ${row?.runtime}/${row?.name}@${revision}: ${keysOf(
        JSON.parse(entries),
      )}`;
    }),
  ].sort();
}

/** Takes out of the model what was being deleted and is gone. */
export function forgetGone(model: Model, rows: Rows): void {
  model.runtimes = model.runtimes.filter(
    ({ id, deleting }) => !deleting || rows.runtimes.some(row => row.id === id),
  );
  for (const runtime of model.runtimes) {
    runtime.solutions = runtime.solutions.filter(
      ({ id, deleting }) =>
        !deleting ||
        rows.solutions.some(row => row.runtime === runtime.id && row.id === id),
    );
    for (const solution of runtime.solutions) {
      solution.versions = solution.versions.filter(
        version =>
          !isGoing(version) ||
          rows.versions.some(
            row => row.runtime === runtime.id && row.name === version.name,
          ),
      );
    }
  }
}

/** @returns what differs, a line each */
export function difference(expected: Lines, actual: Lines): Lines {
  return [
    ...expected
      .filter(line => !actual.includes(line))
      .map(line => `should be: ${line}`),
    ...actual
      .filter(line => !expected.includes(line))
      .map(line => `but is:    ${line}`),
  ];
}
