import {
  mockServices,
  ServiceFactoryTester,
  TestDatabases,
} from '@backstage/backend-test-utils';
import type { JsonObject } from '@backstage/types';
import { startInTurn } from './startInTurn';

jest.setTimeout(60_000);

type Hook = () => void | Promise<void>;

/** A portal as far as it takes its turn. */
function portal(database: JsonObject) {
  const atStartup: Hook[] = [];
  const atShutdown: Hook[] = [];
  const logger = mockServices.rootLogger.mock();
  const lifecycle = mockServices.rootLifecycle.mock({
    addStartupHook: hook => atStartup.push(hook),
    addShutdownHook: hook => atShutdown.push(hook),
  });
  const turn = ServiceFactoryTester.from(startInTurn, {
    dependencies: [
      mockServices.rootConfig.factory({ data: { backend: { database } } }),
      lifecycle.factory,
      logger.factory,
    ],
  }).getSubject();
  const run = (hooks: Hook[]) => Promise.all(hooks.map(hook => hook()));
  return {
    turn,
    /** Every plugin has started. */
    started: () => run(atStartup),
    stop: () => run(atShutdown),
    /** Resolves when it says that it waits. */
    waits: new Promise<void>(resolve => {
      logger.info.mockImplementation(() => resolve());
    }),
  };
}

const databases = TestDatabases.create({
  ids: ['SQLITE_3', 'POSTGRES_15'],
  disableDocker: true,
});

describe('startInTurn', () => {
  it('waits for nobody on SQLITE_3', async () => {
    const sqlite = { client: 'better-sqlite3', connection: ':memory:' };
    const first = portal(sqlite);
    const second = portal(sqlite);
    expect(await first.turn).toEqual({ waited: false });
    expect(await second.turn).toEqual({ waited: false });
  });

  if (!databases.supports('POSTGRES_15')) return;

  it('lets one portal after another start on POSTGRES_15', async () => {
    const { connection } = (await databases.init('POSTGRES_15')).client.config;
    const postgres = {
      client: 'pg',
      // knex hides the password from those who copy the rest.
      connection: { ...connection, password: connection.password },
      plugin: {
        konstellation: { connection: { database: connection.database } },
      },
    };
    const first = portal(postgres);
    expect(await first.turn).toEqual({ waited: false });
    const second = portal(postgres);
    await second.waits;
    await first.started();
    expect(await second.turn).toEqual({ waited: true });

    // A portal that ends while it starts gives its turn away.
    const third = portal(postgres);
    await third.waits;
    await second.stop();
    expect(await third.turn).toEqual({ waited: true });
    await third.started();
    await Promise.all([first.stop(), third.stop()]);
  });
});
