import fc from 'fast-check';
import type { Behaviour } from '../../__testUtils__/simulation/behaviours';
import { KINDS } from '../../__testUtils__/simulation/objects';
import { LABELS } from '../../manifests/naming';
import { is, name, weighted } from './arbitraries';
import { asks, type Step } from './asks';
import type { Play } from './Play';
import { readRows } from './rows';

/** Something that nobody asked the service for. */
class Happening implements Step {
  constructor(
    private readonly text: string,
    private readonly happens: (play: Play) => Promise<void> | void,
    private readonly isPossible: (play: Readonly<Play>) => boolean = () => true,
  ) {}

  check(play: Readonly<Play>): boolean {
    return this.isPossible(play);
  }

  async run(_: Play, play: Play): Promise<void> {
    play.story.push(this.text);
    await this.happens(play);
  }

  toString(): string {
    return this.text;
  }
}

const rests = is(
  new Happening(
    'everything comes to rest',
    play => play.rest(),
    ({ stage }) => stage.isReachable,
  ),
);

/** Right after deadlines, and long before. */
const passes = fc.constantFrom(30, 600, 2_100, 3_100, 4_100, 5_100, 6_100).map(
  millis =>
    new Happening(`${millis} ms pass`, async play => {
      await play.stage.pass(millis);
      await play.follow();
    }),
);

const TROUBLES: Array<[string, Behaviour]> = [
  ['does not get ready', { is: 'unready' }],
  ['crashes', { is: 'crashing', exitCode: 3, message: 'KeyError: CURRENCY' }],
];

/** Only what has yet to start meets these. */
const TROUBLES_AT_START: Array<[string, Behaviour]> = [
  ['finds no place', { is: 'unschedulable', message: '0/3 nodes' }],
  ['cannot be pulled', { is: 'unpullable', message: 'no such image' }],
  ['cannot fetch its package', { is: 'unfetchable', exitCode: 1 }],
];

const node = fc.constantFrom('model', 'entrypoint');

const troubles = fc
  .record({ ...name, node, trouble: fc.constantFrom(...TROUBLES) })
  .map(
    ({ node: of, trouble: [text, behaviour], ...which }) =>
      new Happening(
        `from now on ${of} of ${which.version} in ${which.runtime} ${text}`,
        play => {
          play.disturb();
          play.troubles.say(which, behaviour, of);
        },
        ({ model }) =>
          model.version(which.runtime, which.version) !== undefined,
      ),
  );

const troublesOfNext = fc
  .record({
    ...name,
    node,
    trouble: fc.constantFrom(...TROUBLES, ...TROUBLES_AT_START),
  })
  .map(
    ({ node: of, trouble: [text, behaviour], ...which }) =>
      new Happening(
        `${of} of the next revision of ${which.version} in ${which.runtime} ${text}`,
        async play => {
          const found = play.model.version(which.runtime, which.version);
          if (!found) return;
          play.disturb();
          const rows = await play.stage.read(readRows);
          play.troubles.sayOfNext(found, rows, behaviour, of);
        },
        ({ model }) =>
          model.version(which.runtime, which.version) !== undefined,
      ),
  );

const mends = fc.record(name).map(
  which =>
    new Happening(
      `${which.version} in ${which.runtime} is mended`,
      play => {
        play.disturb();
        play.troubles.say(which, { is: 'ready' });
      },
      play => play.troubles.has(which),
    ),
);

/** Pods in an order that does not depend on how they came to be. */
async function podsOf({ stage }: Play) {
  const pods = await stage.cluster.list(KINDS.pod);
  const keyed = pods.map(({ metadata }) => {
    const { namespace = '', name: pod, labels = {} } = metadata;
    const of = [labels[LABELS.version], labels[LABELS.node]];
    return { namespace, name: pod, key: [namespace, ...of, pod].join(' ') };
  });
  return keyed.sort((a, b) => a.key.localeCompare(b.key));
}

const pods = fc
  .record({ at: fc.nat(5), how: fc.constantFrom('restarted', 'removed') })
  .map(
    ({ at, how }) =>
      new Happening(
        `pod ${at} is ${how}`,
        async play => {
          const found = await podsOf(play);
          const pod = found[at % found.length];
          if (!pod) return;
          play.disturb();
          const { cluster } = play.stage;
          if (how === 'restarted') cluster.restartPod(pod);
          else await cluster.delete({ ...KINDS.pod, ...pod });
        },
        ({ model }) =>
          model.runtimes
            .flatMap(({ solutions }) => solutions)
            .flatMap(({ versions }) => versions)
            .some(({ running }) => running !== undefined),
      ),
  );

const cluster = weighted(
  [
    1,
    new Happening('the cluster lists everything again', ({ stage }) =>
      stage.cluster.relist(),
    ),
  ],
  [
    2,
    new Happening(
      'the cluster gets out of reach',
      play => {
        play.disturb();
        play.stage.isReachable = false;
      },
      ({ stage }) => stage.isReachable,
    ),
  ],
  [
    4,
    new Happening(
      'the cluster is reached again',
      play => {
        play.stage.isReachable = true;
      },
      ({ stage }) => !stage.isReachable,
    ),
  ],
);

const restarts = fc.constantFrom('stopped' as const, 'killed' as const).map(
  how =>
    new Happening(`the portal is ${how} and starts again`, async play => {
      play.disturb();
      await play.stage.restart(how);
    }),
);

/** All there is, as often as it should come. */
export const steps: fc.Arbitrary<Step> = fc.oneof<
  Array<fc.WeightedArbitrary<Step>>
>(
  { weight: 80, arbitrary: asks },
  { weight: 8, arbitrary: rests },
  { weight: 3, arbitrary: passes },
  { weight: 3, arbitrary: mends },
  { weight: 2, arbitrary: troubles },
  { weight: 1, arbitrary: troublesOfNext },
  { weight: 2, arbitrary: pods },
  { weight: 2, arbitrary: cluster },
  { weight: 2, arbitrary: restarts },
);
