/**
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  await knex.schema.createTable('uploads', table => {
    table.comment(
      'Packages that are sent in parts; their bytes grow in the package store',
    );
    table
      .string('id')
      .primary()
      .comment('Last part of its URL, not to be guessed');
    table
      .string('runtime', 30)
      .notNullable()
      .comment('Where the version is to be');
    table
      .string('solution', 30)
      .notNullable()
      .comment('Solution it is to be of');
    table
      .string('actor')
      .notNullable()
      .index()
      .comment('Who sends it; nobody else may');
    table.bigInteger('size').notNullable().comment('Bytes of all of it');
    table.string('digest').comment('What the sender says it is: sha256:hex');
    table.string('version', 19).comment('Name of the version it became');
    table.bigInteger('created_at').notNullable().comment('Milliseconds');
    table
      .bigInteger('touched_at')
      .notNullable()
      .index()
      .comment('Milliseconds; abandoned a day after');
    table
      .foreign('runtime')
      .references('id')
      .inTable('runtimes')
      .onDelete('CASCADE');
  });
};

/**
 * @param {import('knex').Knex} knex
 */
exports.down = async function down(knex) {
  await knex.schema.dropTable('uploads');
};
