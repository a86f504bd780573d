// What is asked of the measured portals, again and again.
import { groupOf, teamOf } from './callers.mjs';

const admin = 'user:default/admin';
const ownerOfThree = 'user:default/owner';
const label = 'user:default/label';

/** There in every database; one of its versions is published. */
const RUNTIME = 'fraud-0004';

/** A request without parameters that no plugin answers: what HTTP itself costs there. */
export const HEALTH = {
  name: 'health of the backend',
  path: '/.backstage/health/v1/readiness',
};

/** The page of runtimes that people see first, for which there are goals. */
export const LIST = {
  name: 'runtimes: first page of 50',
  path: '/runtimes',
  caller: admin,
  isList: true,
};

/** The same number of runtimes whatever there are: what it costs must not grow with them. */
export const SAME_LIST = {
  name: 'runtimes: first page of 10',
  path: '/runtimes?limit=10',
  caller: admin,
  isList: true,
};

/** @param cursor - of the page of runtimes after four fifths of them */
export function requestsWith(cursor) {
  const list = (name, query, caller = admin) => ({
    name: `runtimes: ${name}`,
    path: `/runtimes?${new URLSearchParams(query)}`,
    caller,
    isList: true,
  });
  const activities = (name, query, caller = admin) => ({
    name: `activities: ${name}`,
    path: `/activities?${new URLSearchParams(query)}`,
    caller,
  });
  return [
    HEALTH,
    LIST,
    SAME_LIST,
    list('page after 80 %', { cursor }),
    list('search "market 9"', { search: 'market 9' }),
    list('search, nothing found', { search: 'no such thing' }),
    list('of one owner', { owner: groupOf(teamOf(4)) }),
    list('in status ERROR', { status: 'ERROR' }),
    list('in status IDLE', { status: 'IDLE' }),
    list('of a caller who sees 3 owners', {}, ownerOfThree),
    list('of a caller who sees 1 label', {}, label),
    { name: 'one runtime', path: `/runtimes/${RUNTIME}`, caller: admin },
    {
      name: 'versions of a runtime',
      path: `/runtimes/${RUNTIME}/versions`,
      caller: admin,
    },
    {
      name: 'publications of a runtime',
      path: `/runtimes/${RUNTIME}/publications`,
      caller: admin,
    },
    activities('first page of 50', {}),
    activities('of a caller who sees 3 owners', {}, ownerOfThree),
    activities('of a caller who sees 1 label', {}, label),
    activities('of one person', { actor: 'user:default/person-7' }),
    activities('of a type that is rare', { type: 'version.rollback' }),
    activities('of one day a year ago', {
      since: new Date(Date.now() - 366 * 86_400_000).toISOString(),
      until: new Date(Date.now() - 365 * 86_400_000).toISOString(),
    }),
    {
      name: 'activities: of a runtime',
      path: `/runtimes/${RUNTIME}/activities`,
      caller: admin,
    },
  ];
}
