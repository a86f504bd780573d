import { createConfigSecretEnumerator } from '@backstage/backend-defaults/rootConfig';
import {
  WinstonLogger,
  type WinstonLoggerLevelOverrideMatchers,
} from '@backstage/backend-defaults/rootLogger';
import {
  coreServices,
  createServiceFactory,
  type RootConfigService,
} from '@backstage/backend-plugin-api';
import type { Config } from '@backstage/config';
import { loadConfigSchema } from '@backstage/config-loader';
import type { JsonObject } from '@backstage/types';
import { readFile } from 'node:fs/promises';
import { format, transports } from 'winston';

const LEVELS = ['error', 'warn', 'info', 'debug'];

/** Names the file that `build:config-schema` wrote for exactly these packages. */
export const CONFIG_SCHEMA_VARIABLE = 'KONSTELLATION_CONFIG_SCHEMA';

/**
 * Reads what `build:config-schema` wrote.
 *
 * @throws Error that says how to mend it, where the file is not there or is not such a schema
 */
async function readConfigSchema(file: string) {
  try {
    const serialized = JSON.parse(await readFile(file, 'utf8'));
    return await loadConfigSchema({ serialized });
  } catch (error) {
    throw new Error(
      `${CONFIG_SCHEMA_VARIABLE} names ${file}, which is no schema of the configuration. Build it with "yarn workspace backend build:config-schema", or unset the variable: the portal then works it out at each start.`,
      { cause: error },
    );
  }
}

/** `backend.logger`, as Backstage documents it. */
function settingsOf(config: RootConfigService) {
  const logger = config.getOptionalConfig('backend.logger');
  return {
    level: logger?.getOptionalString('level') ?? 'info',
    meta: logger?.getOptional<JsonObject>('meta'),
    overrides: (logger?.getOptionalConfigArray('overrides') ?? []).map(
      override => ({
        level: levelOf(override),
        matchers: override.get<WinstonLoggerLevelOverrideMatchers>('matchers'),
      }),
    ),
  };
}

function levelOf(override: Config) {
  const level = override.getString('level');
  if (LEVELS.includes(level)) return level;
  throw new Error(
    `A level in backend.logger.overrides is "${level}", it must be one of ${LEVELS.join(
      ', ',
    )}`,
  );
}

/**
 * The root logger of Backstage with its settings, its formats and its masking of every secret in the configuration. Which values
 * are secrets it knows from a schema that the build worked out; Backstage's own does that at each start, which takes half of it.
 * Without the variable it does the same.
 */
export const rootLogger = createServiceFactory({
  service: coreServices.rootLogger,
  deps: { config: coreServices.rootConfig },
  async factory({ config }) {
    const { level, meta } = settingsOf(config);
    const logger = WinstonLogger.create({
      meta: { service: 'backstage', ...meta },
      level: process.env.LOG_LEVEL || level,
      format:
        process.env.NODE_ENV === 'production'
          ? format.json()
          : WinstonLogger.colorFormat(),
      transports: [new transports.Console()],
    });
    const schemaFile = process.env[CONFIG_SCHEMA_VARIABLE];
    const secretsOf = await createConfigSecretEnumerator({
      logger,
      schema: schemaFile ? await readConfigSchema(schemaFile) : undefined,
    });
    function follow() {
      logger.addRedactions(secretsOf(config));
      logger.setLevelOverrides(settingsOf(config).overrides);
    }
    follow();
    config.subscribe?.(follow);
    return logger;
  },
});
