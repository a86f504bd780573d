import type { Knex } from 'knex';

/** The tables of the product, with all that can be seen of them from outside. */
export type Schema = Record<
  string,
  {
    columns: Record<string, Knex.ColumnInfo>;
    indexes: unknown[];
    foreignKeys: unknown[];
  }
>;

interface Catalog {
  tables: string;
  indexes: string;
  foreignKeys: string;
}

const POSTGRES: Catalog = {
  tables: `select tablename as name from pg_tables where schemaname = current_schema()`,
  indexes: `select indexname as name, indexdef as definition from pg_indexes where tablename = ? order by 1`,
  foreignKeys: `select conname as name, pg_get_constraintdef(oid) as definition from pg_constraint where conrelid = to_regclass(?) and contype = 'f' order by 1`,
};

const SQLITE: Catalog = {
  tables: `select name from sqlite_master where type = 'table' and name not like 'sqlite_%'`,
  indexes: `select name, sql as definition from sqlite_master where type = 'index' and tbl_name = ? order by 1`,
  foreignKeys: `select "table" as name, "from" || ' ' || "to" || ' ' || on_delete as definition from pragma_foreign_key_list(?) order by 1`,
};

function catalogOf(knex: Knex): Catalog {
  return knex.client.config.client === 'pg' ? POSTGRES : SQLITE;
}

async function query(knex: Knex, sql: string, table?: string) {
  const answer = await knex.raw(sql, table === undefined ? [] : [table]);
  const rows: Array<{ name: string }> = answer.rows ?? answer;
  return rows;
}

export async function tablesOf(knex: Knex): Promise<string[]> {
  const found = await query(knex, catalogOf(knex).tables);
  return found
    .map(({ name }) => name)
    .filter(name => !name.startsWith('knex_'))
    .sort();
}

export async function schemaOf(knex: Knex): Promise<Schema> {
  const { indexes, foreignKeys } = catalogOf(knex);
  const schema: Schema = {};
  for (const table of await tablesOf(knex)) {
    schema[table] = {
      columns: await knex(table).columnInfo(),
      indexes: await query(knex, indexes, table),
      foreignKeys: await query(knex, foreignKeys, table),
    };
  }
  return schema;
}
