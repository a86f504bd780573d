// The package port in a process of its own, that stands still after so many bytes where it is told to.
import { quietLogger } from '../../__testUtils__/quietLogger';
import { FileSystemPackageStore } from '../FileSystemPackageStore';
import { PackageServer } from '../packageServer';

const { FOLDER = '', PORT = '0', TOKEN = '', STAND_STILL_AT } = process.env;

async function main(): Promise<void> {
  const store = await FileSystemPackageStore.create(FOLDER, { isShared: true });
  const open = store.open.bind(store);
  store.open = async (digest, options) => {
    const opened = await open(digest, options);
    process.stdout.write(`from ${options?.start}\n`);
    if (STAND_STILL_AT) {
      let sent = 0;
      opened?.stream.on('data', chunk => {
        sent += chunk.length;
        if (sent < Number(STAND_STILL_AT)) return;
        opened.stream.pause();
        // Whoever pipes it goes on when there is room again.
        opened.stream.on('resume', () => opened.stream.pause());
        process.stdout.write('stands still\n');
      });
    }
    return opened;
  };
  const server = await PackageServer.listen({
    host: '127.0.0.1',
    port: Number(PORT),
    store,
    tokensOf: async () => [TOKEN],
    maxDownloads: 4,
    logger: quietLogger([]),
  });
  process.stdout.write(`${server.url('')}\n`);
}

// It ends with the test, however that ends.
process.on('disconnect', () => process.exit(0));
main().catch(error => {
  process.stderr.write(`${error}\n`);
  process.exit(1);
});
