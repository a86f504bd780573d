/**
 * @param {import('knex').Knex} knex
 */
exports.up = async function up(knex) {
  await knex.schema.createTable('runtimes', table => {
    table.comment('Isolated environments; one Kubernetes namespace each');
    table.string('id', 30).primary().comment('Id, part of public addresses');
    table.string('name', 40).notNullable().comment('Name for people');
    table.text('description').notNullable().comment('May be empty');
    table.string('owner').notNullable().index().comment('Entity ref');
    table.text('labels').notNullable().comment('JSON object of labels');
    table.string('cluster').notNullable().comment('Name of the cluster');
    table.string('namespace', 63).notNullable().comment('Namespace there');
    table.text('settings').notNullable().comment('JSON, RuntimeSettings');
    table.string('signal').notNullable().comment('Key of the signal channel');
    table.integer('revision').notNullable().comment('Counts changes below it');
    table.boolean('deleting').notNullable().comment('Delete was commanded');
    table.string('created_by').notNullable().comment('Actor');
    table.bigInteger('created_at').notNullable().comment('Milliseconds');
  });

  await knex.schema.createTable('solutions', table => {
    table.comment('What is published at one address');
    table.string('runtime', 30).notNullable().comment('Runtime it belongs to');
    table.string('id', 30).notNullable().comment('Unique in the runtime');
    table.string('name', 40).notNullable().comment('Name for people');
    table.string('wanted_publication').comment('What commands want');
    table.string('publication').comment('What callers were seen to reach');
    table.integer('generation').notNullable().comment('Counts switches');
    table.bigInteger('switch_requested_at').comment('Milliseconds');
    table.text('switch_problem').comment('Why the last attempt failed');
    table.string('lease_owner').comment('Process that reconciles it');
    table.bigInteger('lease_until').comment('Milliseconds');
    table.bigInteger('next_at').index().comment('When it is due; null: never');
    table.primary(['runtime', 'id']);
    table
      .foreign('runtime')
      .references('id')
      .inTable('runtimes')
      .onDelete('CASCADE');
  });

  await knex.schema.createTable('versions', table => {
    table.comment('Immutable code and models of a solution');
    table.string('uid').primary().comment('Never used again');
    table.string('runtime', 30).notNullable().comment('Runtime it lies in');
    table.string('solution', 30).notNullable().comment('Solution it is of');
    table.string('name', 19).notNullable().comment('Unique in the runtime');
    table.text('description').notNullable().comment('Of the manifest');
    table.text('manifest').notNullable().comment('JSON, KrtManifest');
    table.text('proto').notNullable().comment('JSON, KrtProto');
    table.text('files').notNullable().comment('JSON array of KrtFile');
    table.string('package_digest').notNullable().index().comment('sha256:hex');
    table.bigInteger('package_size').notNullable().comment('Bytes, packed');
    table.bigInteger('unpacked_size').notNullable().comment('Bytes');
    table.string('created_by').notNullable().comment('Actor');
    table.bigInteger('created_at').notNullable().comment('Milliseconds');
    table.string('desired').notNullable().comment('stopped or started');
    table.boolean('deleting').notNullable().comment('Delete was commanded');
    table.boolean('ever_started').notNullable().comment('Tells CREATED apart');
    table.integer('generation').notNullable().comment('Counts commands');
    table.bigInteger('desired_since').notNullable().comment('Milliseconds');
    table.integer('configuration_revision').notNullable().comment('Newest');
    table.integer('release_revision').comment('What it was started with');
    table.string('start_id').comment('Made at each start');
    table.text('observed').comment('JSON, ObservedState');
    table.bigInteger('unavailable_since').comment('Milliseconds');
    table.string('status').notNullable().index().comment('As last derived');
    table.bigInteger('status_since').notNullable().comment('Milliseconds');
    table.string('lease_owner').comment('Process that reconciles it');
    table.bigInteger('lease_until').comment('Milliseconds');
    table.bigInteger('next_at').index().comment('When it is due; null: never');
    table.unique(['runtime', 'name']);
    table
      .foreign('runtime')
      .references('id')
      .inTable('runtimes')
      .onDelete('CASCADE');
  });

  await knex.schema.createTable('configuration_revisions', table => {
    table.comment('Configuration of a version, one row a change');
    table.string('version_uid').notNullable().comment('Version');
    table.integer('revision').notNullable().comment('From 0, at upload');
    table.text('entries').notNullable().comment('JSON: key to value, origin');
    table.text('comment').notNullable().comment('Why it was changed');
    table.string('created_by').notNullable().comment('Actor');
    table.bigInteger('created_at').notNullable().comment('Milliseconds');
    table.primary(['version_uid', 'revision']);
    table
      .foreign('version_uid')
      .references('uid')
      .inTable('versions')
      .onDelete('CASCADE');
  });

  await knex.schema.createTable('publications', table => {
    table.comment('Releases made accessible');
    table.string('id').primary().comment('Sorts by time');
    table.string('runtime', 30).notNullable().comment('Runtime');
    table.string('solution', 30).notNullable().comment('Solution');
    table.string('version_uid').notNullable().comment('Version');
    table.string('version', 19).notNullable().comment('Its name');
    table.string('package_digest').notNullable().comment('sha256:hex');
    table.integer('configuration_revision').notNullable().comment('Of it');
    table.text('comment').notNullable().comment('Why');
    table.string('published_by').notNullable().comment('Actor');
    table.bigInteger('requested_at').notNullable().comment('Milliseconds');
    table.bigInteger('published_at').comment('When callers were let in');
    table.bigInteger('ended_at').comment('Milliseconds');
    table.integer('switch_millis').comment('From command to first answer');
    table.index(['runtime', 'solution', 'id']);
    table
      .foreign('runtime')
      .references('id')
      .inTable('runtimes')
      .onDelete('CASCADE');
  });

  await knex.schema.createTable('activities', table => {
    table.comment('What was done by whom and why; outlives what it is about');
    table.string('id').primary().comment('Sorts by time');
    table.bigInteger('at').notNullable().comment('Milliseconds');
    table.string('actor').notNullable().comment('User, service or system');
    table.string('type').notNullable().comment('ActivityType');
    table.string('runtime', 30).notNullable().index().comment('Runtime');
    table.string('solution', 30).comment('Solution');
    table.string('version', 19).comment('Name of the version');
    table.string('from').comment('Status before');
    table.string('to').comment('Status after');
    table.text('comment').notNullable().comment('Why');
  });

  await knex.schema.createTable('idempotency_keys', table => {
    table.comment('Answers to writes that may be sent again, for a day');
    table.string('key').primary().comment('Hash of user, method, path, key');
    table.string('body_hash').notNullable().comment('Hash of the body');
    table.integer('status').comment('Null while the first one runs');
    table.text('answer').comment('JSON');
    table
      .bigInteger('created_at')
      .notNullable()
      .index()
      .comment('Milliseconds');
  });

  await knex.schema.createTable('signing_keys', table => {
    table.comment('The secret tokens of releases are derived from');
    table.integer('id').primary().comment('Always 1');
    table.string('secret').notNullable().comment('32 bytes, base64');
  });
};

/**
 * @param {import('knex').Knex} knex
 */
exports.down = async function down(knex) {
  for (const table of [
    'signing_keys',
    'idempotency_keys',
    'activities',
    'publications',
    'configuration_revisions',
    'versions',
    'solutions',
    'runtimes',
  ]) {
    await knex.schema.dropTable(table);
  }
};
