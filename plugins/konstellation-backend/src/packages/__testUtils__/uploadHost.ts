// A process that takes uploads and prints where, to be killed.
import knexFactory from 'knex';
import { startUploadServer, uploadDatabase } from './uploadServer';
import { FileSystemPackageStore } from '../FileSystemPackageStore';

async function main() {
  const [, , settings = '{}'] = process.argv;
  const { database, directory, leaseMillis } = JSON.parse(settings);
  const { uploads } = await FileSystemPackageStore.create(directory, {
    isShared: true,
  });
  const server = await startUploadServer({
    database: await uploadDatabase(knexFactory(database)),
    bytes: uploads,
    leaseMillis,
  });
  process.stdout.write(`${server.url}\n`);
}

void main();
