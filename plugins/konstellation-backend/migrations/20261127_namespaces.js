/**
 * Runtimes in namespaces that are there, where the portal may make none: each is for one runtime. And what was seen of the namespace of
 * any runtime.
 *
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  await knex.schema.alterTable('runtimes', table => {
    table
      .boolean('bound')
      .notNullable()
      .defaultTo(false)
      .comment('The namespace was there before and stays');
    table.text('observed').comment('JSON, ObservedRuntime');
    table.unique(['cluster', 'namespace'], {
      indexName: 'runtimes_namespace',
    });
  });
};

/**
 * @param {import('knex').Knex} knex
 */
exports.down = async function down(knex) {
  await knex.schema.alterTable('runtimes', table => {
    table.dropUnique(['cluster', 'namespace'], 'runtimes_namespace');
  });
  // knex drops columns of SQLite by making the table anew, which deletes what refers to its rows.
  for (const column of ['bound', 'observed']) {
    await knex.raw('alter table ?? drop column ??', ['runtimes', column]);
  }
};
