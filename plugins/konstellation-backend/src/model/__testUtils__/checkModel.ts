import fc from 'fast-check';
import { Play, type Scene } from './Play';
import type { Stage } from './stage/Stage';
import { steps } from './steps';

/** Steps that a run may have; those that make no sense when they come are left out. */
const MOST_STEPS = 60;

/** What came of all runs. */
export interface Outcome {
  runs: number;
  steps: number;
  seed: number;
  /** How often what was answered, and what happened by itself. */
  met: Record<string, number>;
  /** The shortest story that was found that ends as it should not, and how to hear it again. */
  failure?: { story: string[]; error: string; path: string };
}

/** What came of one run; after a failure, runs look for a shorter story. */
export interface Run {
  steps: number;
  error?: string;
}

/** An error with what led to it. */
class FailedRun extends Error {
  constructor(readonly story: string[], cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

const REPLAY = /replayPath="([^"]*)"/;

/**
 * Plays random steps on a stage, beside the model.
 * @param options.path - of a failure that was told before, with its seed
 * @param options.onRun - told of each run as it ends, as many of them take long
 */
export async function checkModel(
  stage: Stage,
  scenes: Scene[],
  options: {
    runs: number;
    seed?: number;
    path?: string;
    onRun?: (run: Run) => void;
  },
): Promise<Outcome> {
  const [path, replayPath] = options.path?.split('@') ?? [];
  let played = 0;
  const met: Record<string, number> = {};
  const details = await fc.check(
    fc.asyncProperty(
      fc.constantFrom(...scenes),
      fc.commands([steps], {
        maxCommands: MOST_STEPS,
        size: 'max',
        replayPath,
      }),
      async (scene, commands) => {
        const play = await Play.begin(stage, scene);
        let error: FailedRun | undefined;
        try {
          await fc.asyncModelRun(() => ({ model: play, real: play }), commands);
          stage.isReachable = true;
          await play.rest();
        } catch (cause) {
          error = new FailedRun([scene.name, ...play.story], cause);
          throw error;
        } finally {
          played += play.story.length;
          for (const what of play.met) met[what] = (met[what] ?? 0) + 1;
          options.onRun?.({
            steps: play.story.length,
            ...(error ? { error: error.message } : {}),
          });
        }
      },
    ),
    {
      numRuns: options.runs,
      ...(options.seed === undefined ? {} : { seed: options.seed }),
      ...(path ? { path, endOnFailure: true } : {}),
    },
  );
  const { numRuns: runs, seed } = details;
  const outcome = { runs, steps: played, seed, met };
  if (!details.failed) return outcome;
  const { counterexample, counterexamplePath, errorInstance } = details;
  const replay = REPLAY.exec(String(counterexample?.[1]))?.[1] ?? '';
  return {
    ...outcome,
    failure: {
      story: errorInstance instanceof FailedRun ? errorInstance.story : [],
      error: String(errorInstance),
      path: `${counterexamplePath}@${replay}`,
    },
  };
}
