import type { Knex } from 'knex';
import type { FaultPlan } from './FaultPlan';

const LABEL_LENGTH = 120;

function textOf(statement: string | { sql: string }): string {
  const sql = typeof statement === 'string' ? statement : statement.sql;
  const text = sql.replace(/[`"]/g, '').replace(/\s+/g, ' ').trim();
  return text.length > LABEL_LENGTH ? `${text.slice(0, LABEL_LENGTH)}…` : text;
}

/** Leases, when to look again, what was seen, and that there is something to see. */
const NOTE =
  /^update \w+ set (lease_owner|lease_until|next_at|observed|unavailable_since|revision)\b/;

/** Rows a statement changed, as the drivers of SQLite and PostgreSQL tell. */
function changedRows(statement: unknown): boolean {
  if (typeof statement !== 'object' || statement === null) return false;
  if (!('response' in statement)) return false;
  const { response } = statement;
  if (typeof response !== 'object' || response === null) return false;
  // An insert that returns something answers rows on SQLite.
  if (Array.isArray(response)) return response.length > 0;
  if ('changes' in response) return response.changes !== 0;
  return 'rowCount' in response && response.rowCount !== 0;
}

/**
 * Has every statement of a database, also BEGIN, COMMIT and ROLLBACK, go wrong as planned. Transactions of knex make clients of
 * their own of the prototype of the client, so that is where calls are caught.
 * @returns closes the connections as a process that dies does: what was not committed is undone
 */
export function faultyDatabase(
  database: Knex,
  plan: FaultPlan,
): () => Promise<void> {
  // knex has no type for the client of an instance.
  const client: Knex.Client = database.client;
  const Dialect: typeof Knex.Client = database.client.constructor;
  // A stage gives instances ways of their own to a connection, which come before those of the class.
  const open = client.acquireRawConnection.bind(client);
  const end = client.destroyRawConnection.bind(client);
  const connections = new Set<unknown>();
  /** Connections with a statement under way, which takes effect although nobody learns. */
  const busy = new Set<unknown>();
  /** Transactions that have changed something, and whether that was notes alone. */
  const dirty = new WeakMap<object, { isNote: boolean }>();

  class FaultyClient extends Dialect {
    query(connection: object, statement: string | { sql: string }) {
      const text = textOf(statement);
      const isEnd = /^(commit|rollback)/i.test(text);
      const isWrite = !/^(select|begin|with|savepoint)\b/i.test(text);
      return plan.call(
        'database',
        text,
        async () => {
          busy.add(connection);
          try {
            const answer: unknown = await super.query(connection, statement);
            return answer;
          } finally {
            busy.delete(connection);
            if (plan.isDead) await close(connection);
          }
        },
        {
          isWrite,
          onFailure: () => this.breakOff(connection),
          isNote: isEnd ? dirty.get(connection)?.isNote : NOTE.test(text),
          changed: answer => {
            const changes = isEnd ? dirty.has(connection) : changedRows(answer);
            const before = dirty.get(connection)?.isNote ?? true;
            if (isEnd) dirty.delete(connection);
            else if (changes) {
              dirty.set(connection, { isNote: before && NOTE.test(text) });
            }
            return changes;
          },
        },
      );
    }

    /** A connection that breaks takes its transaction with it. */
    async breakOff(connection: object): Promise<void> {
      Object.assign(connection, { __knex__disposed: 'the connection broke' });
      await end(connection);
    }
  }
  Object.setPrototypeOf(client, FaultyClient.prototype);
  client.acquireRawConnection = async () => {
    const connection: unknown = await plan.alive(open);
    connections.add(connection);
    return connection;
  };

  async function close(connection: unknown): Promise<void> {
    if (connections.delete(connection)) await end(connection);
  }
  // A process that dies loses its connections: what others of it wait for, locked by a transaction it will not end, is free.
  plan.onKill(() => {
    for (const connection of connections) {
      if (!busy.has(connection)) void close(connection);
    }
  });

  return async () => {
    await Promise.all([...connections].map(close));
  };
}
