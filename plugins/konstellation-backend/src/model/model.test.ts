import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { createMockDirectory } from '@backstage/backend-test-utils';
import { eachDatabase } from '../__testUtils__/databases';
import { VirtualTime } from '../__testUtils__/simulation/VirtualTime';
import { checkModel } from './__testUtils__/checkModel';
import { makeScenes } from './__testUtils__/scenes';
import { Stage } from './__testUtils__/stage/Stage';
import {
  postgresStage,
  sqliteStage,
} from './__testUtils__/stage/StageDatabase';

/** `npm run test:model` asks for more with these: how many runs, from which seed, one of them again, and a file for what comes of them, a line of JSON for each run and one at the end. */
const {
  KONSTELLATION_MODEL_RUNS,
  KONSTELLATION_MODEL_SEED,
  KONSTELLATION_MODEL_PATH,
  KONSTELLATION_MODEL_REPORT,
} = process.env;

/** Runs that are part of every test run. */
const RUNS: Record<string, number> = { SQLITE_3: 300, POSTGRES_15: 15 };
const DEFAULT_SEED = 1;
const TIMEOUT_MILLIS = 6 * 60 * 60_000;

/** Adds a line to the file of `npm run test:model`, where there is one. */
function report(what: object) {
  if (!KONSTELLATION_MODEL_REPORT) return;
  appendFileSync(KONSTELLATION_MODEL_REPORT, `${JSON.stringify(what)}\n`);
}

const optional = (text?: string) => (text ? Number(text) : undefined);

describe('the service does what the model does', () => {
  beforeAll(() => VirtualTime.install());
  afterAll(() => VirtualTime.uninstall());

  eachDatabase(({ id, isShared, init }) => {
    const folder = createMockDirectory();

    it(
      'whatever is asked of it and whatever happens',
      async () => {
        const database = isShared
          ? await postgresStage(await init())
          : await sqliteStage();
        const stage = await Stage.create(join(folder.path, 'stage'), database);
        try {
          const outcome = await checkModel(stage, await makeScenes(stage), {
            runs: Number(KONSTELLATION_MODEL_RUNS ?? RUNS[id]),
            // The same runs every time: what a change breaks shows with the change.
            seed: optional(KONSTELLATION_MODEL_SEED) ?? DEFAULT_SEED,
            path: KONSTELLATION_MODEL_PATH,
            onRun: run => report({ run }),
          });
          report({ outcome });
          expect(outcome).toEqual({
            runs: expect.any(Number),
            steps: expect.any(Number),
            seed: expect.any(Number),
            met: expect.any(Object),
          });
        } finally {
          await stage.shutDown();
        }
      },
      TIMEOUT_MILLIS,
    );
  });
});
