/**
 * Objects that were put back after somebody changed them: told once a day for each, and counted.
 *
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  await knex.schema.alterTable('activities', table => {
    table.string('subject', 512).comment('What it is about, where it counts');
    table
      .integer('count')
      .notNullable()
      .defaultTo(1)
      .comment('How often it happened');
    table.bigInteger('last_at').comment('The last time, milliseconds');
  });
};

/**
 * @param {import('knex').Knex} knex
 */
exports.down = async function down(knex) {
  // knex would make the table of SQLite anew.
  for (const column of ['subject', 'count', 'last_at']) {
    await knex.raw('alter table ?? drop column ??', ['activities', column]);
  }
};
