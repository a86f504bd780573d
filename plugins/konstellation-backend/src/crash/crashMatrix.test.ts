import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { createMockDirectory } from '@backstage/backend-test-utils';
import { eachDatabase } from '../__testUtils__/databases';
import { testKrt } from '../__testUtils__/startApi';
import { CrashMatrix, type Outcome } from './__testUtils__/CrashMatrix';
import { scenarios } from './__testUtils__/scenarios';
import { VirtualTime } from '../__testUtils__/simulation/VirtualTime';
import { World } from './__testUtils__/World';
import { PostgresDatabase, SqliteFile } from './__testUtils__/WorldDatabase';

/**
 * `npm run test:crash` asks for all with these variables: one of how many faults, which part of those, which scenarios, one fault
 * alone, and a file for what came of each.
 */
const {
  KONSTELLATION_CRASH_EVERY,
  KONSTELLATION_CRASH_FAULT,
  KONSTELLATION_CRASH_PART = '0/1',
  KONSTELLATION_CRASH_ONLY = '',
  KONSTELLATION_CRASH_REPORT,
} = process.env;

/** The part of the matrix that every test run has, by database: one of how many scenarios, and one of how many of their faults. */
const PART: Record<string, { scenarios: number; faults: number }> = {
  SQLITE_3: { scenarios: 1, faults: 101 },
  // What is different there is that what a dead process held is taken over when its time is up.
  POSTGRES_15: { scenarios: 6, faults: 149 },
};
const TIMEOUT_MILLIS = 6 * 60 * 60_000;

describe('the crash matrix', () => {
  const packages = new Map<string, Buffer>();

  beforeAll(async () => {
    for (const name of ['v1', 'v2']) packages.set(name, await testKrt(name));
    VirtualTime.install();
  });

  afterAll(() => VirtualTime.uninstall());

  eachDatabase(({ id, isShared, init }) => {
    const folder = createMockDirectory();
    const isWhole = KONSTELLATION_CRASH_EVERY !== undefined;
    const every = Number(KONSTELLATION_CRASH_EVERY ?? PART[id]?.faults);
    const [part = 0, parts = 1] =
      KONSTELLATION_CRASH_PART.split('/').map(Number);
    let world: World;
    let matrix: CrashMatrix;
    /** Faults of all scenarios so far: the tried ones lie as far apart everywhere. */
    let passed = 0;

    beforeAll(async () => {
      const path = join(folder.path, 'world');
      world = await World.create(
        path,
        isShared
          ? new PostgresDatabase(await init())
          : new SqliteFile(folder.path),
      );
      matrix = new CrashMatrix(world, await world.snapshot());
    });

    afterAll(() => world.close());

    const chosen = scenarios(version => packages.get(version) ?? Buffer.of())
      .filter(
        ({ name }, at) =>
          name.includes(KONSTELLATION_CRASH_ONLY) &&
          (isWhole || at % (PART[id]?.scenarios ?? 1) === 0),
      )
      .map(scenario => ({ name: scenario.name, scenario }));

    it.each(chosen)(
      'reaches what it should whatever goes wrong: $name',
      async ({ scenario }) => {
        const recording = await matrix.record(scenario);
        const failed: Outcome[] = [];
        for (const fault of recording.faults) {
          passed++;
          const isChosen = KONSTELLATION_CRASH_FAULT
            ? JSON.stringify(fault) === KONSTELLATION_CRASH_FAULT
            : passed % every === 0 &&
              Math.floor(passed / every) % parts === part;
          if (!isChosen) continue;
          const outcome = await matrix.run(recording, fault);
          if (outcome.problem) failed.push(outcome);
          if (KONSTELLATION_CRASH_REPORT) {
            appendFileSync(
              KONSTELLATION_CRASH_REPORT,
              `${JSON.stringify({ database: id, ...outcome })}\n`,
            );
          }
        }
        expect(failed).toEqual([]);
      },
      TIMEOUT_MILLIS,
    );
  });
});
