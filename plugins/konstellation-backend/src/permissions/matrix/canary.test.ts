import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Knex } from 'knex';
import { eachDatabase } from '../../__testUtils__/databases';
import { KINDS } from '../../__testUtils__/simulation/objects';
import { testKrt } from '../../__testUtils__/startApi';
import {
  ADMIN,
  COLUMNS,
  OTHER_MANAGER,
  SIGNED_OUT,
} from './__testUtils__/callers';
import {
  Canaries,
  dumpDatabase,
  readFiles,
  textOf,
} from './__testUtils__/leaks';
import { readOperations } from './__testUtils__/openapi';
import { callOperation } from './__testUtils__/requests';
import {
  startPortal,
  type Answer,
  type Portal,
} from './__testUtils__/startPortal';

jest.setTimeout(120_000);

const DENIED = [403, 404];
const POLL_MILLIS = 10;
const PATIENCE_MILLIS = 60_000;

/** What the package declares: variables and a file. */
const KEYS = {
  variables: ['CURRENCY', 'PASSWORD', 'TOKEN'],
  files: ['CERTIFICATE'],
};

const callerOf = (wanted: string): string =>
  COLUMNS.find(({ title }) => title === wanted)?.authorization ?? '';

const MANAGER = callerOf('manager, own');

const CONFIGURATION_READ = 'konstellation.configuration.read';

const READS = readOperations().filter(({ method }) => method === 'get');

/** Those who may not read values of the runtime that is tried: managers of others are among them. */
function strangers(): Array<[who: string, authorization: string]> {
  const titles = [
    'viewer',
    'no role',
    'service viewer',
    'service links',
    'service without',
  ];
  return [
    ['manager of others', OTHER_MANAGER],
    ...COLUMNS.filter(({ title }) => titles.includes(title)).map(
      ({ title, authorization }): [string, string] => [title, authorization],
    ),
  ];
}

describe('values of configurations', () => {
  eachDatabase(({ init }) => {
    const directory = mkdtempSync(join(tmpdir(), 'konstellation-canary-'));
    const canaries = new Canaries();
    /** Answers to requests that were refused, of whoever. */
    const refusals: Array<{ what: string; text: string }> = [];
    const printed: string[] = [];
    let portal: Portal;
    let knex: Knex;

    /** A value no one else has. */
    function canary(name: string, suffix = ''): string {
      const value = `CANARY${randomBytes(16).toString('hex')}`;
      canaries.plant(name, value);
      return `${value}${suffix}`;
    }

    const base = '/runtimes/prices/versions';

    async function send(
      method: string,
      path: string,
      body?: unknown,
      options: { as?: string; key?: string; type?: string } = {},
    ): Promise<Answer> {
      const { as = MANAGER, key, type = 'application/json' } = options;
      return portal.send(path, {
        method,
        authorization: as,
        headers: {
          'content-type': type,
          ...(key && { 'idempotency-key': key }),
        },
        ...(body !== undefined && {
          body: typeof body === 'string' ? body : JSON.stringify(body),
        }),
      });
    }

    async function done(answer: Promise<Answer>): Promise<Answer> {
      const { status, text, headers } = await answer;
      if (status >= 300) throw new Error(`${status}: ${text}`);
      return { status, text, headers };
    }

    async function refused(
      what: string,
      expected: number | number[],
      answer: Promise<Answer>,
    ): Promise<void> {
      const { status, text } = await answer;
      if (![expected].flat().includes(status)) {
        throw new Error(`${what}: ${status}, not ${expected}: ${text}`);
      }
      refusals.push({ what, text });
    }

    async function upload(version: string): Promise<void> {
      await done(
        portal.send(base, {
          method: 'POST',
          authorization: MANAGER,
          headers: { 'content-type': 'application/gzip' },
          body: new Uint8Array(await testKrt(version, [], KEYS)),
        }),
      );
    }

    /** Waits for a condition of the version, by its reason. */
    async function until(
      version: string,
      type: string,
      wanted: string,
    ): Promise<void> {
      const deadline = Date.now() + PATIENCE_MILLIS;
      for (;;) {
        const { text } = await done(send('GET', `${base}/${version}`));
        const { status, conditions } = JSON.parse(text);
        const is =
          type === 'status'
            ? status === wanted
            : conditions.some(
                (condition: { type: string; reason: string }) =>
                  condition.type === type && condition.reason === wanted,
              );
        if (is) return;
        if (Date.now() > deadline) throw new Error(`still waiting: ${text}`);
        await new Promise(resolve => setTimeout(resolve, POLL_MILLIS));
      }
    }

    const untilStatus = (version: string, wanted: string) =>
      until(version, 'status', wanted);
    const untilApplied = (version: string, wanted: string) =>
      until(version, 'ConfigurationApplied', wanted);
    const configure = (version: string, change: object, key?: string) =>
      send(
        'PUT',
        `${base}/${version}/configuration`,
        { comment: 'Changed', ...change },
        { key },
      );

    /** Everything that has to do with configuration, and goes well. */
    async function live(): Promise<void> {
      await done(
        send('POST', '/runtimes', {
          id: 'prices',
          name: 'Prices',
          owner: 'group:default/ml',
        }),
      );
      await upload('v1');
      const first = {
        values: {
          CURRENCY: 'CAD',
          PASSWORD: canary('variable'),
          TOKEN: canary('token'),
          CERTIFICATE: `-----BEGIN KEY-----\n${canary('file', '\n')}`,
        },
      };
      for (let times = 0; times < 2; times++) {
        await done(configure('v1', first, 'first'));
      }
      await refused(
        'another body with the same Idempotency-Key',
        409,
        configure('v1', { values: { TOKEN: canary('key again') } }, 'first'),
      );
      const comment = 'Goes live';
      await done(send('POST', `${base}/v1/start`, { comment }));
      await untilStatus('v1', 'STARTED');
      await done(send('POST', `${base}/v1/publish`, { comment }));
      await untilStatus('v1', 'PUBLISHED');
      await done(
        send('POST', `${base}/v1/configuration/preview`, {
          values: { PASSWORD: canary('previewed') },
          env: `TOKEN=${canary('previewed as .env')}`,
        }),
      );
      await done(configure('v1', { values: { PASSWORD: canary('changed') } }));
      await untilApplied('v1', 'Current');
      await done(
        configure('v1', {
          env: `TOKEN="${canary('.env', '\\n')}"`,
          replace: 'pause',
        }),
      );
      await until('v1', 'Available', 'AllNodesReady');
      await done(send('POST', `${base}/v1/predict/Estimate`, { a: 'Windsor' }));
    }

    /** What does not get ready. */
    async function fail(): Promise<void> {
      await upload('v2');
      portal.cluster.behave(
        { version: 'v2' },
        { is: 'crashing', exitCode: 1, message: 'it failed' },
      );
      const comment = 'Tried';
      await done(send('POST', `${base}/v2/start`, { comment }));
      await untilStatus('v2', 'ERROR');
      portal.cluster.behave({ version: 'v1' }, { is: 'unready' });
      await done(configure('v1', { values: { TOKEN: canary('dropped') } }));
      await untilApplied('v1', 'Dropped');
      portal.cluster.behave({ version: 'v1' }, { is: 'ready' });
      await done(configure('v2', { values: { PASSWORD: canary('failing') } }));
    }

    /** What is refused, for every reason there is. */
    async function refuse(): Promise<void> {
      const path = `${base}/v1/configuration`;
      const put = (body: unknown, options?: { as?: string; type?: string }) =>
        send('PUT', path, body, options);
      const comment = 'Refused';
      const values = (name: string) => ({ PASSWORD: canary(name) });
      for (const [who, as] of strangers()) {
        const body = { values: values(`of ${who}`), comment };
        await refused(who, DENIED, put(body, { as }));
        const preview = `${path}/preview`;
        await refused(who, DENIED, send('POST', preview, body, { as }));
      }
      await refused(
        'signed out',
        401,
        put({ values: values('signed out'), comment }, { as: SIGNED_OUT }),
      );
      await refused('no comment', 400, put({ values: values('no comment') }));
      await refused(
        'unknown key',
        409,
        put({ values: { ...values('unknown key'), OTHER: 'x' }, comment }),
      );
      await refused(
        'too large',
        400,
        put({
          values: { PASSWORD: canary('too large').repeat(1_000) },
          comment,
        }),
      );
      await refused(
        'much too large',
        413,
        put({ values: { PASSWORD: canary('413').repeat(200_000) }, comment }),
      );
      await refused(
        'NUL',
        400,
        put({ values: { PASSWORD: canary('NUL', '\0') }, comment }),
      );
      await refused(
        'no text',
        400,
        put({ values: { PASSWORD: [canary('no text')] }, comment }),
      );
      await refused('no object', 400, put({ values: canary('no object') }));
      await refused(
        'a number',
        400,
        put({ values: { PASSWORD: 1 }, env: `TOKEN=${canary('a number')}` }),
      );
      for (const [what, text] of [
        ['no JSON', `${canary('no JSON')}`],
        ['no comma', `{"values":{"PASSWORD":"a"${canary('no comma')}`],
        ['no end', `{"values":{"PASSWORD":"${canary('no end')}`],
        ['no quote', `{"values":{"PASSWORD":${canary('no quote')}}}`],
      ] as const) {
        await refused(what, 400, put(text));
      }
      await refused(
        'no JSON type',
        400,
        put(`PASSWORD=${canary('type')}`, { type: 'text/plain' }),
      );
      for (const [what, env] of [
        ['.env: open quote', `PASSWORD="${canary('open quote')}`],
        ['.env: after quote', `PASSWORD="a" ${canary('after quote')}`],
        ['.env: no key', `${canary('no key')}`],
        ['.env: bad key', `${canary('bad key')}/+=a`],
      ] as const) {
        await refused(what, 400, put({ env, comment }));
      }
      // The lines of a key that was pasted without quotes look like assignments where they end with padding.
      const lines = `${canary('line of a key')}==`;
      await refused(
        '.env: lines of a key',
        409,
        put({ env: `PASSWORD=-----BEGIN KEY-----\n${lines}`, comment }),
      );
      await refused(
        '.env: lines of a key twice',
        [400, 409],
        put({ env: `PASSWORD=a\n${lines}\n${lines}`, comment }),
      );
      await refused(
        'unknown version',
        404,
        send('PUT', `${base}/v9/configuration`, {
          values: values('unknown version'),
          comment,
        }),
      );
      await refused(
        'unknown runtime',
        DENIED,
        send('PUT', '/runtimes/nothing/versions/v1/configuration', {
          values: values('unknown runtime'),
          comment,
        }),
      );
    }

    /** The version goes on to its end. */
    async function end(): Promise<void> {
      const comment = 'Over';
      await untilStatus('v1', 'PUBLISHED');
      await done(send('POST', '/runtimes/prices/rollback', { comment }));
      await untilApplied('v1', 'Current');
      await done(send('POST', `${base}/v2/stop`, { comment }));
      await untilStatus('v2', 'STOPPED');
    }

    beforeAll(async () => {
      for (const method of ['log', 'info', 'warn', 'error'] as const) {
        jest.spyOn(console, method).mockImplementation((...said) => {
          printed.push(said.map(textOf).join(' '));
        });
      }
      knex = await init();
      portal = await startPortal({
        directory,
        knex,
        config: {
          deadlines: {
            start: { milliseconds: 800 },
            configuration: { milliseconds: 800 },
          },
        },
      });
      await live();
      await fail();
      await refuse();
      await end();
    });
    afterAll(async () => {
      jest.restoreAllMocks();
      await portal.stop();
      rmSync(directory, { recursive: true, force: true });
    });

    it('are shown to those who may read them', async () => {
      const found = async (path: string) =>
        canaries.in((await done(send('GET', path))).text);
      const known = ['variable', 'token', 'file', 'changed', '.env', 'dropped'];
      const shown = await found(`${base}/v1/configuration`);
      expect(shown.length).toBeGreaterThan(0);
      expect(known).toEqual(expect.arrayContaining(shown));
      expect(await found(`${base}/v1/configuration/env`)).toEqual(shown);
      expect(await found(`${base}/v2/configuration`)).toEqual(
        expect.arrayContaining(['file']),
      );
    });

    it('are in Secrets of the cluster, and in no other object', async () => {
      const { objects } = portal.cluster.snapshot().objects;
      const isSecret = ({ kind }: { kind: string }) =>
        kind === KINDS.secret.kind;
      const secrets = textOf(objects.filter(isSecret));
      expect(canaries.in(secrets)).not.toEqual([]);
      for (const object of objects.filter(each => !isSecret(each))) {
        const { kind, metadata } = object;
        expect([kind, metadata.name, canaries.in(textOf(object))]).toEqual([
          kind,
          metadata.name,
          [],
        ]);
      }
    });

    it('are in no answer to somebody who may not read them', async () => {
      for (const [who, authorization] of strangers()) {
        for (const operation of READS) {
          for (const version of ['v1', 'v2']) {
            const { answer } = await callOperation(portal, operation, {
              place: { runtime: 'prices', version, solution: 'prices' },
              authorization,
              newId: 'unused',
            });
            const said = answer.text + textOf([...answer.headers]);
            expect([who, operation.id, canaries.in(said)]).toEqual([
              who,
              operation.id,
              [],
            ]);
          }
        }
      }
    });

    it('are in no answer but the configuration, whoever asks', async () => {
      for (const operation of READS) {
        if (operation.permissions.includes(CONFIGURATION_READ)) continue;
        const { answer } = await callOperation(portal, operation, {
          place: { runtime: 'prices', version: 'v1', solution: 'prices' },
          authorization: ADMIN,
          newId: 'unused',
        });
        const found = canaries.in(answer.text);
        expect([operation.id, found]).toEqual([operation.id, []]);
      }
    });

    it('are in no refusal', () => {
      for (const { what, text } of refusals) {
        expect([what, canaries.in(text)]).toEqual([what, []]);
      }
    });

    it('are not in the log', () => {
      expect(portal.sinks.log).not.toEqual([]);
      for (const line of [...portal.sinks.log, ...printed]) {
        expect([line, canaries.in(line)]).toEqual([line, []]);
      }
    });

    it('are not in the audit', () => {
      expect(portal.sinks.audit).not.toEqual([]);
      for (const record of portal.sinks.audit) {
        expect([record, canaries.in(textOf(record))]).toEqual([record, []]);
      }
    });

    it('are not in events and signals', () => {
      const { events, signals } = portal.sinks;
      expect(events).not.toEqual([]);
      expect(signals).not.toEqual([]);
      expect(canaries.in(textOf([...events, ...signals]))).toEqual([]);
    });

    it('are not in the database as they are', async () => {
      const dump = await dumpDatabase(knex);
      expect(dump.map(({ table }) => table)).toEqual(
        expect.arrayContaining(['configuration_revisions', 'idempotency_keys']),
      );
      for (const { table, text } of dump) {
        expect([table, canaries.in(text)]).toEqual([table, []]);
      }
    });

    it('are in no file', () => {
      for (const { file, text } of readFiles(directory)) {
        expect([file, canaries.in(text)]).toEqual([file, []]);
      }
    });
  });
});
