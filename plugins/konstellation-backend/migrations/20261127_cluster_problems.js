/**
 * Why a version could not be brought to what is wanted: the cluster is away, refuses, or does not let the portal.
 *
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  await knex.schema.alterTable('versions', table => {
    table
      .text('cluster_problem')
      .comment('JSON, reason and message; null once a round came through');
  });
};

/**
 * @param {import('knex').Knex} knex
 */
exports.down = async function down(knex) {
  // knex would make the table of SQLite anew, and rows that refer to it would go.
  await knex.raw('alter table ?? drop column ??', [
    'versions',
    'cluster_problem',
  ]);
};
