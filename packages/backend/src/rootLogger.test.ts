import {
  mockServices,
  ServiceFactoryTester,
} from '@backstage/backend-test-utils';
import type { JsonObject } from '@backstage/types';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { transports } from 'winston';
import { CONFIG_SCHEMA_VARIABLE, rootLogger } from './rootLogger';

jest.setTimeout(60_000);

/** Symbol winston keeps the finished line of a message under. */
const LINE = Symbol.for('message');
const SECRET = 'hunter2-of-the-portal';

const packageFolder = dirname(__dirname);
const before = { ...process.env };
let folder: string;
let lines: string[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'root-logger-'));
  lines = [];
  jest
    .spyOn(transports.Console.prototype, 'log')
    .mockImplementation((info, done) => {
      lines.push(String(Object(info)[LINE]));
      if (typeof done === 'function') done();
    });
});

afterEach(async () => {
  process.env = { ...before };
  jest.restoreAllMocks();
  await rm(folder, { recursive: true });
});

function createLogger(data: JsonObject) {
  return ServiceFactoryTester.from(rootLogger, {
    dependencies: [mockServices.rootConfig.factory({ data })],
  }).getSubject();
}

/** What a build writes for a portal whose only packages describe `door`. */
async function buildSchema() {
  const value = {
    type: 'object',
    properties: {
      door: {
        type: 'object',
        properties: {
          key: { type: 'string', visibility: 'secret' },
          number: { type: 'string' },
        },
      },
    },
  };
  const file = join(folder, 'schema.json');
  const serialized = {
    backstageConfigSchemaVersion: 1,
    schemas: [{ path: 'door', packageName: 'door', value }],
  };
  await writeFile(file, JSON.stringify(serialized));
  return file;
}

describe('rootLogger', () => {
  it('masks what the schema of the build calls a secret, and nothing else', async () => {
    process.env[CONFIG_SCHEMA_VARIABLE] = await buildSchema();
    const logger = await createLogger({
      door: { key: SECRET, number: 'seven' },
    });
    logger.info(`door seven opens with ${SECRET}`);
    logger.child({ plugin: 'door' }).warn('tried', { with: SECRET });
    expect(lines.join('\n')).toContain('door seven opens with ***');
    expect(lines.join('\n')).not.toContain(SECRET);
  });

  it('works the schema out where the build did not', async () => {
    delete process.env[CONFIG_SCHEMA_VARIABLE];
    const logger = await createLogger({
      backend: { auth: { keys: [{ secret: SECRET }] } },
    });
    logger.info(`signed with ${SECRET}`);
    expect(lines.join('\n')).toContain('signed with ***');
  });

  it.each([
    ['not there', undefined],
    ['cut off', '{"backstageConfigSchemaVersion": 1, "sche'],
    ['of another kind', '{"backstageConfigSchemaVersion": 7}'],
  ])('says how to mend a schema that is %s', async (_, content) => {
    const file = join(folder, 'schema.json');
    if (content) await writeFile(file, content);
    process.env[CONFIG_SCHEMA_VARIABLE] = file;
    await expect(createLogger({})).rejects.toThrow(
      `${CONFIG_SCHEMA_VARIABLE} names ${file}, which is no schema of the configuration. Build it with "yarn workspace backend build:config-schema"`,
    );
  });

  it('has the level, fields and overrides of the configuration', async () => {
    process.env[CONFIG_SCHEMA_VARIABLE] = await buildSchema();
    process.env.NODE_ENV = 'production';
    delete process.env.LOG_LEVEL;
    const logger = await createLogger({
      backend: {
        logger: {
          level: 'warn',
          meta: { cell: 'north' },
          overrides: [{ level: 'debug', matchers: { plugin: 'door' } }],
        },
      },
    });
    lines.length = 0;
    logger.info('not told');
    logger.warn('told');
    logger.child({ plugin: 'door' }).debug('told of doors');
    expect(lines.map(line => JSON.parse(line))).toEqual([
      { level: 'warn', message: 'told', service: 'backstage', cell: 'north' },
      {
        level: 'debug',
        message: 'told of doors',
        service: 'backstage',
        cell: 'north',
        plugin: 'door',
      },
    ]);
  });

  it('refuses a level that is none', async () => {
    process.env[CONFIG_SCHEMA_VARIABLE] = await buildSchema();
    const overrides = [{ level: 'loud', matchers: { plugin: 'door' } }];
    await expect(
      createLogger({ backend: { logger: { overrides } } }),
    ).rejects.toThrow(
      'A level in backend.logger.overrides is "loud", it must be one of error, warn, info, debug',
    );
  });

  it('masks with what the build writes', async () => {
    await promisify(execFile)(process.execPath, ['configSchema.mjs'], {
      cwd: packageFolder,
    });
    process.env[CONFIG_SCHEMA_VARIABLE] = join(
      packageFolder,
      'dist/config-schema.json',
    );
    const logger = await createLogger({
      konstellation: { encryption: { keys: [{ id: 'k1', secret: SECRET }] } },
      backend: { auth: { keys: [{ secret: `other-${SECRET}` }] } },
    });
    logger.info(`k1 is ${SECRET}`);
    expect(lines.join('\n')).toContain('k1 is ***');
  });
});
