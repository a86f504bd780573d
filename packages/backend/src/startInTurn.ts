import { DatabaseManager } from '@backstage/backend-defaults/database';
import {
  coreServices,
  createServiceFactory,
  createServiceRef,
} from '@backstage/backend-plugin-api';

/** Key of an advisory lock of PostgreSQL, in the database of the plugin konstellation. */
const LOCK = 7_402_118_963;
/** Whoever holds the lock for longer hangs; this process then tries its luck. */
const TURN_MILLIS = 300_000;

const turnServiceRef = createServiceRef<{ waited: boolean }>({
  id: 'portal.turn',
  scope: 'root',
});

/**
 * Lets portals that share a PostgreSQL start one after another. At a start each plugin brings its tables up to date, and two
 * processes that do it at the same time fail: at worst both write the row knex locks migrations with, and no start succeeds any
 * more. The lock is given back when every plugin has started, or with the connection when the process dies.
 */
export const startInTurn = createServiceFactory({
  service: turnServiceRef,
  initialization: 'always',
  deps: {
    config: coreServices.rootConfig,
    lifecycle: coreServices.rootLifecycle,
    logger: coreServices.rootLogger,
  },
  async factory({ config, lifecycle, logger }) {
    if (config.getString('backend.database.client') !== 'pg') {
      return { waited: false };
    }
    const knex = await DatabaseManager.fromConfig(config, {
      rootLogger: logger,
      rootLifecycle: lifecycle,
    })
      .forPlugin('konstellation', { logger, lifecycle })
      .getClient();
    const turn = await knex.transaction();
    await turn.raw('set local idle_in_transaction_session_timeout = 0');
    const giveBack = async () => {
      if (!turn.isCompleted()) await turn.commit();
    };
    lifecycle.addStartupHook(giveBack);
    lifecycle.addShutdownHook(giveBack);
    const { rows } = await turn.raw(
      'select pg_try_advisory_xact_lock(?) as free',
      [LOCK],
    );
    if (rows[0].free) return { waited: false };
    logger.info('another portal is starting on this database; waiting for it');
    await turn.raw(`set local lock_timeout = ${TURN_MILLIS}`);
    await turn.raw('savepoint waiting');
    try {
      await turn.raw('select pg_advisory_xact_lock(?)', [LOCK]);
    } catch {
      await turn.raw('rollback to savepoint waiting');
      logger.warn('the other portal does not get ready; starting beside it');
    }
    return { waited: true };
  },
});
