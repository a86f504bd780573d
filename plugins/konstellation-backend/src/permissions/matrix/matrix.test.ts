import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  ADMIN,
  COLUMNS,
  SIGNED_OUT,
  type Column,
} from './__testUtils__/callers';
import { readDocumentedAnswers } from './__testUtils__/documentedAnswers';
import {
  readOperations,
  Validator,
  type Operation,
} from './__testUtils__/openapi';
import { Places, type Place } from './__testUtils__/Places';
import { callOperation, FIXTURES } from './__testUtils__/requests';
import {
  startPortal,
  type Answer,
  type Portal,
} from './__testUtils__/startPortal';

/** The upload is somebody else's, which is no matter of permission. */
const OF_SOMEBODY_ELSE = ['getUpload', 'sendUpload'];

/** What happened in a runtime that is gone is told to those who may read all of them. */
const OUTLIVES = ['listRuntimeActivities', 'exportRuntimeActivities'];

const CELLS = COLUMNS.flatMap(column =>
  column.owners.map(owner => ({ column, owner })),
);

const operations = readOperations();
const documented = readDocumentedAnswers();
const validator = new Validator();

const titleOf = ({ method, path }: Operation) =>
  `${method.toUpperCase()} ${path}`;

/** What is wrong with an answer, seen from openapi.yaml. */
function contractProblems(operation: Operation, answer: Answer): string[] {
  const described = operation.responses[answer.status];
  if (!described) return [`${answer.status} is not described: ${answer.text}`];
  const type = answer.headers.get('content-type')?.split(';')[0] ?? '';
  const content = described.content[type];
  if (!content || !answer.text || type !== 'application/json') return [];
  return validator.problems(content.schema, JSON.parse(answer.text));
}

/** The answer in the words of the documentation. */
function wordFor(operation: Operation, answer: Answer): string {
  const { status, text } = answer;
  if (status === 404) return 'not found';
  if (status === 403) return 'not allowed';
  if (status >= 400) return `${status} ${text}`;
  return FIXTURES[operation.id]?.shows?.(answer) ?? 'allowed';
}

const isDenial = (word = '') => ['not found', 'not allowed'].includes(word);

/** What the audit says of a call: its event and outcome; undefined where it need not say anything. */
function expectedAudit(
  { id, auditEvent }: Operation,
  word: string,
): string[][] | undefined {
  if (isDenial(word)) {
    return OF_SOMEBODY_ELSE.includes(id)
      ? undefined
      : [[auditEvent ?? 'permission-denied', 'failed']];
  }
  return auditEvent && word === 'allowed'
    ? [[auditEvent, 'succeeded']]
    : undefined;
}

function messageOf({ text }: Answer): string | undefined {
  const message = /"message":"((?:\\.|[^"])*)"/.exec(text)?.[1];
  return message?.replaceAll('\\"', '"');
}

describe('docs/permissions.md', () => {
  const directory = mkdtempSync(join(tmpdir(), 'konstellation-matrix-'));
  let portal: Portal;
  let places: Places;
  /** For what changes nothing, by owner. */
  const shared = new Map<string, Place>();
  let history: string[];

  beforeAll(async () => {
    portal = await startPortal({ directory });
    places = new Places(portal);
    for (const owner of new Set(COLUMNS.flatMap(({ owners }) => owners))) {
      shared.set(owner, await places.make(owner));
    }
    history = await historyOfShared();
  }, 120_000);
  afterAll(async () => {
    await portal.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  function historyOfShared(): Promise<string[]> {
    return Promise.all(
      [...shared.values()].map(async ({ runtime }) => {
        const path = `/runtimes/${runtime}/activities/export`;
        return (await portal.send(path, { authorization: ADMIN })).text;
      }),
    );
  }

  function call(
    operation: Operation,
    place: Place | undefined,
    { authorization }: Pick<Column, 'authorization'>,
  ) {
    if (!place) throw new Error('there is no such runtime');
    const newId = places.newId();
    return callOperation(portal, operation, { place, authorization, newId });
  }

  it('has a row for every operation and for nothing else', () => {
    expect([...documented.keys()].sort()).toEqual(
      operations.map(titleOf).sort(),
    );
  });

  it('has a column for every caller and for nothing else', () => {
    const titles = [...new Set(COLUMNS.map(({ title }) => title))];
    for (const row of documented.values()) {
      expect(Object.keys(row)).toEqual(titles);
    }
  });

  describe.each(operations)('$id', operation => {
    const row = documented.get(titleOf(operation)) ?? {};
    const { stage } = FIXTURES[operation.id] ?? {};
    const isWrite = operation.auditEvent !== undefined;

    it('answers every role as documented', async () => {
      const tries = await Promise.all(
        CELLS.map(async ({ column, owner }) => {
          const isDone = row[column.title] === 'allowed' && (isWrite || stage);
          const place = isDone
            ? await places.make(owner, stage)
            : shared.get(owner);
          return { column, owner, place };
        }),
      );
      const words: string[] = [];
      const expected: string[] = [];
      for (const { column, owner, place } of tries) {
        const where = `${column.title} in a runtime of ${owner}`;
        const { answer, audited } = await call(operation, place, column);
        const word = wordFor(operation, answer);
        words.push(`${where}: ${word}`);
        expected.push(`${where}: ${row[column.title]}`);
        expect([where, contractProblems(operation, answer)]).toEqual([
          where,
          [],
        ]);
        const events = audited.map(({ eventId, outcome }) => [
          eventId,
          outcome,
        ]);
        const outcome = expectedAudit(operation, word);
        expect([where, events]).toEqual([where, outcome ?? events]);
      }
      expect(words).toEqual(expected);
    }, 120_000);

    it('lets nobody in who is not signed in', async () => {
      const [place] = shared.values();
      const { answer } = await call(operation, place, {
        authorization: SIGNED_OUT,
      });
      expect(answer.status).toBe(operation.isPublic ? 200 : 401);
    });

    if (
      operation.path.includes('{runtime}') ||
      operation.id === 'createUpload'
    ) {
      it('does not tell a hidden runtime from one that is not there', async () => {
        const unknown = {
          runtime: 'nothing',
          version: 'v1',
          solution: 'rents',
        };
        const messages: unknown[] = [];
        const expected: unknown[] = [];
        for (const column of COLUMNS) {
          const { title, owners } = column;
          const { answer } = await call(operation, unknown, column);
          const isHidden = row[title] === 'not found';
          messages.push([title, answer.status, isHidden && messageOf(answer)]);
          const text = 'no runtime with the id "nothing"';
          const isTold = !isHidden && OUTLIVES.includes(operation.id);
          expected.push([title, isTold ? 200 : 404, isHidden && text]);
          const place = shared.get(owners[0] ?? '');
          if (!isHidden || !place) continue;
          const hidden = await call(operation, place, column);
          messages.push([title, messageOf(hidden.answer)]);
          expected.push([title, text.replace('nothing', place.runtime)]);
        }
        expect(messages).toEqual(expected);
      });
    }
  });

  it('tells nothing of what was refused: it left no trace', async () => {
    expect(await historyOfShared()).toEqual(history);
  });
});
