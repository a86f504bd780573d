/**
 * Revisions beside each other, encrypted values, several solutions, logs that outlive pods, packages nobody needs.
 *
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  await knex.schema.alterTable('versions', table => {
    table.integer('next_revision').comment('Made ready beside the running one');
    table.bigInteger('next_since').comment('Milliseconds');
    table.text('next_command').comment('JSON, PendingCommand');
    table.text('next_problem').comment('Why the last one was dropped');
    table.integer('retiring_revision').comment('Runs until callers have left');
    table.bigInteger('retire_at').comment('Milliseconds');
    table.text('publish_when_ready').comment('JSON, PendingCommand');
    // What lists of runtimes count and filter by, without reading the manifests.
    table.index(['runtime', 'status', 'unavailable_since'], 'versions_counted');
    table.index(['runtime', 'created_at', 'uid'], 'versions_listed');
    // Few of many are started: a portal that starts looks for them.
    table.index(['desired'], 'versions_desired');
  });

  await knex.schema.alterTable('configuration_revisions', table => {
    table.text('secrets').comment('JSON: key to encrypted value');
    table.string('key_id').index().comment('Key the values are encrypted with');
    table.text('changes').comment('JSON: what it did to which key');
  });

  await knex.schema.alterTable('solutions', table => {
    table
      .boolean('deleting')
      .notNullable()
      .defaultTo(false)
      .comment('Delete was commanded');
    table.bigInteger('created_at').comment('Milliseconds');
  });

  await knex.schema.createTable('runtime_labels', table => {
    table.comment('Labels of runtimes, for conditions of permissions');
    table.string('runtime', 30).notNullable().comment('Runtime');
    table.string('label').notNullable().comment('Name');
    table.string('value').notNullable().comment('Value');
    table.primary(['runtime', 'label']);
    table.index(['label', 'value']);
    table
      .foreign('runtime')
      .references('id')
      .inTable('runtimes')
      .onDelete('CASCADE');
  });
  for (const { id, labels } of await knex('runtimes').select('id', 'labels')) {
    for (const [label, value] of Object.entries(JSON.parse(labels))) {
      await knex('runtime_labels').insert({ runtime: id, label, value });
    }
  }

  await knex.schema.createTable('log_archives', table => {
    table.comment('What containers wrote: a row for each run of a container');
    table.string('version_uid').notNullable().comment('Version');
    table.string('pod', 253).notNullable().comment('Pod');
    table.string('container', 63).notNullable().comment('Container');
    table
      .string('instance')
      .notNullable()
      .comment('Id the cluster gave the run, or when it began');
    table.string('node', 63).notNullable().comment('Node of the workflow');
    table.integer('restart').notNullable().comment('Number of the run, from 0');
    table
      .bigInteger('last_at')
      .notNullable()
      .comment('Of its last line, or when it began; milliseconds');
    table
      .bigInteger('captured_at')
      .notNullable()
      .index()
      .comment('When a process last looked after it; milliseconds');
    table
      .boolean('following')
      .notNullable()
      .comment('A process reads its last lines');
    table.boolean('complete').notNullable().comment('Nothing more comes');
    table.integer('revision').notNullable().comment('Counts writes');
    table.integer('lines').notNullable().comment('Number of lines');
    table.integer('bytes').notNullable().comment('Of their texts');
    table.binary('content').comment('NDJSON of lines, gzip');
    table.text('gap').comment('Why lines after the last one are missing');
    table.primary(['version_uid', 'pod', 'container', 'instance']);
    table
      .foreign('version_uid')
      .references('uid')
      .inTable('versions')
      .onDelete('CASCADE');
  });

  await knex.schema.createTable('packages', table => {
    table.comment('Packages of the store, for removing those nobody needs');
    table.string('digest').primary().comment('sha256:hex');
    table.boolean('removing').notNullable().comment('It is being removed');
    table.bigInteger('unused_since').index().comment('Null: a version has it');
  });

  await knex.schema.createTable('upload_locks', table => {
    table.comment('One writer for each upload, whichever process it talks to');
    table.string('id').primary().comment('Upload');
    table.string('owner').notNullable().comment('Request that writes');
    table.bigInteger('until').notNullable().comment('Milliseconds');
    table.boolean('wanted').notNullable().comment('Another one waits for it');
  });

  await knex.schema.alterTable('idempotency_keys', table => {
    table.string('owner').comment('Request that carries it out');
    table.bigInteger('lease_until').comment('Milliseconds');
    table
      .boolean('committed')
      .notNullable()
      .defaultTo(false)
      .comment('Its change is written, whatever became of the answer');
    table.string('subject').comment('Name of what it made');
  });

  await knex.schema.alterTable('activities', table => {
    table.index(['runtime', 'id'], 'activities_listed');
    // The log only grows: what is rare in it is not looked for row by row.
    table.index(['actor', 'id'], 'activities_of_actor');
    table.index(['type', 'id'], 'activities_of_type');
    table.index(['at'], 'activities_at');
  });

  await knex.schema.alterTable('runtimes', table => {
    // The reconciler asks for them each time it looks for work.
    table.index(['deleting'], 'runtimes_deleting');
  });
};

/**
 * knex drops columns of SQLite by making the table anew, and dropping the old one deletes what refers to its rows: all revisions of
 * configurations. Both databases can do it themselves.
 *
 * @param {import('knex').Knex} knex
 * @param {string} table
 * @param {string[]} columns
 */
async function dropColumns(knex, table, columns) {
  for (const column of columns) {
    await knex.raw('alter table ?? drop column ??', [table, column]);
  }
}

/**
 * Values that are encrypted stay so, and are lost to the code before.
 *
 * @param {import('knex').Knex} knex
 */
exports.down = async function down(knex) {
  await knex.schema.alterTable('runtimes', table => {
    table.dropIndex(['deleting'], 'runtimes_deleting');
  });
  await knex.schema.alterTable('activities', table => {
    table.dropIndex(['runtime', 'id'], 'activities_listed');
    table.dropIndex(['actor', 'id'], 'activities_of_actor');
    table.dropIndex(['type', 'id'], 'activities_of_type');
    table.dropIndex(['at'], 'activities_at');
  });
  await dropColumns(knex, 'idempotency_keys', [
    'owner',
    'lease_until',
    'committed',
    'subject',
  ]);
  await knex.schema.dropTable('upload_locks');
  await knex.schema.dropTable('packages');
  await knex.schema.dropTable('log_archives');
  await knex.schema.dropTable('runtime_labels');
  await dropColumns(knex, 'solutions', ['deleting', 'created_at']);
  await knex.schema.alterTable('configuration_revisions', table => {
    table.dropIndex('key_id');
  });
  await dropColumns(knex, 'configuration_revisions', [
    'secrets',
    'key_id',
    'changes',
  ]);
  await knex.schema.alterTable('versions', table => {
    table.dropIndex(
      ['runtime', 'status', 'unavailable_since'],
      'versions_counted',
    );
    table.dropIndex(['runtime', 'created_at', 'uid'], 'versions_listed');
    table.dropIndex(['desired'], 'versions_desired');
  });
  await dropColumns(knex, 'versions', [
    'next_revision',
    'next_since',
    'next_command',
    'next_problem',
    'retiring_revision',
    'retire_at',
    'publish_when_ready',
  ]);
};
